"""One record per person and session, whatever desk, telephone or file it came from."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session as Database

from helpdesk import wiring
from helpdesk.kernel import db, events
from helpdesk.kernel.actor import SYSTEM
from helpdesk.people.events import PersonsMerged
from helpdesk.people.operations.merging import merge_persons
from helpdesk.training.models.attendance import Attendance, AttendanceChange, Trained
from helpdesk.training.models.sessions import Enrolment, Session
from helpdesk.training.operations import correcting, marking
from helpdesk.training.operations.correcting import Correction
from helpdesk.training.operations.marking import Entry, Marked, Result
from helpdesk.training.queries import attendance
from helpdesk.training.rules.attendance import Flag, Presence, Way
from helpdesk.training.rules.sessions import Mode, Place, State
from tests.factories.country import Country
from tests.factories.people import employ
from tests.factories.training import add_session, attend, enrol
from tests.support.queries import Queries

HERE, LATE, ABSENT = Presence.PRESENT, Presence.LATE, Presence.ABSENT


@pytest.fixture
def course(country: Country, now: datetime) -> Session:
    """A session of the county that began an hour ago."""
    return add_session(country.body("county"), now - timedelta(hours=1))


def mark(course: Session, country: Country, who: str = "teacher", **over: Any) -> Marked:
    person = country.people[who]
    entry = Entry(person.id, **{"presence": HERE, "way": Way.DESK, "seen": 0, **over})
    lead = country.actor("county_lead")
    return marking.mark(actor=lead, session=course, entries=[entry], now=country.now)[0]


def begin(course: Session, at: datetime) -> None:
    course.starts_at, course.ends_at = at, at + timedelta(hours=2)


def acts(course: Session) -> int:
    query = select(func.count()).where(AttendanceChange.session_id == course.id)
    return db.session().scalar(query) or 0


class TestMark:
    def test_first_mark_starts_the_session_and_makes_a_training(
        self, course: Session, country: Country, session: Database
    ) -> None:
        assert mark(course, country).result is Result.RECORDED
        assert course.state is State.RUNNING
        row = session.scalars(select(Attendance)).one()
        assert (row.presence, row.body_id, row.version) == (HERE, country.body("school").id, 1)
        assert session.scalar(select(Trained.year)) == 2026
        assert acts(course) == 1

    def test_the_same_click_again_does_nothing(self, course: Session, country: Country) -> None:
        first = mark(course, country, once="click")
        again = mark(course, country, once="click")
        assert (first.result, again.result) == (Result.RECORDED, Result.ALREADY)
        assert acts(course) == 1

    def test_an_old_click_sent_late_does_not_undo_what_came_after(
        self, course: Session, country: Country
    ) -> None:
        mark(course, country, once="one")
        mark(course, country, once="two", presence=LATE, seen=1)
        assert mark(course, country, once="one").record.presence is LATE
        assert acts(course) == 2

    def test_two_desks_agree(self, course: Session, country: Country) -> None:
        mark(course, country, once="desk one")
        assert mark(course, country, once="desk two").result is Result.ALREADY

    def test_the_second_desk_sees_what_changed(self, course: Session, country: Country) -> None:
        mark(course, country, once="desk one")
        second = mark(course, country, once="desk two", presence=LATE)
        assert (second.result, second.record.presence) == (Result.STALE, HERE)
        seen = mark(course, country, once="again", presence=LATE, seen=second.record.version)
        assert (seen.result, seen.record.version) == (Result.CHANGED, 2)

    def test_one_token_serves_one_person(self, course: Session, country: Country) -> None:
        mark(course, country, once="token")
        other = mark(course, country, "sibling_teacher", once="token")
        assert other.result is Result.RECORDED

    @pytest.mark.parametrize("way", [Way.QR, Way.IMPORT])
    def test_telephone_and_file_leave_who_was_there_alone(
        self, course: Session, country: Country, way: Way
    ) -> None:
        mark(course, country, presence=LATE)
        done = mark(course, country, way=way, seen=None)
        assert (done.result, done.record.presence) == (Result.ALREADY, LATE)

    @pytest.mark.parametrize(
        ("before", "minutes", "percent", "result"),
        [
            (Way.IMPORT, 120, 100, Result.CHANGED),
            (Way.IMPORT, 40, 60, Result.CHANGED),
            (Way.IMPORT, 40, 40, Result.ALREADY),
            (Way.IMPORT, 30, 30, Result.ALREADY),
            (Way.IMPORT, 60, 30, Result.ALREADY),
            (Way.ONLINE, 120, 100, Result.ALREADY),
        ],
    )
    def test_a_later_file_goes_on_with_a_course(
        self, course: Session, country: Country, session: Database, before: Way, minutes: int,
        percent: int, result: Result,
    ) -> None:  # fmt: skip
        mark(course, country, way=before, online=True, minutes=40, percent=40, seen=None)
        assert session.scalar(select(Trained.year)) is None
        done = mark(
            course, country, way=Way.IMPORT, online=True, minutes=minutes, percent=percent,
            seen=None,
        )  # fmt: skip
        assert done.result is result
        written = (minutes, percent) if result is Result.CHANGED else (40, 40)
        assert (done.record.minutes, done.record.percent) == written
        assert session.scalar(select(Trained.year)) == (2026 if written[0] == 120 else None)

    def test_telephone_after_an_absence_is_looked_at(
        self, course: Session, country: Country
    ) -> None:
        mark(course, country, presence=ABSENT)
        done = mark(course, country, way=Way.QR, seen=None)
        assert (done.result, done.record.flag) == (Result.CHANGED, Flag.AGAIN)

    @pytest.mark.parametrize(
        ("state", "hours", "refusal"),
        [
            (State.PLANNED, -1, marking.NotOpenYet),
            (State.CANCELLED, -1, marking.SessionWasCancelled),
            (State.OPEN, 3, marking.TooEarly),
            (State.RUNNING, 3, marking.TooEarly),
            (State.RUNNING, 24 * 90, marking.TooEarly),
            (State.CLOSED, 24 * 90, marking.TooEarly),
        ],
    )
    def test_not_now(
        self, course: Session, country: Country, state: State, hours: int,
        refusal: type[Exception],
    ) -> None:  # fmt: skip
        begin(course, country.now + timedelta(hours=hours))
        course.state = state
        with pytest.raises(refusal):
            mark(course, country)

    def test_two_hours_before_is_early_enough(self, course: Session, country: Country) -> None:
        begin(course, country.now + timedelta(hours=2))
        assert mark(course, country).result is Result.RECORDED

    def test_as_many_statements_for_one_as_for_a_hundred(
        self, course: Session, country: Country, now: datetime, queries: Queries
    ) -> None:
        people = [employ(country.body("school"), f"老师{i:03d}(演示)", now).id for i in range(100)]
        mark(course, country)
        lead, counted = country.actor("county_lead"), []
        for some in (people[:1], people[1:]):
            queries.clear()
            entries = [Entry(person_id, HERE, Way.DESK, seen=0) for person_id in some]
            marking.mark(actor=lead, session=course, entries=entries, now=now)
            counted.append(len(queries))
        assert counted[0] == counted[1]
        assert counted[0] <= 25


class TestCorrect:
    def correct(self, course: Session, country: Country, **over: Any) -> attendance.RecordView:
        asked: dict[str, Any] = {
            "person_id": country.people["teacher"].id, "seen": 1, "once": "token",
            "reason": "本人11点离开", "correction": Correction(Presence.LEFT_EARLY, minutes=60),
        }  # fmt: skip
        lead = country.actor("county_lead")
        return correcting.correct(actor=lead, session=course, now=country.now, **{**asked, **over})

    def test_left_early_takes_the_training_away(
        self, course: Session, country: Country, session: Database
    ) -> None:
        mark(course, country)
        assert self.correct(course, country).version == 2
        assert session.scalar(select(Trained)) is None
        newest = attendance.history(course.id, country.people["teacher"].id)[0]
        assert (newest.by_name, newest.reason) == ("县主任", "本人11点离开")
        assert (newest.before["presence"], newest.after["minutes"]) == ("present", 60)

    def test_the_second_of_two_coordinators_is_told(
        self, course: Session, country: Country
    ) -> None:
        mark(course, country)
        self.correct(course, country)
        with pytest.raises(correcting.RecordChangedMeanwhile):
            self.correct(course, country, once="other", correction=Correction(ABSENT))

    def test_a_second_click_is_no_second_act(self, course: Session, country: Country) -> None:
        mark(course, country)
        for _ in range(2):
            self.correct(course, country)
        assert acts(course) == 2

    def test_nobody_without_a_record_gets_one_by_excuse(
        self, course: Session, country: Country
    ) -> None:
        done = self.correct(course, country, seen=0, correction=Correction(Presence.EXCUSED))
        assert (done.presence, done.version) == (Presence.EXCUSED, 1)

    def test_online_completion_by_hand(
        self, course: Session, country: Country, session: Database
    ) -> None:
        course.mode = Mode.BOTH
        online = Correction(HERE, online=True, minutes=100, percent=90)
        assert self.correct(course, country, seen=0, correction=online).way is Way.ONLINE
        assert session.scalar(select(Trained.mode)) is Mode.ONLINE

    @pytest.mark.parametrize(
        ("over", "refusal"),
        [
            ({"reason": "  "}, correcting.ReasonMissing),
            ({"correction": Correction(Presence.LEFT_EARLY)}, correcting.MinutesMissing),
            ({"correction": Correction(HERE, minutes=10**6)}, correcting.MinutesTooMany),
            ({"correction": Correction(HERE, online=True, minutes=5, percent=5)},
             correcting.OnlineHere),
            ({"correction": Correction(HERE)}, correcting.SameAsBefore),
        ],
    )  # fmt: skip
    def test_refused(
        self, course: Session, country: Country, over: dict[str, Any], refusal: type[Exception]
    ) -> None:
        mark(course, country)
        with pytest.raises(refusal):
            self.correct(course, country, **over)

    @pytest.mark.parametrize("confirmed", [True, False])
    def test_a_flag_is_judged_once(
        self, course: Session, country: Country, session: Database, confirmed: bool
    ) -> None:
        mark(course, country, way=Way.QR, flag=Flag.SAME_BROWSER, seen=None)
        assert session.scalar(select(Trained)) is None
        asked: dict[str, Any] = {
            "actor": country.actor("county_lead"), "session": course, "seen": 1, "now": country.now,
            "person_id": country.people["teacher"].id, "confirmed": confirmed, "reason": "看过",
        }  # fmt: skip
        done = correcting.judge(once="one", **asked)
        assert done.presence is (HERE if confirmed else ABSENT)
        assert (session.scalar(select(Trained)) is not None) is confirmed
        with pytest.raises(correcting.NothingToJudge):
            correcting.judge(once="two", **asked)


class TestMerge:
    def merge(self, country: Country, kept: str = "teacher", merged: str = "principal") -> None:
        fact = PersonsMerged(country.people[kept].id, country.people[merged].id, country.now)
        marking.follow_merge(fact)

    def test_records_and_places_move(
        self, course: Session, country: Country, session: Database
    ) -> None:
        enrol(course, country.people["principal"])
        mark(course, country, "principal")
        self.merge(country)
        assert session.scalars(select(Attendance.person_id)).all() == [country.people["teacher"].id]
        assert session.scalars(select(Enrolment.person_id)).all() == [country.people["teacher"].id]
        assert attendance.history(course.id, country.people["teacher"].id)[0].reason == "merged"

    def test_of_two_at_one_session_the_better_stays(
        self, course: Session, country: Country, session: Database
    ) -> None:
        enrol(course, country.people["principal"], Place.ENROLLED)
        enrol(course, country.people["teacher"], Place.INVITED)
        attend(course, country.people["teacher"], presence=ABSENT)
        attend(course, country.people["principal"], presence=LATE)
        self.merge(country)
        session.expire_all()
        row = session.scalars(select(Attendance)).one()
        assert (row.presence, row.version) == (LATE, 2)
        assert session.scalars(select(Enrolment.place)).all() == [Place.ENROLLED]
        newest = attendance.history(course.id, row.person_id)[0]
        assert newest.before["presence"] == "absent"
        assert newest.before["merged"]["presence"] == "late"

    def test_by_the_act_of_an_administrator(
        self, course: Session, country: Country, session: Database, now: datetime
    ) -> None:
        kept, merged = (
            employ(country.body("school"), "同一人(演示)", now, staff_no=f"SAME-{i}")
            for i in (1, 2)
        )
        entries = [Entry(merged.id, HERE, Way.DESK, seen=0)]
        marking.mark(actor=SYSTEM, session=course, entries=entries, now=now)
        events.connect(wiring.HANDLERS)
        merge_persons(actor=SYSTEM, kept=kept, merged=merged, now=now)
        assert session.scalars(select(Attendance.person_id)).all() == [kept.id]
        assert session.scalars(select(Trained.person_id)).all() == [kept.id]


class TestLists:
    def test_desk_shows_who_is_listed_and_who_came(
        self, course: Session, country: Country, queries: Queries
    ) -> None:
        enrol(course, country.people["teacher"])
        enrol(course, country.people["principal"], Place.DECLINED)
        mark(course, country, "sibling_teacher")
        queries.clear()
        lines = attendance.desk(course)
        assert len(queries) == 2
        assert {(line.name, line.body_name, line.record is None) for line in lines} == {
            ("王老师", "示范县第一中学", True), ("李老师", "示范县第二中学", False),
        }  # fmt: skip

    def test_other_desks_marks_arrive_by_the_cursor(
        self, course: Session, country: Country
    ) -> None:
        start = attendance.cursor(course.id)
        assert attendance.changes(course.id, start).records == ()
        mark(course, country)
        found = attendance.changes(course.id, start)
        assert [record.presence for record in found.records] == [HERE]
        assert attendance.changes(course.id, found.cursor).records == ()

    def test_counts(self, course: Session, country: Country) -> None:
        enrol(course, country.people["teacher"])
        mark(course, country)
        mark(course, country, "principal", way=Way.QR, flag=Flag.WALK_IN, seen=None)
        mark(course, country, "city_teacher", presence=ABSENT)
        found = attendance.counts(course)
        assert (found.listed, found.there, found.absent, found.flagged) == (1, 1, 1, 1)

    def test_who_belongs(self, course: Session, country: Country) -> None:
        people = {name: country.people[name].id for name in ("teacher", "city_teacher", "agent")}
        enrol(course, country.people["agent"])
        found = attendance.belongs(course, list(people.values()))
        assert found == {people["teacher"], people["agent"]}

    def test_a_number_of_before_a_merge_finds_who_is_kept(self, country: Country) -> None:
        merged, kept = country.people["principal"], country.people["teacher"]
        merged.merged_into_id = kept.id
        found = attendance.by_staff_no(merged.staff_no)
        assert found is not None
        assert found.id == kept.id
        assert attendance.by_staff_no("NOBODY") is None


def test_nobody_is_the_system(course: Session, country: Country) -> None:
    entry = Entry(country.people["teacher"].id, HERE, Way.IMPORT)
    (done,) = marking.mark(actor=SYSTEM, session=course, entries=[entry], now=country.now)
    assert done.record.by_person_id is None
