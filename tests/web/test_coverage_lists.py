"""Lists behind the figures and their files; reminding by hand from them."""

from __future__ import annotations

import csv
import io
import logging
from datetime import date, datetime

import pytest
import time_machine
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from helpdesk.jobs.runner import run_once
from helpdesk.jobs.schedule import BY_NAME
from helpdesk.organizations.models import Body
from helpdesk.outbox.models import Message
from helpdesk.people.models import Appointment
from helpdesk.people.rules import Role
from helpdesk.training.models.reminding import ReminderOrder
from helpdesk.training.operations import recounting
from tests.factories.country import Country
from tests.factories.people import employ, holder
from tests.support.client import Client, form_of
from tests.support.staff_pages import become, count
from tests.web.coverage import counted as counted
from tests.web.coverage import train

COUNTY = "/training/coverage/420101"
UNTRAINED = f"{COUNTY}/persons?which=untrained"
REMIND = f"{COUNTY}/remind"


def table(response: TestResponse) -> list[list[str]]:
    """The lines of a CSV or XLSX that was sent."""
    assert response.status_code == 200
    data = response.get_data()
    if response.mimetype == "text/csv":
        return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [[str(cell) for cell in row] for row in book.get_sheet_by_index(0).to_python()]


def names_in(client: Client, address: str) -> set[str]:
    """The second column of a file."""
    return {row[1] for row in table(client.get(address, buffered=True))[1:]}


@pytest.fixture
def lead(client: Client, counted: Country) -> Client:
    """The browser is the lead of the county."""
    client.sign_in(counted.account("county_lead"))
    return client


class TestPersons:
    def test_who_is_not_trained_and_a_way_to_each(self, lead: Client, counted: Country) -> None:
        page = lead.get(UNTRAINED).text
        for name in ("principal", "sibling_teacher", "county_lead"):
            assert f'href="/people/{counted.people[name].id}"' in page
        assert "王老师" not in page

    @pytest.mark.parametrize(
        ("narrowed", "names"),
        [
            ("post=first_responsible", {"校长", "县主任"}),
            ("kind=school", {"校长", "李老师"}),
            ("kind=county_aid", {"县主任"}),
            ("subsystem=senior_high&kind=school", {"校长", "李老师"}),
            ("subsystem=preschool", set()),
            ("tier=county", {"校长", "李老师", "县主任"}),
            ("tier=city", set()),
            ("post=nonsense&kind=x&subsystem=y&tier=z", {"校长", "李老师", "县主任"}),
        ],
    )
    def test_filters(self, lead: Client, narrowed: str, names: set[str]) -> None:
        address = f"{COUNTY}/persons.csv?which=untrained&{narrowed}"
        assert names_in(lead, address) == names
        page = lead.get(f"{UNTRAINED}&{narrowed}").text
        assert all(name in page for name in names)

    def test_leave_newcomers_and_leavers_stand_apart(
        self, lead: Client, counted: Country, session: Session, now: datetime
    ) -> None:
        def change(name: str, **values: date) -> None:
            person = counted.people[name]
            session.execute(
                update(Appointment).where(Appointment.person_id == person.id).values(**values)
            )

        change("principal", on_leave_since=date(2026, 9, 1))
        change("sibling_teacher", joined_on=date(2026, 9, 15))
        change("county_lead", left_on=date(2026, 9, 10))
        recounting.recount(now)
        session.commit()
        lead.sign_in(counted.account("city_lead"))
        found = {
            which: names_in(lead, f"{COUNTY}/persons.csv?which={which}")
            for which in ("on_leave", "joined_lately", "left_untrained")
        }  # fmt: skip
        assert found == {
            "on_leave": {"校长"}, "joined_lately": {"李老师"}, "left_untrained": {"县主任"}
        }  # fmt: skip
        page = lead.get(f"{COUNTY}/persons?which=left_untrained").text
        assert "离岗" in page

    def test_pages_follow_each_other(self, lead: Client, counted: Country, now: datetime) -> None:
        for i in range(51):
            employ(counted.body("school"), f"新老师{i:02d}(演示)", now)
        recounting.recount(now)
        first = lead.get(UNTRAINED).text
        onward = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
        assert "已到最后" in lead.get(onward.replace("&amp;", "&")).text
        assert lead.get(f"{UNTRAINED}&after=nonsense").status_code == 400
        rows = table(lead.get(f"{COUNTY}/persons.xlsx?which=untrained", buffered=True))
        assert len(rows) == 1 + 54

    @pytest.mark.parametrize("which", ["trained", "on_leave", "side", "left_untrained"])
    def test_an_empty_list_says_what_would_fill_it(
        self, client: Client, counted: Country, now: datetime, which: str
    ) -> None:
        become(client, holder(counted.body("empty_county"), Role.OFFICE_HANDLER, now))
        page = client.get(f"/training/coverage/420103/persons?which={which}").text
        assert "hd-empty" in page


