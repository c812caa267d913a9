"""My training: the state of this year, what is due, what is near, what I attended."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import update
from sqlalchemy.orm import Session

from helpdesk.kernel.actor import SYSTEM
from helpdesk.people.models import Appointment
from helpdesk.training.models.quizzes import QuizAttempt
from helpdesk.training.models.sessions import Audience
from helpdesk.training.operations import offering
from helpdesk.training.queries import mine, near, quizzes
from helpdesk.training.rules.attendance import Flag, Presence
from helpdesk.training.rules.mine import Left, left_of
from helpdesk.training.rules.sessions import Facet, Place, State
from helpdesk.training.rules.years import YearKind, year
from tests.factories.country import Country
from tests.factories.training import add_session, attend, enrol, held, train
from tests.support.client import Client
from tests.support.queries import Queries

DAY = date(2026, 9, 1)


@pytest.fixture(autouse=True)
def _clock(clock: time_machine.Traveller) -> None:
    """The clock stands still."""


@pytest.fixture
def teacher(land: Country, client: Client) -> Client:
    """The browser of 王老师."""
    client.sign_in(land.account("teacher"))
    return client


@pytest.mark.parametrize(
    ("today", "left"),
    [
        (date(2026, 9, 22), Left(3, 101)),
        (date(2026, 12, 1), Left(0, 31)),
        (date(2026, 12, 31), Left(0, 1)),
        (date(2026, 1, 1), Left(11, 365)),
    ],
)
def test_what_is_left_of_the_calendar_year(today: date, left: Left) -> None:
    assert left_of(year(2026, YearKind.CALENDAR), today) == left


def test_what_is_left_of_the_school_year() -> None:
    assert left_of(year(2026, YearKind.SCHOOL), date(2026, 9, 22)).months == 11
    assert left_of(year(2026, YearKind.SCHOOL), date(2027, 8, 30)) == Left(0, 2)


# --- this year in one sentence --------------------------------------------------------------------


def test_not_trained_yet(land: Country, teacher: Client) -> None:
    page = teacher.get("/training/mine").text
    assert "还没有参训" in page
    assert "今年还剩3个月，由示范县资助中心组织" in page


def test_trained(land: Country, teacher: Client) -> None:
    train(held(land.body("county"), DAY), land.people["teacher"])
    page = teacher.get("/training/mine").text
    assert "已参训" in page
    assert "还没有参训" not in page
    assert "2026年9月1日" in page


def test_last_month_counts_days(
    land: Country, teacher: Client, clock: time_machine.Traveller
) -> None:
    clock.move_to(datetime.fromisoformat("2026-12-23T09:00+08:00"))
    teacher.sign_in(land.account("teacher"))
    assert "今年还剩9天" in teacher.get("/training/mine").text


def test_side_bodies_are_not_asked(land: Country, client: Client) -> None:
    client.sign_in(land.account("agent"))
    assert "不在参训要求之内" in client.get("/training/mine").text


def test_the_first_page_says_it_too(land: Country, client: Client) -> None:
    train(held(land.body("city"), DAY), land.people["county_officer"])
    said = {"teacher": "还没有参训", "county_officer": "已参训", "city_supervisor": "还没有参训"}
    for who, words in said.items():
        client.sign_in(land.account(who))
        page = client.get("/").text
        assert "我的培训 2026" in page
        assert words in page
        assert "/training/mine" in page


# --- years and records ----------------------------------------------------------------------------


def test_all_years_newest_first_with_marks(land: Country, teacher: Client) -> None:
    person = land.people["teacher"]
    for label in (2023, 2024, 2025):
        of = held(land.body("county"), date(label, 5, 5), title=f"{label}年的培训")
        void, corrected = label == 2023, label < 2025
        train(of, person, void=void, corrected_at=land.now if corrected else None)
    page = teacher.get("/training/mine").text
    assert page.count("开具证书") == 2
    assert page.count("已结年度后更正") == 2
    assert "已更正为没有参训" in page
    years = page[page.index('id="years"') : page.index('id="visits"')]
    places = [years.index(f"{label}年的培训") for label in (2025, 2024, 2023)]
    assert places == sorted(places)
    teacher.post("/certificates/mine/2025/issue")
    assert "查看证书" in teacher.get("/training/mine").text


def test_records_carry_along_after_a_transfer(land: Country, session: Session) -> None:
    person = land.people["teacher"]
    old, new = land.body("sibling_school"), land.body("school")
    train(held(land.body("county"), DAY), person, body_id=old.id)
    attend(held(land.body("city"), date(2026, 9, 2)), person, presence=Presence.ABSENT)
    attend(held(land.body("city"), date(2026, 9, 3)), person, flag=Flag.SAME_BROWSER)
    found = mine.mine(person.id, new.path, land.now).visits
    assert [(one.held_on.day, one.counted, one.flagged) for one in found] == [
        (3, False, True),
        (2, False, False),
        (1, True, False),
    ]
    assert [str(one.where) for one in found if one.where] == ["示范县第二中学"]


def test_records_on_the_page(land: Country, teacher: Client) -> None:
    attend(held(land.body("city"), DAY), land.people["teacher"], presence=Presence.LEFT_EARLY)
    page = teacher.get("/training/mine").text
    assert "早退" in page
    assert "不计入" in page


# --- what is due ----------------------------------------------------------------------------------


def test_invitations_and_enrolments_with_where_and_when(land: Country, teacher: Client) -> None:
    person, county = land.people["teacher"], land.body("county")
    later = land.now + timedelta(days=3)
    enrol(add_session(county, later, title="已报名的班"), person)
    enrol(add_session(county, later, title="邀请了的班"), person, Place.INVITED)
    enrol(add_session(county, later, title="谢绝了的班"), person, Place.DECLINED)
    gone = add_session(county, land.now - timedelta(days=3), title="过去了的班")
    enrol(gone, person)
    off = add_session(county, later, title="取消了的班", state=State.CANCELLED)
    enrol(off, person)
    page = teacher.get("/training/mine").text
    due = page[page.index('id="due"') : page.index('id="near"')]
    assert "已报名的班" in due
    assert "邀请了的班" in due
    assert "示范县教育局三楼会议室" in due
    assert "9月25日(周五) 10:20" in due
    for title in ("谢绝了的班", "过去了的班", "取消了的班"):
        assert title not in due


def passed(land: Country, key: str, at: datetime) -> QuizAttempt:
    return QuizAttempt(
        person_id=land.people["teacher"].id, pool=key, version="v", drawn=[], asked=1, score=1,
        started_at=at, sent_at=at, passed=True, once=f"{key}-{at}",
    )  # fmt: skip


def test_checks_asked_until_they_are_passed(land: Country, session: Session) -> None:
    person, path = land.people["teacher"], land.body("school").path
    first, second = (pool.key for pool in quizzes.pools()[:2])
    session.add(passed(land, first, land.now - timedelta(days=1)))
    offered(land, "2026-0000007", first)
    attend(held(land.body("county"), DAY, quiz=second, check_required=True), person)
    attend(held(land.body("county"), DAY, quiz=first), person, presence=Presence.ABSENT)
    asked = {one.pool.key: one for one in mine.mine(person.id, path, land.now).asked}
    # Passed before it was asked for: the offer stands. Not there: nothing is asked.
    assert asked[first].ticket_number == "2026-0000007"
    assert asked[second].session_title == "资助系统操作培训(演示)"
    session.add(passed(land, first, land.now))
    session.add(passed(land, second, land.now))
    session.flush()
    assert mine.mine(person.id, path, land.now).asked == ()


def offered(land: Country, number: str, pool: str = "") -> None:
    offering.offer_quiz(
        actor=SYSTEM,
        person_id=land.people["teacher"].id,
        pool=pool or quizzes.pools()[0].key,
        ticket_number=number,
        now=land.now,
    )


def test_a_check_is_asked_for_once(land: Country) -> None:
    offered(land, "2026-0000007")
    with pytest.raises(offering.AlreadyOffered):
        offered(land, "2026-0000007")
    offered(land, "2026-0000008")
    with pytest.raises(quizzes.UnknownPool):
        offered(land, "2026-0000009", "none")


# --- what is near ---------------------------------------------------------------------------------


def titles(land: Country, who: str, **over: object) -> list[str]:
    person = land.people[who]
    members = near.members(person.id, land.now.date())
    return [one.title for one in near.sessions(members, land.now, **over)]  # type: ignore[arg-type]


def coming(land: Country, by: str, title: str, days: int = 5, **over: object) -> int:
    starts_at = land.now + timedelta(days=days)
    return add_session(land.body(by), starts_at, title=title, **over).id


def test_nearest_organiser_first_and_only_for_me(land: Country, session: Session) -> None:
    coming(land, "national_aid", "全国班", 1)
    coming(land, "province", "省班", 2)
    coming(land, "city", "市班", 3)
    coming(land, "county", "县班晚", 9)
    coming(land, "county", "县班早", 4)
    coming(land, "neighbour", "邻县班")
    coming(land, "other_province", "外省班")
    coming(land, "sibling_school", "别的学校的班")
    coming(land, "county", "没开放的班", state=State.PLANNED)
    coming(land, "county", "开始了的班", -1)
    posts = coming(land, "county", "只给审核人员的班")
    session.add(Audience(session_id=posts, facet=Facet.POST, value="reviewer"))
    nodes = coming(land, "county", "只给第二中学的班")
    sibling = str(land.body("sibling_school").id)
    session.add(Audience(session_id=nodes, facet=Facet.NODE, value=sibling))
    session.flush()
    assert titles(land, "teacher") == ["县班早", "县班晚", "市班", "省班", "全国班"]
    assert titles(land, "teacher", without=[nodes]) == titles(land, "teacher")
    assert titles(land, "sibling_teacher")[:1] == ["别的学校的班"]
    assert titles(land, "hei_staff") == ["全国班"]
    assert titles(land, "agent") == []


def test_who_left_is_invited_nowhere(land: Country, session: Session) -> None:
    coming(land, "county", "县班")
    session.execute(
        update(Appointment)
        .where(Appointment.person_id == land.people["teacher"].id)
        .values(left_on=date(2026, 9, 20))
    )
    assert titles(land, "teacher") == []


def test_listed_ones_are_not_shown_twice(land: Country, teacher: Client) -> None:
    of = add_session(land.body("county"), land.now + timedelta(days=2), title="只出现一次的班")
    enrol(of, land.people["teacher"])
    assert teacher.get("/training/mine").text.count("只出现一次的班") == 1


# --- cost -----------------------------------------------------------------------------------------


def test_a_long_life_costs_no_more_statements(
    land: Country, teacher: Client, queries: Queries
) -> None:
    person, county = land.people["teacher"], land.body("county")
    teacher.get("/training/mine")

    def statements() -> int:
        queries.clear()
        assert teacher.get("/training/mine").status_code == 200
        return len(queries)

    train(held(county, DAY), person)
    enrol(add_session(county, land.now + timedelta(days=2)), person)
    add_session(county, land.now + timedelta(days=2))
    few = statements()
    for label in range(2015, 2026):
        train(held(county, date(label, 5, 5)), person)
        enrol(add_session(county, land.now + timedelta(days=label - 2000)), person)
        add_session(county, land.now + timedelta(days=label - 2000))
    assert statements() == few
    assert few <= 30
