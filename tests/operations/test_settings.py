"""Settings are set on nodes, inherited below, explained, and given back."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk.kernel import events
from helpdesk.kernel.errors import Forbidden, Refusal
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations.operations.moving import move_body
from helpdesk.settings import operations, queries, rules
from helpdesk.settings.events import SettingChanged
from helpdesk.settings.models import Value
from helpdesk.settings.rules import KEYS, Key
from tests.factories.organizations import admin, body, tree
from tests.support.queries import Queries


@pytest.fixture(autouse=True)
def _tree(session: Session, now: datetime) -> None:
    tree(now)


def put(
    key: Key[Any],
    code: str | None,
    text: str | None,
    now: datetime,
    *,
    seen: str | None = None,
    by: str | None = None,
    reason: str = "本地作息",
) -> None:
    operations.set_value(
        actor=admin(by), key=key, body_id=body(code).id if code else None, text=text,
        seen=seen, reason=reason, now=now,
    )  # fmt: skip


def at(code: str, key: Key[Any]) -> Any:
    return queries.value(key, body(code).path)


def test_defaults_hold_where_nobody_set_anything() -> None:
    assert at("2142900001", Key.CLOSE_OF_BUSINESS) == time(17, 30)
    assert queries.explained(Key.CLOSE_OF_BUSINESS, body("2142900001").path) == (time(17, 30), None)


def test_the_nearest_node_decides(now: datetime) -> None:
    put(Key.ANSWER_DAYS, None, "4", now)
    put(Key.ANSWER_DAYS, "420000", "5", now)
    put(Key.ANSWER_DAYS, "420102", "2", now)
    assert [at(c, Key.ANSWER_DAYS) for c in ("2142900001", "420102", "420103", "440300")] == [
        2, 2, 5, 4,
    ]  # fmt: skip
    value, owner = queries.explained(Key.ANSWER_DAYS, body("420103").path)
    assert (value, owner.code if owner else None) == (5, "420000")
    assert queries.explained(Key.ANSWER_DAYS, body("440300").path) == (4, None)


def test_a_moved_body_takes_the_settings_of_its_new_place(now: datetime) -> None:
    put(Key.ANSWER_DAYS, "420200", "7", now)
    moved = body("420103")
    move_body(
        actor=admin(None), body=moved, new_parent=body("420200"), version=moved.version,
        approval_no="演示发〔2026〕2号", since_on=now.date(), reason="区划调整", now=now,
    )  # fmt: skip
    assert at("420103", Key.ANSWER_DAYS) == 7


def test_taken_back_it_is_inherited_again(now: datetime) -> None:
    put(Key.ANSWER_DAYS, "420000", "5", now)
    put(Key.ANSWER_DAYS, "420102", "2", now)
    put(Key.ANSWER_DAYS, "420102", None, now, seen="2")
    assert at("420102", Key.ANSWER_DAYS) == 5


def test_every_act_is_published_and_kept(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    facts: list[object] = []
    monkeypatch.setattr(events, "publish", facts.append)
    put(Key.CLOSE_OF_BUSINESS, "420102", "18:00", now)
    put(Key.CLOSE_OF_BUSINESS, "420102", "18:00", now, seen="18:00")  # nothing new
    put(Key.CLOSE_OF_BUSINESS, "420102", None, now, seen="18:00")
    path = body("420102").path
    assert facts == [
        SettingChanged("close_of_business", path, None, "18:00"),
        SettingChanged("close_of_business", path, "18:00", None),
    ]
    newest, oldest = queries.changes(body("420102").id).rows
    assert (oldest.before, oldest.after, oldest.reason) == (None, "18:00", "本地作息")
    assert (newest.before, newest.after) == ("18:00", None)


REFUSED: list[tuple[Key[Any], str | None, str, dict[str, Any], type[Refusal]]] = [
    (Key.LEGAL_DAYS, "CALL", "4", {}, rules.FixedByNotice),
    (Key.LEGAL_DAYS, None, "4", {}, rules.FixedByNotice),
    (Key.ANSWER_DAYS, "2142900001", "4", {}, rules.NotSetHere),
    (Key.ENV_FIRST_HOLDER, "420100", "direct_aid", {}, rules.NotSetHere),
    (Key.PLAN_CITY_DIRECT, "440300", "yes", {}, rules.NotSetHere),
    (Key.ANSWER_DAYS, "420102", "0", {}, rules.NotADayCount),
    (Key.OPENING, "420102", "nine", {}, rules.NotATime),
    (Key.OPENING, "420102", "17:30", {}, rules.OpensAfterClosing),
    (Key.ANSWER_DAYS, "420102", "4", {"reason": " "}, operations.SettingReasonMissing),
    (Key.ANSWER_DAYS, "420102", "4", {"seen": "3"}, operations.SettingChangedMeanwhile),
    (Key.ANSWER_DAYS, "420102", "4", {"by": "420103"}, Forbidden),
    (Key.ANSWER_DAYS, "420000", "4", {"by": "420100"}, Forbidden),
    (Key.ANSWER_DAYS, None, "4", {"by": "420000"}, Forbidden),
]


@pytest.mark.parametrize(("key", "code", "text", "over", "refusal"), REFUSED)
def test_refused(
    now: datetime,
    key: Key[Any],
    code: str | None,
    text: str,
    over: dict[str, Any],
    refusal: type[Refusal],
) -> None:
    with pytest.raises(refusal):
        put(key, code, text, now, **over)


def test_reading_permission_is_not_enough(now: datetime) -> None:
    with pytest.raises(Forbidden):
        operations.set_value(
            actor=admin("420102", Permission.BODY_READ), key=Key.ANSWER_DAYS,
            body_id=body("420102").id, text="4", seen=None, reason="本地作息", now=now,
        )  # fmt: skip


def test_several_keys_and_paths_in_one_query(now: datetime, queries: Queries) -> None:
    from helpdesk.settings import queries as settings

    put(Key.ANSWER_DAYS, "420102", "2", now)
    paths = [body(code).path for code in ("2142900001", "420103", "440300")]
    queries.clear()
    found = settings.values_along(tuple(KEYS.values()), paths)
    assert len(queries) == 1
    assert [found[path][Key.ANSWER_DAYS] for path in paths] == [2, 3, 3]
    assert found[paths[0]][Key.CLOSE_OF_BUSINESS] == time(17, 30)


def test_the_overview_tells_where_each_value_comes_from(now: datetime) -> None:
    put(Key.ANSWER_DAYS, "420102", "2", now)
    put(Key.ACCEPT_DAYS, "420000", "2", now)
    put(Key.CONFIRM_DAYS, None, "6", now)
    rows = {row.key.name: row for row in queries.overview(body("420102").path)}
    assert list(rows) == list(KEYS)
    own, above, root, default = (
        rows[name] for name in ("answer_days", "accept_days", "confirm_days", "step_days")
    )
    assert (own.text, own.here, own.owner.code if own.owner else None) == ("2", "2", "420102")
    assert (above.text, above.here, above.owner.code if above.owner else None) == (
        "2", None, "420000",
    )  # fmt: skip
    assert (root.text, root.owner, root.from_root) == ("6", None, True)
    assert (default.text, default.owner, default.from_root) == ("3", None, False)
    at_root = {row.key.name: row for row in queries.overview("/")}
    assert (at_root["confirm_days"].here, at_root["answer_days"].here) == ("6", None)


@pytest.mark.parametrize("code", ["420102", None])
def test_one_value_per_node_and_key(session: Session, now: datetime, code: str | None) -> None:
    put(Key.ANSWER_DAYS, code, "2", now)
    again = Value(key="answer_days", value="3", body_id=body(code).id if code else None, set_at=now)
    session.add(again)
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()
