"""提醒未参训人员: who hears of it when, once each, and never who was trained meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from helpdesk import wiring
from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.db import db
from helpdesk.kernel.db import session as database
from helpdesk.kernel.instants import SHANGHAI
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.notifications.rules import Msg
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.outbox.models import Message
from helpdesk.people.models import Appointment, Person
from helpdesk.people.rules import Post, Role
from helpdesk.settings import operations as settings
from helpdesk.settings.rules import Key
from helpdesk.training.models.reminding import ReminderOrder
from helpdesk.training.operations import crediting, recounting, reminding
from helpdesk.training.operations.reminding import Done
from helpdesk.training.queries import reminding as queries
from helpdesk.training.rules.reminding import NobodyToRemind, RemindedToday, Stage
from helpdesk.workdays.models import Day, Year
from tests.factories.country import Country, build
from tests.factories.people import add, holder, present_work, work
from tests.factories.training import attend, held
from tests.support.hearing import Ear, everyone

MAY = date(2026, 5, 6)
# Everybody of the country whom S-3.3.3 means: no side bodies, no call centre.
COUNTED = (
    "teacher", "principal", "sibling_teacher", "city_teacher", "lonely_teacher", "county_officer",
    "county_lead", "neighbour_officer", "city_officer", "city_lead", "city_supervisor",
    "province_officer", "province_lead", "other_province_officer", "hei_staff",
)  # fmt: skip


def at(text: str) -> datetime:
    """Beijing time in 2026, or in the year named."""
    return datetime.fromisoformat(text if text[4] == "-" else f"2026-{text}").replace(
        tzinfo=SHANGHAI
    )


def run(when: str) -> Done:
    """What the job does at this moment; the day is counted first."""
    recounting.recount(at(when))
    return reminding.run(clock=lambda: at(when), transaction=nullcontext)


def train(land: Country, *names: str) -> None:
    """These persons have a training of this year."""
    of = held(land.body("county"), MAY)
    for name in names:
        attend(of, land.people[name])
    crediting.settle([land.people[name].id for name in names], now=land.now)


def reminded(message: Msg = Msg.TRAINING_REMINDER) -> int:
    """Notices of this kind in the app."""
    query = select(func.count()).where(Message.message == message, Message.channel == "in_app")
    return database().scalar(query) or 0


def view(land: Country, name: str) -> BodyView:
    return organizations.body(land.body(name).id)


def drop_orders_of_others(land: Country) -> None:
    """Leave only the province's order, to make a test short."""
    rows = database().scalars(select(ReminderOrder))
    for row in rows:
        if row.body_id != land.body("province").id:
            row.stage, row.finished_at = Stage.DONE, land.now


@pytest.fixture
def ear(session: Session, country: Country) -> Ear:
    made = Ear(session, country)
    made.rows()
    return made


