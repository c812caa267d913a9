"""A code on the screen of the room; people sign in with their telephones, some of them twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from helpdesk.kernel import clock as now_of
from helpdesk.people.models import Account, Person
from helpdesk.training.rules import scanning
from helpdesk.training.rules.sessions import State
from tests.factories.organizations import body
from tests.factories.training import add_session, enrol
from tests.support.browsing import DESK, Visitor
from tests.support.live import Live

TELEPHONE = (390, 844)


class Hall:
    """A session of the county that has just begun."""

    def __init__(self, live: Live, now: datetime) -> None:
        with live.prepared() as session:
            made = add_session(body("421122"), now - timedelta(minutes=5), state=State.RUNNING)
            people = session.execute(
                select(Account.user_name, Person).join(Person, Person.id == Account.person_id)
            )
            self.people = {row.user_name: row.Person for row in people}
            for user_name in ("demo-school", "demo-school-reviewer", "demo-principal"):
                enrol(made, self.people[user_name])
            self.base = f"/training/sessions/{made.id}/attendance"
            self.seed, self.number = made.code_seed, made.id

    def code(self, late: int = 0) -> str:
        """The address behind the picture, `late` seconds ago."""
        slot = scanning.slot_of(now_of.now() - timedelta(seconds=late))
        return f"{self.base}/scan?c={scanning.code(self.seed, self.number, slot)}"


@pytest.fixture
def hall(live: Live, now: datetime) -> Hall:
    return Hall(live, now)


def telephone(person: Visitor) -> Page:
    person.page.set_viewport_size({"width": TELEPHONE[0], "height": TELEPHONE[1]})
    return person.page


def type_in(holder: Visitor, staff_no: str, name: str) -> None:
    """Type into the form behind the code, and send it."""
    holder.page.fill("#staff_no", staff_no)
    holder.page.fill("#name", name)
    holder.follow(holder.page.get_by_role("button", name="签到", exact=True).last)


def test_signing_in_with_a_telephone(
    arrive: Callable[..., Visitor], visitor: Callable[..., Visitor], hall: Hall
) -> None:
    lead = arrive("demo-county-lead")
    wall = lead.open(f"{hall.base}/screen")
    expect(wall.locator("[data-picture]")).to_be_visible()
    wall.wait_for_function("document.querySelector('[data-picture]').naturalWidth > 300")
    expect(wall.locator("[data-there]")).to_contain_text("0")
    lead.examine(night=False)
    lead.show("attendance-screen")

    stranger = visitor("手机")
    phone = telephone(stranger)
    phone.goto(hall.code(late=60))
    expect(phone.locator("main")).to_contain_text("二维码已过期，请扫屏幕上现在的码")
    phone.goto(hall.code())
    assert "c=" not in phone.url
    stranger.examine(sizes=(TELEPHONE, DESK), night=False)
    stranger.show("attendance-sign-in")
    telephone(stranger)
    type_in(stranger, "NOBODY-1", "没有这个人")
    expect(phone.locator("[role=alert]")).to_contain_text("工号和姓名对不上")
    teacher, colleague = hall.people["demo-school"], hall.people["demo-school-reviewer"]
    type_in(stranger, teacher.staff_no.lower(), teacher.name)
    expect(phone.locator("h1")).to_have_text("签到成功")

    # A colleague borrows the telephone.
    phone.goto(hall.code())
    type_in(stranger, colleague.staff_no.lower(), colleague.name)
    expect(phone.locator("h1")).to_have_text("已登记，待核实")
    stranger.examine(sizes=(TELEPHONE, DESK), night=False)

    # Who has an account taps once.
    principal = arrive("demo-principal")
    own = telephone(principal)
    own.goto(hall.code())
    principal.follow(own.get_by_role("button", name="我到了，签到"))
    expect(own.locator("h1")).to_have_text("签到成功")

    lead.open(f"{hall.base}/flagged")
    expect(lead.page.locator("main")).to_contain_text("同一部手机签了不止一个人")
    lead.page.get_by_label("理由").fill("本人在场，借用手机")
    lead.press("是本人，计入")
    expect(lead.page.locator("main")).to_contain_text("没有要核实的签到")
    lead.open(hall.base)
    expect(lead.page.locator("[data-tally]")).to_contain_text("已到3人")
