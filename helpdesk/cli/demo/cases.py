"""The demonstration's good cases, written, reviewed and recommended by the product's own verbs."""

from __future__ import annotations

from datetime import datetime, timedelta

from helpdesk.cli.demo.plan import FOLDER
from helpdesk.kernel.actor import SYSTEM, Actor
from helpdesk.kernel.datafiles import Node, read
from helpdesk.knowledge.access import cases as access
from helpdesk.knowledge.operations import reviewing, writing
from helpdesk.knowledge.operations.record import Act
from helpdesk.knowledge.rules.cases import Entry, Verb
from helpdesk.organizations import access as bodies
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.rules import Subsystem
from helpdesk.people import queries as people

_FIELDS = (
    "body", "title", "till", "lifted", "days_ago", "cards", "subsystems", "situation", "measures",
    "result", "advice",
)  # fmt: skip
_TEXTS = ("title", "situation", "measures", "result", "advice")
_WISH = "请补充做法的先后顺序，再提交一次。"


def live(now: datetime) -> int:
    """Write every case of the data file; how many there are then."""
    items = read(FOLDER / "cases.yaml").items()
    for number, item in enumerate(items):
        _write(number, item.mapping(_FIELDS), now)
    return len(items)


def _write(number: int, found: dict[str, Node], now: datetime) -> None:
    body = organizations.body_by_code(found["body"].text())
    assert body is not None, found["body"].text()
    (first, *_) = people.staff_of((body.id,))[body.id]
    author = Actor(first.id, first.name, body_id=body.id, body_path=body.path, everything=True)
    at = now - timedelta(days=found["days_ago"].number())
    case = writing.start(
        actor=author,
        body=bodies.body(SYSTEM, body.code),
        entry=Entry(
            **{name: found[name].text() for name in _TEXTS},
            cards=tuple(card.text() for card in found["cards"].items()),
            subsystems=tuple(one.word(Subsystem) for one in found["subsystems"].items()),
        ),
        once=f"demo-case-{number}",
        now=at,
    )
    till = found["till"].text()
    steps = [Verb.SUBMIT] if till != "draft" else []
    steps += {"returned": [Verb.RETURN], "published": [Verb.PUBLISH]}.get(till, [])
    steps += [Verb.LIFT] * found["lifted"].number()
    for place, verb in enumerate(steps, start=1):
        reach = access.case_for(SYSTEM, case.id, verb)
        act = Act(SYSTEM, at + timedelta(days=place), f"demo-case-{number}-{place}", case.version)
        _VERBS[verb](reach, act)


_VERBS = {
    Verb.SUBMIT: lambda reach, act: reviewing.submit(reach=reach, act=act),
    Verb.RETURN: lambda reach, act: reviewing.return_back(reach=reach, act=act, words=_WISH),
    Verb.PUBLISH: lambda reach, act: reviewing.publish(reach=reach, act=act),
    Verb.LIFT: lambda reach, act: reviewing.lift(reach=reach, act=act, words="值得全省参考"),
}
