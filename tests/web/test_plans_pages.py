"""Cascade plans through the pages."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from helpdesk.kernel.actor import SYSTEM
from helpdesk.organizations.rules import Kind
from helpdesk.training.models.sessions import Plan
from helpdesk.training.operations import cascade
from helpdesk.training.operations.cascade import PlanEntry
from helpdesk.training.rules.sessions import State
from tests.factories.country import Country
from tests.factories.sessions import planned
from tests.support.client import Client, form_of
from tests.support.inspection import faults_of
from tests.support.staff_pages import count

pytestmark = pytest.mark.usefixtures("clock")
LIST = "/training/plans"


@pytest.fixture
def plan(land: Country) -> Plan:
    """A cascade of the province."""
    stages = {
        Kind.PROVINCE_AID: date(2026, 9, 1),
        Kind.CITY_AID: date(2026, 10, 1),
        Kind.COUNTY_AID: date(2026, 11, 1),
    }
    return cascade.make_plan(
        actor=SYSTEM,
        owner=land.body("province"),
        entry=PlanEntry("2026年级联培训(演示)", 2026, "逐级开展(演示)", stages),
        once="plan",
        now=land.now,
    )


def test_a_plan_from_the_pages(client: Client, land: Country) -> None:
    client.sign_in(land.account("province_lead"))
    assert "还没有培训计划" in client.get(LIST).text
    form: dict[str, Any] = form_of(client.get(f"{LIST}/new"), "/new")
    assert form["year"] == "2026"
    days = {"province_aid": "2026-09-30", "city_aid": "2026-10-31"}
    for over, said in (
        ({}, "请至少给一级单位定一个完成日期"),
        ({"city_aid": "2026-01-01", "province_aid": "2026-09-30"}, "不能早于上级"),
        ({**days, "title": " "}, "请填写“计划名称”"),
        ({**days, "year": "x"}, "请写成四位年份"),
    ):
        page = client.post(f"{LIST}/new", data={**form, "title": "级联(演示)", **over})
        assert page.status_code == 422
        assert said in page.text
    for _ in range(2):
        sent = client.post(f"{LIST}/new", data={**form, "title": "级联(演示)", **days})
        assert sent.status_code == 303
    assert count(Plan) == 1
    address = sent.headers["Location"]
    edit = form_of(client.get(f"{address}/edit"), "/edit")
    assert edit["city_aid"] == "2026-10-31"
    client.post(f"{address}/edit", data={**edit, "county_aid": "2026-11-30"})
    again = client.post(f"{address}/edit", data={**edit, "title": "晚到(演示)"})
    assert again.status_code == 409
    assert "晚到(演示)" in again.text
    assert "11月30日" in client.get(address).text
    client.post(f"{address}/drop", data=form_of(client.get(f"{address}/drop"), "/drop"))
    assert count(Plan) == 0


def test_the_tree_shows_who_has_come_how_far(client: Client, land: Country, plan: Plan) -> None:
    held = planned(land, "city", plan_id=plan.id)
    held.state = State.CLOSED
    client.sign_in(land.account("province_lead"))
    page = client.get(f"{LIST}/{plan.id}")
    assert page.text.count("已过期限") == 2
    assert page.text.count("已举办") >= 2
    for name in ("示范市资助中心", "示范县资助中心", "邻县资助中心"):
        assert name in page.text
    client.post(f"{LIST}/{plan.id}/drop")
    assert count(Plan) == 1
    client.post("/language", data={"value": "en"})
    client.inspect = False
    for address in (LIST, f"{LIST}/new", f"{LIST}/{plan.id}", f"{LIST}/{plan.id}/edit"):
        english = client.get(address)
        assert english.status_code == 200
        assert not [f for f in faults_of(english.text) if "演示" in f or "示范" in f], address


def test_below_one_sees_ones_own_part(client: Client, land: Country, plan: Plan) -> None:
    client.sign_in(land.account("county_lead"))
    page = client.get(f"{LIST}/{plan.id}")
    assert "示范县资助中心" in page.text
    assert "邻县资助中心" not in page.text
    assert "为这个计划安排培训" in page.text
    new = client.get(f"/training/sessions/new?organizer=420101&plan_id={plan.id}")
    assert form_of(new, "/new")["plan_id"] == str(plan.id)
    assert plan.title in client.get(LIST).text


@pytest.mark.parametrize(
    ("who", "seen", "managed"),
    [
        ("city_lead", 200, 403), ("county_officer", 200, 403), ("teacher", 200, 403),
        ("other_province_officer", 404, 404), ("hei_staff", 404, 404), ("agent", 403, 403),
    ],
)  # fmt: skip
def test_strangers(
    client: Client, land: Country, plan: Plan, who: str, seen: int, managed: int
) -> None:
    client.sign_in(land.account(who))
    assert client.get(f"{LIST}/{plan.id}").status_code == seen
    for verb in ("edit", "drop"):
        for answer in (
            client.get(f"{LIST}/{plan.id}/{verb}"), client.post(f"{LIST}/{plan.id}/{verb}")
        ):  # fmt: skip
            assert answer.status_code in {managed, 403}
    assert client.get(f"{LIST}/new?owner=420000").status_code in (403, 404)
    assert count(Plan) == 1