class TestByPlan:
    def test_on_the_first_working_day_of_september_at_opening(
        self, country: Country, ear: Ear
    ) -> None:
        assert run("08-31 12:00") == Done(0, 0, 0)
        assert run("09-01 08:29") == Done(0, 0, 0)
        assert run("09-01 08:30").given == 3
        told = ear.told()
        assert {name for name, what in told.items() if Msg.TRAINING_REMINDER in what} == set(
            COUNTED
        )
        assert run("09-01 09:00") == Done(0, 0, 0)
        assert run("09-07 08:30") == Done(0, 0, 0)

    def test_in_december_every_week(self, country: Country) -> None:
        counts = []
        for when in ("12-01 09:00", "12-07 09:00", "12-08 09:00", "12-14 09:00"):
            run(when)
            counts.append(reminded())
        assert counts == [len(COUNTED) * n for n in (1, 2, 2, 3)]

    def test_who_is_trained_or_on_leave_hears_nothing(self, country: Country, ear: Ear) -> None:
        train(country, "teacher", "principal", "county_lead")
        away = country.people["city_teacher"]
        database().execute(
            update(Appointment)
            .where(Appointment.person_id == away.id)
            .values(on_leave_since=date(2026, 8, 1), on_leave_until=date(2026, 9, 1))
        )
        run("09-01 09:00")
        told = {name for name, what in ear.told().items() if Msg.TRAINING_REMINDER in what}
        assert told == set(COUNTED) - {"teacher", "principal", "county_lead", "city_teacher"}
        run("10-08 09:00")
        assert Msg.TRAINING_REMINDER in ear.told()["city_teacher"]

    def test_heads_hear_how_many_of_their_body_are_missing(
        self, country: Country, ear: Ear
    ) -> None:
        train(country, "principal")
        run("09-01 09:00")
        rows = [row for row in ear.rows() if row.message == Msg.TRAINING_REMINDER_BODY]
        heads = {row.recipient_id: row.params for row in rows}
        told = heads[country.people["principal"].id]
        assert (told["untrained"], told["active"]) == (1, 2)
        assert told["body"]["zh"] == "示范县第一中学"
        # A school without head: nobody is there to be told.
        assert country.people["sibling_teacher"].id not in heads
        assert {row.about for row in rows} >= {"coverage:3442990001", "coverage:420101"}

    @pytest.mark.parametrize(
        ("joined_on", "left_on", "hears"),
        [
            (date(2026, 8, 1), None, True),
            (date(2026, 8, 1), date(2026, 10, 1), True),
            (date(2026, 8, 1), date(2026, 9, 1), False),
            (date(2026, 9, 2), None, False),
        ],
    )
    def test_only_heads_at_work_on_the_day_hear(
        self, country: Country, ear: Ear, joined_on: date, left_on: date | None, hears: bool
    ) -> None:
        head = add(country, "sibling_school", work=work(Post.MANAGER, joined_on=joined_on))
        present_work(head).left_on = left_on
        run("09-01 09:00")
        rows = [row for row in ear.rows() if row.message == Msg.TRAINING_REMINDER_BODY]
        assert (head.id in {row.recipient_id for row in rows}) is hears

    def test_a_body_where_everybody_is_trained_is_left_alone(
        self, country: Country, ear: Ear
    ) -> None:
        train(country, "teacher", "principal")
        run("09-01 09:00")
        assert "coverage:3442990001" not in {row.about for row in ear.rows()}

    def test_coordinators_hear_of_everything_below_their_office(
        self, country: Country, ear: Ear, now: datetime
    ) -> None:
        coordinator = holder(country.body("city"), Role.TRAINING_COORDINATOR, now)
        ear.rows()
        run("09-01 09:00")
        rows = [row for row in ear.rows() if row.message == Msg.TRAINING_REMINDER_OFFICE]
        of_city = {row.recipient_id: row.params for row in rows if row.about == "coverage:420100"}
        assert set(of_city) == {coordinator.person_id, country.people["city_lead"].id}
        assert {params["untrained"] for params in of_city.values()} == {12}
        lead = country.people["county_lead"].id
        assert [row.params["untrained"] for row in rows if row.recipient_id == lead] == [5, 5]

    def test_a_node_may_remind_earlier_or_not_at_all(self, country: Country, ear: Ear) -> None:
        written: tuple[tuple[str, Key[Any], str], ...] = (
            ("county", Key.REMINDERS, "no"),
            ("neighbour", Key.REMIND_MONTHLY_FROM, "3"),
        )
        for name, key, text in written:
            settings.set_value(
                actor=SYSTEM, key=key, body_id=country.body(name).id,
                text=text, seen=None, reason="演示", now=country.now,
            )  # fmt: skip
        run("05-06 09:00")
        assert ear.told() == {
            "neighbour_officer": {Msg.TRAINING_REMINDER, Msg.TRAINING_REMINDER_BODY}
        }
        run("09-01 09:00")
        told = ear.told()
        assert "county_officer" not in told
        assert "teacher" not in told
        assert Msg.TRAINING_REMINDER in told["city_officer"]

    def test_a_missed_day_is_made_up_for(self, country: Country) -> None:
        assert run("09-03 14:00").given == 3
        assert run("09-04 14:00").given == 0
        assert reminded() == len(COUNTED)

    def test_a_province_opens_later(self, country: Country) -> None:
        settings.set_value(
            actor=SYSTEM, key=Key.OPENING, body_id=country.body("province").id, text="10:00",
            seen=None, reason="演示", now=country.now,
        )  # fmt: skip
        assert run("09-01 09:59").given == 2
        assert run("09-01 10:00").given == 1

    def test_before_the_first_count_orders_wait(self, country: Country) -> None:
        done = reminding.run(clock=lambda: at("09-01 09:00"), transaction=nullcontext)
        assert (done.given, done.pieces) == (3, 0)
        assert reminded() == 0
        run("09-01 09:01")
        assert reminded() == len(COUNTED)

    def test_yesterdays_count_reminds_nobody_who_came_today(self, country: Country) -> None:
        recounting.recount(at("08-31 09:00"))
        attend(held(country.body("county"), date(2026, 9, 1)), country.people["teacher"])
        crediting.settle([country.people["teacher"].id], now=at("09-01 08:40"))
        done = reminding.run(clock=lambda: at("09-01 09:00"), transaction=nullcontext)
        assert (done.given, done.pieces, reminded()) == (3, 0, 0)
        run("09-01 09:01")
        assert reminded() == len(COUNTED) - 1