class TestFiles:
    @pytest.mark.parametrize("form", ["csv", "xlsx"])
    def test_names_meant_to_do_harm_stay_names(
        self, lead: Client, counted: Country, session: Session, form: str, now: datetime
    ) -> None:
        hostile = ["=cmd|' /C calc'!A0", "+1", "@SUM(1+1)"]
        persons = ("principal", "sibling_teacher", "county_lead")
        for name, person in zip(hostile, persons, strict=True):
            counted.people[person].name = name
        school = update(Body).where(Body.id == counted.body("school").id)
        session.execute(school.values(name="=1+1", code="0012"))
        session.commit()
        response = lead.get(f"{COUNTY}/persons.{form}?which=untrained", buffered=True)
        rows = table(response)
        mark = "'" if form == "csv" else ""
        assert {row[1] for row in rows[1:]} == {f"{mark}{name}" for name in hostile}
        of_school = next(row for row in rows if row[1].endswith("A0"))
        assert of_school[2:4] == ["0012", f"{mark}=1+1"]
        assert b"<f>" not in response.get_data()

    def test_the_file_is_named_after_node_year_and_day(self, lead: Client) -> None:
        answer = lead.get(f"{COUNTY}/bodies.csv?which=none_trained", buffered=True)
        said = answer.headers["Content-Disposition"]
        assert said.startswith("attachment;")
        assert said.endswith("-2026-20260922.csv")
        assert answer.headers["Cache-Control"] == "no-store"
        assert [row[1] for row in table(answer)[1:]] == ["示范县第二中学"]

    def test_what_leaves_the_house_is_logged_without_names(
        self, lead: Client, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.INFO, logger="helpdesk.web.coverage.lists"):
            lead.get(f"{COUNTY}/persons.csv?which=untrained", buffered=True)
        (line,) = [r.getMessage() for r in caplog.records if "exported" in r.getMessage()]
        assert line == "coverage list exported: node 420101, 3 rows, csv"

    def test_another_form_is_no_page(self, lead: Client) -> None:
        assert lead.get(f"{COUNTY}/persons.exe").status_code == 404


class TestReminding:
    def test_from_the_list_to_the_outbox(
        self, app: Flask, lead: Client, counted: Country, session: Session
    ) -> None:
        assert f'href="{REMIND}"' in lead.get(UNTRAINED).text
        page = lead.get(REMIND)
        assert "提醒3名未培训的人" in page.text
        assert "请在2026年12月31日(周四)前参加2026年度培训" in page.text
        assert count(Message) == 0
        answer = lead.post(REMIND, data=form_of(page, "/remind"))
        assert answer.location == COUNTY
        assert "正在发送提醒" in lead.get(COUNTY).text
        assert run_once(app, BY_NAME["training_reminders"], "tests").endswith("pieces 1")
        assert "今天已提醒3人" in lead.get(COUNTY).text
        told = set(session.scalars(select(Message.recipient_id)))
        assert told == {
            counted.people[n].id for n in ("principal", "sibling_teacher", "county_lead")
        }

    def test_a_second_click_does_nothing(self, lead: Client) -> None:
        fields = form_of(lead.get(REMIND), "/remind")
        lead.post(REMIND, data=fields)
        again = lead.post(REMIND, data=fields)
        assert again.status_code == 409
        assert "今天已经提醒过" in again.text
        assert count(ReminderOrder) == 1
        # And no button is offered any more.
        assert "正在发送提醒" in lead.get(REMIND).text
        assert f'action="{REMIND}"' not in lead.get(REMIND).text

    def test_the_next_day_it_may_be_done_again(
        self, lead: Client, counted: Country, clock: time_machine.Traveller
    ) -> None:
        lead.post(REMIND, data=form_of(lead.get(REMIND), "/remind"))
        clock.shift(86400)
        lead.sign_in(counted.account("county_lead"))
        assert lead.post(REMIND, data=form_of(lead.get(REMIND), "/remind")).status_code == 303
        assert count(ReminderOrder) == 2

    def test_nobody_left_to_remind(
        self, lead: Client, counted: Country, now: datetime, session: Session
    ) -> None:
        fields = form_of(lead.get(REMIND), "/remind")
        train(counted, now, "principal", "sibling_teacher", "county_lead")
        session.commit()
        answer = lead.post(REMIND, data=fields)
        assert answer.status_code == 422
        assert "没有要提醒的人" in answer.text

    @pytest.mark.parametrize(
        ("who", "address", "status"),
        [
            ("county_officer", REMIND, 403),  # reads the coverage, reminds nobody
            ("city_lead", REMIND, 403),  # only on the own node
            ("city_lead", "/training/coverage/420100/remind", 200),
            ("teacher", "/training/coverage/3442990001/remind", 200),
            ("teacher", REMIND, 404),
            ("county_lead", "/training/coverage/420102/remind", 404),
        ],
    )
    def test_who_may(
        self, client: Client, counted: Country, who: str, address: str, status: int
    ) -> None:
        client.sign_in(counted.account(who))
        assert client.get(address).status_code == status
        if status != 200:
            assert client.post(address, data={}).status_code == status

    def test_a_year_that_is_over_is_not_reminded_of(self, lead: Client) -> None:
        assert lead.get(f"{REMIND}?year=2025").status_code == 403

    def test_an_officer_who_may_not_sees_no_button(self, client: Client, counted: Country) -> None:
        client.sign_in(counted.account("county_officer"))
        assert "/remind" not in client.get(COUNTY).text
        assert "/remind" not in client.get(UNTRAINED).text


def test_nothing_is_counted_as_told_before_the_job_ran(lead: Client, session: Session) -> None:
    lead.post(REMIND, data=form_of(lead.get(REMIND), "/remind"))
    assert session.scalar(select(func.sum(ReminderOrder.told))) == 0
