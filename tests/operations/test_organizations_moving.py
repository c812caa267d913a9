"""A change of affiliation: who may do it, what it changes, what stays."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from helpdesk.kernel import events
from helpdesk.kernel.errors import RuleBroken
from helpdesk.organizations import queries, rules
from helpdesk.organizations.events import BodyMoved
from helpdesk.organizations.operations import record
from helpdesk.organizations.operations.moving import (
    ApprovalMissing,
    BeforeLastMove,
    NotYourMove,
    check_move,
    move_body,
)
from tests.factories.organizations import admin, body, tree
from tests.support.queries import Queries

TODAY = date(2026, 9, 22)


@pytest.fixture(autouse=True)
def ids(session: Session, now: datetime) -> dict[str, int]:
    return tree(now)


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    facts: list[object] = []
    monkeypatch.setattr(events, "publish", facts.append)
    return facts


def move(code: str, parent: str, now: datetime, by: str | None = "420000", **over: Any) -> Any:
    moved = body(code)
    words = {
        "version": moved.version,
        "approval_no": "演示发〔2026〕1号",
        "since_on": TODAY,
        "reason": "区划调整",
        **over,
    }
    return move_body(actor=admin(by), body=moved, new_parent=body(parent), now=now, **words)


def test_a_school_goes_from_county_to_city(
    session: Session, ids: dict[str, int], now: datetime, published: list[object]
) -> None:
    old_path = body("2142900001").path
    moved = move("2142900001", "420100", now, by="420100")
    assert moved.path == f"{body('420100').path}{moved.id}/"
    assert (moved.level, moved.parent_id, moved.version) == (3, ids["420100"], 2)
    went = (moved.id, old_path, moved.path, ids["420102"], ids["420100"])
    assert published == [BodyMoved(*went, at=now)]
    assert [b.code for b in queries.line_up(moved.id)] == ["2142900001", "420100", "420000"]


def test_a_county_takes_its_whole_subtree_along(
    session: Session, now: datetime, queries: Queries
) -> None:
    inside = ["420102-XJ", "2142900001", "2142900002", "2142900010"]
    outside = {code: body(code).path for code in ("420103", "420100", "429004")}
    queries.clear()
    moved = move("420102", "420000", now)
    updates = [s for s in queries if s.startswith("UPDATE organizations_body") and "substr" in s]
    assert len(updates) == 1
    session.expire_all()
    for code in inside:
        assert body(code).path == f"{moved.path}{body(code).id}/"
        assert body(code).level == moved.level + 1
    assert {code: body(code).path for code in outside} == outside


def test_statements_of_a_move_do_not_grow_with_the_subtree(now: datetime, queries: Queries) -> None:
    queries.clear()
    move("420103", "420000", now)  # no school below
    few = len(queries)
    queries.clear()
    move("420102", "420000", now)  # four bodies below
    assert len(queries) == few


def test_a_school_that_changes_province_takes_its_new_province(
    session: Session, now: datetime
) -> None:
    move("429004", "440000", now, by=None)
    session.expire_all()
    assert body("429004").province_code == "44"


def test_history_and_affiliations_follow_each_other(ids: dict[str, int], now: datetime) -> None:
    moved = move("2142900001", "420103", now, by="420100")
    present, former = queries.affiliations(moved.id)
    assert (present.parent.code, present.since_on, present.until_on) == ("420103", TODAY, None)
    assert (present.approval_no, present.reason) == ("演示发〔2026〕1号", "区划调整")
    assert former.parent.code == "420102"
    assert former.until_on is not None
    change = queries.history(moved.id).rows[0]
    assert change.change.value == "moved"
    assert (change.before["parent"], change.after["parent"]) == ("420102", "420103")


AUTHORITY = [
    # body, new parent, admin on, office named in the refusal (None: allowed)
    ("2142900001", "420103", "420100", None),  # inside the city: the city
    ("2142900001", "420103", "420000", None),  # and everybody above it
    ("2142900001", "420103", None, None),
    ("2142900001", "420103", "420102", "武汉市资助中心"),  # S-2.1.2: never the county
    ("2142900001", "420103", "420103", "武汉市资助中心"),
    ("2142900001", "420100", "420102", "武汉市资助中心"),
    ("2142900001", "420202", "420100", "湖北省资助中心"),  # across cities: the province
    ("2142900001", "420202", "420200", "湖北省资助中心"),
    ("2142900001", "420202", "420000", None),
    ("2142900001", "420000", "420100", "湖北省资助中心"),  # city-run becomes province-run
    ("2142900001", "429004", "420100", "湖北省资助中心"),
    ("3642900004", "429004", "429004", "湖北省资助中心"),
    ("420102", "420000", "420100", "湖北省资助中心"),  # becomes 省直管
    ("420102", "420000", "420000", None),
    ("429004", "420100", "420000", None),
    ("2142900001", "440300", "420000", "全国学生资助管理中心"),  # across provinces: the centre
    ("2142900001", "440300", None, None),
]


@pytest.mark.parametrize(("code", "parent", "by", "office"), AUTHORITY)
def test_who_may_move(code: str, parent: str, by: str | None, office: str | None) -> None:
    if office is None:
        check_move(actor=admin(by), body=body(code), new_parent=body(parent))
    else:
        with pytest.raises(NotYourMove, match=f"由{office}办理"):
            check_move(actor=admin(by), body=body(code), new_parent=body(parent))


REFUSED: list[tuple[str, str, dict[str, Any], type[RuleBroken]]] = [
    ("2142900001", "420102", {}, rules.AlreadyThere),
    ("420102", "420102", {}, rules.BelowItself),
    ("420102", "420103", {}, rules.CountyNeedsCityOrProvince),
    ("420100", "440000", {}, rules.NotMovable),
    ("420000-IT", "440000", {}, rules.NotMovable),
    ("2142900001", "420103", {"approval_no": " "}, ApprovalMissing),
    ("2142900001", "420103", {"approval_no": "长" * 81}, ApprovalMissing),
    ("2142900001", "420103", {"reason": ""}, record.ReasonMissing),
    ("2142900001", "420103", {"since_on": date(2026, 9, 23)}, record.DateInFuture),
    ("2142900001", "420103", {"since_on": date(2026, 9, 21)}, BeforeLastMove),
    ("2142900001", "420103", {"version": 7}, record.ChangedMeanwhile),
]


@pytest.mark.parametrize(("code", "parent", "over", "refusal"), REFUSED)
def test_refused(
    now: datetime, code: str, parent: str, over: dict[str, Any], refusal: type[RuleBroken]
) -> None:
    path = body(code).path
    with pytest.raises(refusal):
        move(code, parent, now, by=None, **over)
    assert body(code).path == path


def test_a_second_click_finds_the_row_changed(now: datetime) -> None:
    version = body("2142900001").version
    move("2142900001", "420103", now, version=version)
    with pytest.raises(record.ChangedMeanwhile):
        move("2142900001", "420103", now, version=version)