class TestByHand:
    def order(self, country: Country, name: str | None, when: str, label: int = 2026) -> None:
        recounting.recount(at(when))
        body = view(country, name) if name else None
        reminding.order(actor=SYSTEM, body=body, label=label, now=at(when))

    def test_only_persons_of_the_node_are_told(self, country: Country, ear: Ear) -> None:
        self.order(country, "county", "06-01 09:00")
        assert ear.told() == {}
        assert run("06-01 09:01") == Done(0, 1, 0)
        assert ear.told() == everyone(
            Msg.TRAINING_REMINDER,
            "teacher", "principal", "sibling_teacher", "county_officer", "county_lead",
        )  # fmt: skip
        found = queries.newest_by_hand(country.body("county").id, 2026)
        assert found is not None
        assert (found.told, found.finished_at) == (5, at("06-01 09:01"))

    def test_a_second_order_on_the_same_day_is_refused(self, country: Country) -> None:
        self.order(country, "county", "06-01 09:00")
        with pytest.raises(RemindedToday):
            self.order(country, "county", "06-01 18:00")
        self.order(country, "county", "06-02 09:00")

    def test_nobody_is_told_twice_a_day_whoever_orders_it(self, country: Country) -> None:
        for name in ("county", "city", None):
            self.order(country, name, "06-01 09:00")
        run("06-01 09:01")
        assert reminded() == len(COUNTED)

    @pytest.mark.parametrize("label", [2025, 2027])
    def test_only_this_year(self, country: Country, label: int) -> None:
        with pytest.raises(NobodyToRemind):
            self.order(country, "county", "06-01 09:00", label)

    def test_nobody_to_remind(self, country: Country) -> None:
        train(country, "teacher", "principal")
        with pytest.raises(NobodyToRemind):
            self.order(country, "school", "06-01 09:00")

    def test_an_order_that_outlived_its_year_tells_nobody(self, country: Country) -> None:
        self.order(country, "county", "12-31 23:50")
        run("2027-01-01 00:10")
        assert reminded() == 0
        found = queries.newest_by_hand(country.body("county").id, 2026)
        assert found is not None
        assert found.finished_at is not None


