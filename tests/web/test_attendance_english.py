"""Every page about attendance in English: names stay Chinese and are marked so, nothing else is."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
import time_machine
from werkzeug.test import TestResponse

from helpdesk.training.models.sessions import Session
from helpdesk.training.rules import scanning
from helpdesk.training.rules.attendance import Flag, Presence, Way
from helpdesk.training.rules.sessions import Mode, State
from tests.factories.country import Country
from tests.factories.people import employ
from tests.factories.training import add_session, attend, enrol
from tests.support.client import Client, form_of

ROWS = """姓名,工号,单位,时长,身份证号
王老师,,示范县第一中学,60,11010119900307001X
同名老师,,,90,
校长,,,90,
无名氏,,,很久,
查无此人,,,5,
"""


@pytest.fixture
def course(land: Country, now: datetime, clock: time_machine.Traveller) -> Session:
    """A running session with records of every kind."""
    made = add_session(land.body("county"), now, state=State.RUNNING, mode=Mode.BOTH)
    enrol(made, land.people["teacher"])
    attend(made, land.people["sibling_teacher"], flag=Flag.SAME_BROWSER, way=Way.QR)
    attend(made, land.people["county_lead"], presence=Presence.LATE, minutes=90, percent=80)
    for name in ("school", "sibling_school"):
        employ(land.body(name), "同名老师", now)
    return made


@pytest.fixture
def lead(client: Client, land: Country, course: Session) -> Client:
    """The browser of the head of the county office, in English."""
    client.set_cookie("language", "en")
    client.sign_in(land.account("county_lead"))
    return client


def shown(answer: TestResponse) -> str:
    """The page, which the house inspection has passed as English."""
    assert '<html lang="en"' in answer.text
    return str(answer.text)


@pytest.mark.parametrize("page", ["", "?q=nobody", "/flagged", "/imports", "/screen"])
def test_pages(lead: Client, course: Session, page: str) -> None:
    shown(lead.get(f"/training/sessions/{course.id}/attendance{page}"))


def test_mark_correct_and_read_the_record(lead: Client, course: Session, land: Country) -> None:
    base = f"/training/sessions/{course.id}/attendance"
    fields = form_of(lead.get(f"{base}?q=wls"), "/mark")
    done = lead.post(f"{base}/mark", data={**fields, "presence": "present"})
    assert "王老师" in shown(lead.get(done.location))
    address = f"{base}/records/{land.people['teacher'].id}"
    form = form_of(lead.get(address), address)
    shown(lead.post(address, data={**form, "presence": "left_early", "reason": "早走"}))
    lead.post(address, data={**form, "presence": "left_early", "minutes": "5", "reason": "早走"})
    shown(lead.get(address))
    shown(lead.post(address, data={**form, "once": "x", "presence": "absent", "reason": "没来"}))


def test_run_of_an_import(lead: Client, course: Session) -> None:
    base = f"/training/sessions/{course.id}/attendance/imports"
    fields = {**form_of(lead.get(base), "/imports"), "held": "online"}
    file = (io.BytesIO(ROWS.encode()), "签到.csv")
    where = lead.post(base, data={**fields, "file": file}).location
    shown(lead.get(where))
    lead.post(f"{where}/rows", data={"act": "accept"})
    shown(lead.get(lead.post(f"{where}/confirm").location))
    shown(lead.get(base))


@pytest.mark.parametrize("signed_in", [True, False])
def test_telephone(lead: Client, course: Session, now: datetime, signed_in: bool) -> None:
    base = f"/training/sessions/{course.id}/attendance"
    if not signed_in:
        lead.sign_out()
    shown(lead.get(f"{base}/scan?c=old"))
    shown(lead.get(f"{base}/signed-in"))
    code = scanning.code(course.code_seed, course.id, scanning.slot_of(now))
    page = lead.get(lead.get(f"{base}/scan?c={code}").location)
    shown(page)
    ticket = form_of(page, "/sign-in")["ticket"]
    shown(lead.post(f"{base}/sign-in", data={"ticket": ticket, "staff_no": "x", "name": "y"}))
    typed = {"ticket": ticket, "staff_no": "T-lonely_teacher", "name": "孙老师"}
    shown(lead.post(f"{base}/sign-in", data=typed))
