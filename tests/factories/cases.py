"""Good cases for tests, made by the verbs that make them in life."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from helpdesk.kernel.db import session
from helpdesk.knowledge.access import cases as access
from helpdesk.knowledge.models.cases import Case
from helpdesk.knowledge.operations import reviewing, writing
from helpdesk.knowledge.operations.record import Act
from helpdesk.knowledge.rules.cases import Entry, Verb
from helpdesk.organizations.rules import Subsystem
from tests.factories.country import Country

_TOKENS = itertools.count(1)
STORY = Entry(
    title="一次看懂登录失败",
    situation="开学后登录失败的电话很多。",
    measures="把五种提示做成一页对照表，发到每所学校。",
    result="同类问题少了一半。",
    advice="对照表贴在经办人桌前。",
    cards=("ACC-4a",),
    subsystems=(Subsystem.SENIOR_HIGH,),
)


@dataclass
class Writers:
    """Does verbs on cases as named people of a country."""

    country: Country

    def act(self, who: str, case: Case, **over: Any) -> Act:
        """An act of this person now, on the case as it is."""
        session().refresh(case)
        token = over.pop("once", f"case-act-{next(_TOKENS)}")
        version = over.pop("version", case.version)
        return Act(self.country.actor(who), self.country.now, token, version)

    def start(self, who: str = "county_officer", entry: Entry = STORY, **over: Any) -> Case:
        """A draft of this person's body."""
        actor = self.country.actor(who)
        assert actor.body_id is not None
        return writing.start(
            actor=actor,
            body=access.writing_body(actor, actor.body_id),
            entry=entry,
            once=over.pop("once", f"case-{next(_TOKENS)}"),
            now=self.country.now,
            **over,
        )

    def do(self, verb: Verb, who: str, case: Case, **said: Any) -> None:
        """A verb as a door does it: fetched for this person, then done."""
        run = {
            Verb.SUBMIT: reviewing.submit,
            Verb.RECALL: reviewing.recall,
            Verb.RETURN: reviewing.return_back,
            Verb.PUBLISH: reviewing.publish,
            Verb.LIFT: reviewing.lift,
            Verb.WITHDRAW: reviewing.withdraw,
            Verb.TAKE_DOWN: reviewing.take_down,
        }[verb]
        reach = access.case_for(self.country.actor(who), case.id, verb)
        run(reach=reach, act=self.act(who, case), **said)  # type: ignore[operator]

    def submitted(self, who: str = "county_officer", **over: Any) -> Case:
        """A case that waits for review."""
        case = self.start(who, **over)
        self.do(Verb.SUBMIT, who, case)
        return case

    def published(self, who: str = "county_officer", by: str = "city_lead", **over: Any) -> Case:
        """A case that the office above has published."""
        case = self.submitted(who, **over)
        self.do(Verb.PUBLISH, by, case)
        return case