class TestOnce:
    def test_a_crash_goes_on_where_it_stopped(
        self, country: Country, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reminding, "PERSONS_AT_ONCE", 2)
        recounting.recount(at("09-01 09:00"))
        reminding.give_planned(now=at("09-01 09:00"))
        drop_orders_of_others(country)
        (order_id,) = queries.open_orders()
        assert reminding.go_on(order_id=order_id, now=at("09-01 09:00"))
        assert reminding.go_on(order_id=order_id, now=at("09-01 09:01"))
        assert reminded() == 4
        run("09-01 10:00")
        assert reminded() == len(COUNTED) - 2

    def test_a_training_between_two_pieces_is_seen(
        self, country: Country, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reminding, "PERSONS_AT_ONCE", 1)
        recounting.recount(at("09-01 09:00"))
        reminding.give_planned(now=at("09-01 09:00"))
        drop_orders_of_others(country)
        (order_id,) = queries.open_orders()
        reminding.go_on(order_id=order_id, now=at("09-01 09:00"))
        first = database().scalar(
            select(Message.recipient_id).where(Message.message == Msg.TRAINING_REMINDER).limit(1)
        )
        rest = [n for n in COUNTED if country.people[n].id != first]
        train(country, *rest)
        run("09-01 09:05")
        assert reminded() == 1

    def test_a_letter_does_not_leave_once_its_reader_is_trained(self, country: Country) -> None:
        run("09-01 09:00")
        check = wiring.CHECKS[Msg.TRAINING_REMINDER]
        train(country, "teacher")
        answers = {
            name: check("", {"year": 2026, "recipient_id": country.people[name].id})
            for name in ("teacher", "principal")
        }
        assert answers == {"teacher": False, "principal": True}

    def test_one_order_that_fails_holds_up_nobody(
        self, country: Country, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hei = country.body("hei").id
        real = reminding._piece

        def piece(found: ReminderOrder, now: datetime) -> tuple[str | None, int]:
            if found.body_id == hei:
                raise ZeroDivisionError
            return real(found, now)

        monkeypatch.setattr(reminding, "_piece", piece)
        done = run("09-01 09:00")
        assert (done.given, done.failed) == (3, 1)
        assert reminded() == len(COUNTED) - 1
        monkeypatch.setattr(reminding, "_piece", real)
        run("09-01 09:05")
        assert reminded() == len(COUNTED)


def test_without_working_days_orders_by_hand_are_still_carried_out(country: Country) -> None:
    when = at("06-01 09:00")
    recounting.recount(when)
    reminding.order(actor=SYSTEM, body=view(country, "county"), label=2026, now=when)
    database().execute(delete(Day))
    database().execute(delete(Year))
    done = reminding.run(clock=lambda: when, transaction=nullcontext)
    assert (done.given, done.pieces, done.failed) == (0, 1, 1)
    assert reminded() == 5


def test_five_runs_at_once_tell_everybody_once(
    separate_app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminding, "PERSONS_AT_ONCE", 2)
    moment, gate = at("09-01 09:00"), Barrier(5)
    with separate_app.app_context(), unit_of_work():
        build(now)
        recounting.recount(moment)

    def one_run(_number: int) -> Done:
        with separate_app.app_context():
            gate.wait(timeout=60)
            return reminding.run(clock=lambda: moment, transaction=unit_of_work)

    with ThreadPoolExecutor(5) as pool:
        done = list(pool.map(one_run, range(5)))
    assert sum(one.given for one in done) == 3
    assert sum(one.failed for one in done) == 0
    with separate_app.app_context():
        later = moment + timedelta(minutes=1)
        reminding.run(clock=lambda: later, transaction=unit_of_work)
        rows = db.session.execute(
            select(Person.staff_no, func.count())
            .join(Message, Message.recipient_id == Person.id)
            .where(Message.message == Msg.TRAINING_REMINDER, Message.channel == "in_app")
            .group_by(Person.staff_no)
        )
        assert {row[0]: row[1] for row in rows} == {f"T-{name}": 1 for name in COUNTED}
        assert not list(queries.open_orders())
