"""Signing in by telephone, and everybody who tries to sign in from elsewhere or for others."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session as Database
from werkzeug.test import TestResponse

from helpdesk.training.models.attendance import Attendance
from helpdesk.training.models.scanning import SignInTicket
from helpdesk.training.models.sessions import Session
from helpdesk.training.rules import scanning
from helpdesk.training.rules.attendance import Flag, Presence, Way
from helpdesk.training.rules.sessions import State
from helpdesk.web.attendance import screen
from tests.factories.country import Country
from tests.factories.training import add_session, attend
from tests.support.client import Client

WANG = {"staff_no": "t-teacher", "name": "王 老师"}
LI = {"staff_no": "T-sibling_teacher", "name": "李老师"}


@pytest.fixture(autouse=True)
def standing(clock: time_machine.Traveller) -> None:
    """The clock stands still."""


@pytest.fixture
def course(land: Country, now: datetime) -> Session:
    """A session of the county that is running; number and name of staff are capital letters."""
    for person in land.people.values():
        person.staff_no = person.staff_no.upper()
    return add_session(land.body("county"), now - timedelta(minutes=5), state=State.RUNNING)


def base(course: Session) -> str:
    return f"/training/sessions/{course.id}/attendance"


def code(course: Session, at: datetime) -> str:
    return scanning.code(course.code_seed, course.id, scanning.slot_of(at))


def scan(client: Client, course: Session, at: datetime) -> TestResponse:
    return client.get(f"{base(course)}/scan?c={code(course, at)}")


def ticket_of(answer: TestResponse) -> str:
    assert answer.status_code == 302, answer.text
    return parse_qs(urlsplit(answer.location).query)["ticket"][0]


def use(client: Client, course: Session, ticket: str, **typed: str) -> TestResponse:
    return client.post(f"{base(course)}/sign-in", data={"ticket": ticket, **typed})


def sign_in(client: Client, course: Session, at: datetime, **typed: str) -> TestResponse:
    return use(client, course, ticket_of(scan(client, course, at)), **typed)


def records(session: Database) -> list[Attendance]:
    return list(session.scalars(select(Attendance).order_by(Attendance.id)))


class TestTheWayIn:
    def test_without_an_account(
        self, client: Client, course: Session, session: Database, now: datetime
    ) -> None:
        answer = scan(client, course, now)
        assert code(course, now) not in answer.location
        page = client.get(answer.location)
        assert 'name="staff_no"' in page.text
        done = use(client, course, ticket_of(answer), **WANG)
        assert done.status_code == 303
        assert "签到成功" in client.get(done.location).text
        (row,) = records(session)
        assert (row.presence, row.way, row.flag) == (Presence.PRESENT, Way.QR, None)

    def test_signed_in_staff_tap_once(
        self, client: Client, course: Session, session: Database, now: datetime, land: Country
    ) -> None:
        client.sign_in(land.account("teacher"))
        page = client.get(scan(client, course, now).location).text
        assert "我到了，签到" in page
        assert sign_in(client, course, now, me="1").status_code == 303
        (row,) = records(session)
        assert (row.person_id, row.by_person_id) == (land.people["teacher"].id,) * 2

    def test_a_slow_typist_has_ten_minutes(
        self, client: Client, course: Session, now: datetime, clock: time_machine.Traveller
    ) -> None:
        ticket = ticket_of(scan(client, course, now))
        clock.shift(timedelta(minutes=9, seconds=59))
        assert use(client, course, ticket, **WANG).status_code == 303

    def test_scanning_again_is_said_to_be_done(
        self, client: Client, course: Session, session: Database, now: datetime
    ) -> None:
        sign_in(client, course, now, **WANG)
        again = sign_in(client, course, now, **WANG)
        assert "您已签过到" in client.get(again.location).text
        assert [row.flag for row in records(session)] == [None]

    def test_what_came_of_it_is_only_for_this_browser(
        self, client: Client, app: Flask, course: Session, now: datetime
    ) -> None:
        answer = sign_in(client, course, now, **WANG)
        other = app.test_client()
        assert "王老师" not in other.get(answer.location).text

    def test_who_is_late_by_the_desk_stays_late(
        self, client: Client, course: Session, session: Database, now: datetime, land: Country
    ) -> None:
        attend(course, land.people["teacher"], presence=Presence.LATE)
        sign_in(client, course, now, **WANG)
        assert [row.presence for row in records(session)] == [Presence.LATE]


class TestWhoIsRefused:
    @pytest.mark.parametrize("seconds", [40, 60, 3600])
    def test_a_photo_of_an_old_code(
        self, client: Client, course: Session, now: datetime, seconds: int
    ) -> None:
        answer = scan(client, course, now - timedelta(seconds=seconds))
        assert answer.status_code == 422
        assert "二维码已过期，请扫屏幕上现在的码" in answer.text

    def test_the_code_of_another_session(
        self, client: Client, course: Session, now: datetime, land: Country
    ) -> None:
        other = add_session(land.body("county"), now, state=State.RUNNING)
        answer = client.get(f"{base(course)}/scan?c={code(other, now)}")
        assert answer.status_code == 422
        ticket = ticket_of(scan(client, other, now))
        assert use(client, course, ticket, **WANG).status_code == 422

    def test_no_such_session(self, client: Client, course: Session) -> None:
        assert client.get("/training/sessions/999999/attendance/scan?c=x").status_code == 404

    @pytest.mark.parametrize("state", [State.PLANNED, State.CANCELLED])
    def test_a_session_that_is_not_held(
        self, client: Client, course: Session, now: datetime, state: State
    ) -> None:
        course.state = state
        assert scan(client, course, now).status_code == 422

    def test_a_session_that_is_over(
        self, client: Client, course: Session, now: datetime, session: Database, land: Country
    ) -> None:
        before = ticket_of(scan(client, course, now))
        course.state = State.CLOSED
        answer = scan(client, course, now)
        assert answer.status_code == 422
        assert "已结束，不能再扫码签到" in answer.text
        assert use(client, course, before, **WANG).status_code == 303
        assert [row.person_id for row in records(session)] == [land.people["teacher"].id]
        client.sign_in(land.account("county_lead"))
        assert "已结束，不能再扫码签到" in client.get(f"{base(course)}/screen").text

    def test_a_ticket_serves_once(
        self, client: Client, course: Session, session: Database, now: datetime
    ) -> None:
        ticket = ticket_of(scan(client, course, now))
        use(client, course, ticket, **WANG)
        again = use(client, course, ticket, **LI)
        assert again.status_code == 409
        assert "已经签过到了" in again.text
        assert len(records(session)) == 1

    def test_a_ticket_of_ten_minutes_ago(
        self, client: Client, course: Session, now: datetime, clock: time_machine.Traveller
    ) -> None:
        ticket = ticket_of(scan(client, course, now))
        clock.shift(timedelta(minutes=10))
        assert use(client, course, ticket, **WANG).status_code == 422
        assert client.get(f"{base(course)}/sign-in?ticket={ticket}").status_code == 422

    def test_a_ticket_sent_to_a_friend(
        self, client: Client, app: Flask, course: Session, session: Database, now: datetime
    ) -> None:
        ticket = ticket_of(scan(client, course, now))
        friend = app.test_client()
        assert isinstance(friend, Client)
        assert use(friend, course, ticket, **WANG).status_code == 422
        scan(friend, course, now)
        assert use(friend, course, ticket, **WANG).status_code == 422
        assert records(session) == []

    @pytest.mark.parametrize("ticket", ["", "x", "x.y", "中", "W10.x", "a" * 5000])
    def test_a_made_up_ticket(
        self, client: Client, course: Session, now: datetime, ticket: str
    ) -> None:
        scan(client, course, now)
        assert use(client, course, ticket, **WANG).status_code == 422

    def test_wrong_number_and_wrong_name_are_one_answer(
        self, client: Client, course: Session, now: datetime
    ) -> None:
        ticket = ticket_of(scan(client, course, now))
        answers = [
            use(client, course, ticket, staff_no=number, name=name)
            for number, name in (("T-TEACHER", "李老师"), ("NOBODY-1", "王老师"), ("", ""))
        ]
        assert {answer.status_code for answer in answers} == {422}
        said = {re.findall(r"工号和姓名对不上[^<]*", answer.text)[0] for answer in answers}
        assert len(said) == 1
        assert 'value="T-TEACHER"' in answers[0].text
        assert use(client, course, ticket, **WANG).status_code == 303

    def test_guessing_ends_soon(
        self, client: Client, course: Session, session: Database, now: datetime
    ) -> None:
        ticket = ticket_of(scan(client, course, now))
        for _ in range(8):
            assert use(client, course, ticket, staff_no="T-TEACHER", name="猜").status_code == 422
        answer = use(client, course, ticket, **WANG)
        assert answer.status_code == 429
        assert "北京时间10:30以前" in answer.text
        assert records(session) == []

    def test_who_is_signed_in_gives_no_guess_back(
        self, client: Client, course: Session, now: datetime, land: Country
    ) -> None:
        client.sign_in(land.account("teacher"))
        for guess in range(8):
            assert (
                sign_in(client, course, now, staff_no="T-PRINCIPAL", name="猜").status_code == 422
            )
            mine = sign_in(client, course, now, me="1")
            assert mine.status_code == 303, guess
        assert sign_in(client, course, now, staff_no="T-PRINCIPAL", name="猜").status_code == 429

    def test_a_hall_full_of_people_behind_one_address_is_let_in(
        self, app: Flask, course: Session, now: datetime, land: Country
    ) -> None:
        for number in range(20):
            phone = app.test_client()
            assert isinstance(phone, Client)
            assert sign_in(phone, course, now, **WANG).status_code == 303, number


class TestWhoIsFlagged:
    def test_a_second_person_from_one_browser_counts_after_somebody_looked(
        self, client: Client, course: Session, session: Database, now: datetime, land: Country
    ) -> None:
        sign_in(client, course, now, **WANG)
        second = sign_in(client, course, now, **LI)
        assert "核实以后才算出勤" in client.get(second.location).text
        assert [row.flag for row in records(session)] == [None, Flag.SAME_BROWSER]
        assert [t.second for t in session.scalars(select(SignInTicket))] == [False, True]
        client.sign_in(land.account("county_lead"))
        page = client.get(f"{base(course)}/flagged").text
        assert "同一部手机签了不止一个人" in page

    def test_somebody_else_by_the_browser_of_a_colleague(
        self, client: Client, course: Session, session: Database, now: datetime, land: Country
    ) -> None:
        client.sign_in(land.account("teacher"))
        sign_in(client, course, now, **LI)
        client.delete_cookie("browser")
        sign_in(client, course, now, **WANG)
        people = [(row.person_id, row.flag, row.by_person_id) for row in records(session)]
        colleague, own = land.people["sibling_teacher"].id, land.people["teacher"].id
        assert people == [(colleague, Flag.SAME_BROWSER, None), (own, None, own)]

    def test_throwing_the_session_cookie_away_does_not_help(
        self, client: Client, course: Session, session: Database, now: datetime
    ) -> None:
        sign_in(client, course, now, **WANG)
        client.sign_out()
        sign_in(client, course, now, **LI)
        assert records(session)[1].flag is Flag.SAME_BROWSER

    def test_another_session_starts_anew(
        self, client: Client, course: Session, session: Database, now: datetime, land: Country
    ) -> None:
        other = add_session(land.body("county"), now, state=State.RUNNING)
        sign_in(client, course, now, **WANG)
        sign_in(client, other, now, **LI)
        assert [row.flag for row in records(session)] == [None, None]

    def test_who_is_not_of_the_audience(
        self, client: Client, course: Session, session: Database, now: datetime
    ) -> None:
        sign_in(client, course, now, staff_no="T-LONELY_TEACHER", name="孙老师")
        assert [row.flag for row in records(session)] == [Flag.WALK_IN]


class TestTheScreen:
    def test_shows_the_code_of_this_moment(
        self, client: Client, course: Session, land: Country, clock: time_machine.Traveller
    ) -> None:
        client.sign_in(land.account("county_lead"))
        page = client.get(f"{base(course)}/screen")
        assert "已签到0人" in page.text
        assert re.search(r'<noscript><meta http-equiv="refresh" content="\d+">', page.text)
        pictures = []
        for _ in range(2):
            answer = client.get(f"{base(course)}/screen.svg")
            assert answer.mimetype == "image/svg+xml"
            pictures.append(answer.data)
            clock.shift(timedelta(seconds=20))
        assert pictures[0] != pictures[1]
        state = client.get(f"{base(course)}/screen.json").json
        assert state is not None
        assert 1 <= state["left"] <= 20

    @pytest.mark.parametrize(
        ("state", "said"), [(State.PLANNED, "还没有开放"), (State.CANCELLED, "已取消")]
    )
    def test_says_why_nobody_can_sign_in(
        self, client: Client, course: Session, land: Country, state: State, said: str
    ) -> None:
        course.state = state
        client.sign_in(land.account("county_lead"))
        page = client.get(f"{base(course)}/screen").text
        assert said in page
        assert "screen.svg" not in page

    def test_the_code_leads_to_the_address_people_use(
        self, app: Flask, course: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(app.config, "BASE_URL", "https://zizhu.example.cn/")
        with app.test_request_context(f"{base(course)}/screen", "http://10.0.0.5:8000/"):
            address = screen.scan_address(course, scanning.slot_of(now))
        assert address == f"https://zizhu.example.cn{base(course)}/scan?c={code(course, now)}"

    @pytest.mark.parametrize("who", ["teacher", "county_officer", "neighbour_officer", "agent"])
    def test_is_not_for_everybody(
        self, client: Client, course: Session, land: Country, who: str
    ) -> None:
        client.sign_in(land.account(who))
        for page in ("screen", "screen.svg", "screen.json"):
            assert client.get(f"{base(course)}/{page}").status_code in (403, 404)
