"""A body is renamed, set 无效, closed and brought back: by whom, and what stays."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from helpdesk.kernel import events
from helpdesk.kernel.errors import RuleBroken
from helpdesk.organizations import queries, rules
from helpdesk.organizations.events import BodyEdited, BodyStatusChanged
from helpdesk.organizations.models import Body
from helpdesk.organizations.operations import editing, record
from helpdesk.organizations.operations.editing import edit_body, set_status
from helpdesk.organizations.rules import BodyStatus, Kind, Subsystem
from tests.factories.organizations import admin, body, tree

TODAY = date(2026, 9, 22)


@pytest.fixture(autouse=True)
def _tree(session: Session, now: datetime) -> None:
    tree(now)


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    facts: list[object] = []
    monkeypatch.setattr(events, "publish", facts.append)
    return facts


def edit(code: str, now: datetime, by: str | None = "420102", **over: Any) -> Body:
    row = body(code)
    words = {
        "version": row.version,
        "name": row.name,
        "name_en": row.name_en,
        "region_code": row.region_code,
        "subsystems": [Subsystem.COMPULSORY],
        **over,
    }
    return edit_body(actor=admin(by), body=row, now=now, **words)


def status(
    code: str, to: BodyStatus, now: datetime, by: str | None = "420000", **over: Any
) -> Body:
    row = body(code)
    words = {"version": row.version, "since_on": TODAY, "reason": "学籍人数为零", **over}
    return set_status(actor=admin(by), body=row, status=to, now=now, **words)


def test_a_new_name_keeps_the_code_and_is_found(now: datetime, published: list[object]) -> None:
    path = body("2142900001").path
    edited = edit("2142900001", now, name="实验学校", name_en="Experimental School")
    assert (edited.code, edited.name, edited.version) == ("2142900001", "实验学校", 2)
    assert published == [BodyEdited(edited.id, path)]
    assert [b.code for b in queries.find("实验", ("/",))] == ["2142900001"]
    assert queries.find("示范第一", ("/",)) == ()
    change = queries.history(edited.id).rows[0]
    assert change.before == {"name": "示范第一小学", "name_en": ""}
    assert change.after == {"name": "实验学校", "name_en": "Experimental School"}


def test_subsystems_change_one_by_one(now: datetime) -> None:
    wanted = [Subsystem.PRESCHOOL, Subsystem.COMPULSORY]
    assert queries.view(edit("2142900001", now, subsystems=wanted)).subsystems == (
        Subsystem.COMPULSORY,
        Subsystem.PRESCHOOL,
    )
    edit("2142900001", now, subsystems=[Subsystem.PRESCHOOL])
    seen = queries.body_by_code("2142900001")
    assert seen is not None
    assert seen.subsystems == (Subsystem.PRESCHOOL,)


def test_saving_without_a_change_leaves_no_trace(now: datetime, published: list[object]) -> None:
    edited = edit("2142900001", now)
    assert edited.version == 1
    assert len(queries.history(edited.id).rows) == 1  # the one of its adding
    assert published == []


def test_plan_city_is_a_mark_of_cities(now: datetime) -> None:
    assert edit("420200", now, by="420000", plan_city=True, subsystems=()).plan_city is True
    assert edit("420202", now, by="420000", plan_city=True, subsystems=()).plan_city is False


EDITS: list[tuple[str, str | None, dict[str, Any], type[RuleBroken]]] = [
    ("2142900001", "420102", {"name": " "}, rules.NameMissing),
    ("2142900001", "420102", {"subsystems": []}, rules.SubsystemMissing),
    ("2142900001", "420102", {"region_code": "42010"}, rules.RegionCodeWrong),
    ("2142900001", "420102", {"version": 9}, record.ChangedMeanwhile),
    ("2142900001", "420103", {"name": "别家的学校"}, record.OwnBody),
    ("420102", "420102", {"name": "自己改名"}, record.OwnBody),  # below its node, not the node
]


@pytest.mark.parametrize(("code", "by", "over", "refusal"), EDITS)
def test_edit_refused(
    now: datetime, code: str, by: str | None, over: dict[str, Any], refusal: type[RuleBroken]
) -> None:
    with pytest.raises(refusal):
        edit(code, now, by=by, **over)


def test_the_refusal_names_the_office_above(now: datetime) -> None:
    with pytest.raises(record.OwnBody, match="武汉市资助中心"):
        edit("420102", now, by="420102", name="自己改名")
    with pytest.raises(record.OwnBody, match="全国学生资助管理中心"):
        edit("420000", now, by="420000", name="自己改名")


def test_a_school_set_invalid_stays_with_its_history(
    now: datetime, published: list[object]
) -> None:
    school = status("2142900001", BodyStatus.INVALID, now, since_on=date(2026, 9, 1))
    assert (school.status, school.status_since) == (BodyStatus.INVALID, date(2026, 9, 1))
    assert published == [
        BodyStatusChanged(
            school.id, school.path, Kind.SCHOOL,
            BodyStatus.ACTIVE, BodyStatus.INVALID, date(2026, 9, 1),
        )
    ]  # fmt: skip
    change = queries.history(school.id).rows[0]
    assert change.before == {"status": "active", "since": "2026-09-22"}
    assert change.after == {"status": "invalid", "since": "2026-09-01"}
    assert change.reason == "学籍人数为零"
    schools = queries.census(body("420102").path).schools
    assert (schools[BodyStatus.ACTIVE], schools[BodyStatus.INVALID]) == (2, 1)


def test_and_comes_back(now: datetime) -> None:
    status("2142900001", BodyStatus.INVALID, now)
    assert status("2142900001", BodyStatus.ACTIVE, now).status is BodyStatus.ACTIVE


STATUSES: list[tuple[str, str, str | None, dict[str, Any], type[RuleBroken]]] = [
    # code, status, by, over, refusal: S-2.1.1 gives 无效 to the province
    ("2142900001", "invalid", "420102", {}, editing.NotYourVerdict),
    ("2142900001", "invalid", "420100", {}, editing.NotYourVerdict),
    ("4142010999", "invalid", "420000", {}, record.OwnBody),
    ("420102", "invalid", "420000", {}, editing.OnlySchoolsAreInvalid),
    ("2142900001", "active", "420000", {}, editing.SameStatus),
    ("2142900001", "closed", "420000", {"reason": "无"}, record.ReasonMissing),
    ("2142900001", "closed", "420000", {"reason": "长" * 301}, record.ReasonMissing),
    ("2142900001", "closed", "420000", {"since_on": date(2026, 9, 23)}, record.DateInFuture),
    ("2142900001", "closed", "420000", {"version": 3}, record.ChangedMeanwhile),
    ("2142900001", "closed", "420103", {}, record.OwnBody),
    ("420102", "closed", "420000", {}, editing.HasActiveChildren),
    ("CALL", "closed", None, {}, editing.NationalBodiesStay),
]


@pytest.mark.parametrize(("code", "to", "by", "over", "refusal"), STATUSES)
def test_status_refused(
    now: datetime,
    code: str,
    to: str,
    by: str | None,
    over: dict[str, Any],
    refusal: type[RuleBroken],
) -> None:
    before = body(code).status
    with pytest.raises(refusal):
        status(code, BodyStatus(to), now, by=by, **over)
    assert body(code).status is before


def test_the_county_closes_its_school_and_the_city_the_empty_county(now: datetime) -> None:
    assert status("2142900001", BodyStatus.CLOSED, now, by="420102").status is BodyStatus.CLOSED
    assert status("420103", BodyStatus.CLOSED, now, by="420100").status is BodyStatus.CLOSED


def test_nothing_comes_back_below_a_closed_office(now: datetime) -> None:
    for code in ("420102-XJ", "2142900001", "2142900002", "2142900010", "420102"):
        status(code, BodyStatus.CLOSED, now)
    with pytest.raises(rules.ParentNotActive, match="江岸区资助中心"):
        status("2142900001", BodyStatus.ACTIVE, now)


def test_beside_an_office_only_one_comes_back(session: Session, now: datetime) -> None:
    from helpdesk.organizations.operations.adding import add_body
    from tests.factories.organizations import new

    status("420102-XJ", BodyStatus.CLOSED, now)
    add_body(
        actor=admin("420102"),
        new=new("420102-X2", Kind.ENROLMENT_OFFICE, "420102", "江岸区新学籍办"),
        now=now,
    )
    with pytest.raises(record.SideTaken, match="江岸区新学籍办"):
        status("420102-XJ", BodyStatus.ACTIVE, now)
