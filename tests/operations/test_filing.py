"""Earlier dates, ticks and feeds of filing: who may, who sees it, what is kept."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from helpdesk.filing import access
from helpdesk.filing.models import EarlierDate, EarlierDateChange, Subscription, Tick
from helpdesk.filing.operations import noting, overlaying
from helpdesk.filing.operations.overlaying import ChangedMeanwhile, NothingToTakeBack
from helpdesk.filing.queries import calendar as filing
from helpdesk.filing.queries.tables import UnknownItem
from helpdesk.filing.rules.annexes import Level
from helpdesk.filing.rules.earlier import LaterThanAbove, NoSuchDate, NotEarlier, NotYourLevel
from helpdesk.kernel.errors import Forbidden, NotFound
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.rules import BodyStatus, Subsystem
from helpdesk.people.events import PersonsMerged
from helpdesk.workdays import queries as workdays
from tests.factories.country import Country
from tests.factories.filing import earlier, occurrence, uses
from tests.support.queries import Queries

LIST = "SH-06:school:2026-12-20"
REVIEW = "SH-07:county:2027-01-31"
FIRST, LAST = date(2026, 12, 1), date(2027, 2, 1)


def due(country: Country, name: str) -> dict[str, tuple[str, str | None]]:
    """What a body has to keep in winter: key -> (day, office that asked for it earlier)."""
    place = filing.place_of(organizations.body(country.body(name).id))
    found = filing.deadlines(place, FIRST, LAST, workdays.calendar())
    return {
        d.key: (d.due_on.isoformat(), d.overlay.office.name if d.overlay else None) for d in found
    }


# ------------------------------------------------------------------ who sees what


def test_school_sees_its_subsystems_and_no_authority_dates(country: Country) -> None:
    keys = due(country, "school")
    assert {key.split(":")[1] for key in keys} == {"school"}
    assert {key[:2] for key in keys} == {"SH"}
    uses(country, "school", Subsystem.COMPULSORY)
    assert {key[:2] for key in due(country, "school")} == {"SH", "CE"}


@pytest.mark.parametrize("office", ["county", "city", "province"])
def test_office_sees_its_own_level_and_its_schools(country: Country, office: str) -> None:
    keys = due(country, office)
    assert {key.split(":")[1] for key in keys} == {office, "school"}
    assert f"SH-07:{office}:2027-01-31" in keys


def test_office_without_schools_has_no_dates(country: Country) -> None:
    assert due(country, "other_province") == {}


def test_closed_school_gives_its_office_no_duty(country: Country, session: Session) -> None:
    school = country.body("empty_county_school")
    assert due(country, "empty_county")
    school.status = BodyStatus.CLOSED
    session.flush()
    assert due(country, "empty_county") == {}


def test_central_university_has_items_of_its_own(country: Country) -> None:
    assert "UG-14:school:2026-12-31" in due(country, "hei")
    uses(country, "city_school", Subsystem.UNDERGRADUATE)
    assert "UG-14:school:2026-12-31" not in due(country, "city_school")


def test_side_body_looks_from_the_office_beside_it(country: Country) -> None:
    assert due(country, "enrolment") == due(country, "county")


def test_centre_sees_central_dates(country: Country) -> None:
    place = filing.place_of(organizations.body(country.body("national_aid").id))
    keys = {o.key for o in place.occurrences(date(2026, 4, 1), date(2026, 4, 30))}
    assert "SH-14:central:2026-04-30" in keys
    assert "SH-15:province:2026-05-15" not in keys


@pytest.mark.parametrize(
    ("name", "number"), [("school", 2), ("county", 3), ("province", 3), ("enrolment", 5)]
)
def test_queries_are_few(country: Country, queries: Queries, name: str, number: int) -> None:
    body = organizations.body(country.body(name).id)
    calendar = workdays.calendar()
    earlier(country, "city_lead", LIST, "2026-12-10")
    queries.clear()
    filing.deadlines(filing.place_of(body), FIRST, LAST, calendar)
    assert len(queries) == number


# ------------------------------------------------------------------ earlier dates


def test_overlay_is_seen_below_and_nowhere_else(country: Country) -> None:
    earlier(country, "county_lead", LIST, "2026-12-10")
    seen = {
        name: due(country, name).get(LIST)
        for name in ("school", "county", "city_school", "city", "province", "empty_county_school")
    }
    notice = ("2026-12-20", None)
    assert seen == {
        "school": ("2026-12-10", "示范县资助中心"),
        "county": ("2026-12-10", "示范县资助中心"),
        "city_school": notice,
        "city": notice,
        "province": notice,
        "empty_county_school": notice,
    }


def test_strictest_on_the_path_counts(country: Country) -> None:
    earlier(country, "province_lead", LIST, "2026-12-15")
    assert due(country, "school")[LIST] == ("2026-12-15", "示范省资助中心")
    earlier(country, "county_lead", LIST, "2026-12-10")
    assert due(country, "school")[LIST] == ("2026-12-10", "示范县资助中心")
    assert due(country, "city_school")[LIST] == ("2026-12-15", "示范省资助中心")


def test_office_orders_its_counties_apart_from_itself(country: Country) -> None:
    earlier(country, "city_lead", REVIEW, "2027-01-20")
    assert due(country, "county")[REVIEW][0] == "2027-01-20"
    assert due(country, "city")["SH-07:city:2027-01-31"][0] == "2027-01-31"


@pytest.mark.parametrize(
    ("who", "key", "day", "refusal"),
    [
        ("county_lead", LIST, "2026-12-20", NotEarlier),
        ("county_lead", LIST, "2026-12-25", NotEarlier),
        ("county_lead", LIST, "2026-12-16", LaterThanAbove),
        ("county_lead", "SH-07:city:2027-01-31", "2027-01-10", NotYourLevel),
    ],
)
def test_what_is_not_earlier_or_not_below_is_refused(
    country: Country, who: str, key: str, day: str, refusal: type[Exception]
) -> None:
    earlier(country, "city_lead", LIST, "2026-12-16")
    with pytest.raises(refusal):
        earlier(country, who, key, day)


def test_every_act_is_written_down_once(country: Country, session: Session) -> None:
    row = earlier(country, "county_lead", LIST, "2026-12-10", "县里统一安排")
    again = earlier(country, "county_lead", LIST, "2026-12-10", "县里统一安排")
    assert again.version == row.version == 1
    earlier(country, "county_lead", LIST, "2026-12-12", "改到周六前")
    overlaying.take_back(
        actor=country.actor("county_lead"), overlay=row, version=2, reason="撤销", now=country.now
    )
    history = filing.changes([row.id])[row.id]
    assert [(c.due_before, c.due_after, c.reason) for c in history] == [
        (date(2026, 12, 12), None, "撤销"),
        (date(2026, 12, 10), date(2026, 12, 12), "改到周六前"),
        (None, date(2026, 12, 10), "县里统一安排"),
    ]
    assert due(country, "school")[LIST] == ("2026-12-20", None)
    earlier(country, "county_lead", LIST, "2026-12-11")
    assert session.get(EarlierDate, row.id) is not None
    assert row.version == 4


def test_taking_back_twice_or_unseen_is_refused(country: Country) -> None:
    row = earlier(country, "county_lead", LIST, "2026-12-10")
    actor = country.actor("county_lead")
    with pytest.raises(ChangedMeanwhile):
        overlaying.take_back(actor=actor, overlay=row, version=7, reason="x", now=country.now)
    overlaying.take_back(actor=actor, overlay=row, version=1, reason="x", now=country.now)
    with pytest.raises(NothingToTakeBack):
        overlaying.take_back(actor=actor, overlay=row, version=2, reason="x", now=country.now)


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_history_is_append_only(country: Country, session: Session, verb: str) -> None:
    earlier(country, "county_lead", LIST, "2026-12-10")
    statement = {
        "update": update(EarlierDateChange).values(reason="anders"),
        "delete": delete(EarlierDateChange),
    }[verb]
    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.execute(statement)


def test_database_refuses_a_later_date(country: Country, session: Session) -> None:
    row = earlier(country, "county_lead", LIST, "2026-12-10")
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(
            update(EarlierDate).where(EarlierDate.id == row.id).values(due_on=date(2026, 12, 20))
        )


MANAGERS = {"county_lead", "city_lead", "province_lead"}


def test_who_may_order(country: Country) -> None:
    """Leads of aid offices, for their own; a school cannot (semantics 8)."""
    able = set()
    for name in country.people:
        try:
            found = access.office(country.actor(name))
        except Forbidden:
            continue
        assert found.id == country.actor(name).body_id
        able.add(name)
    assert able == MANAGERS


def test_overlay_is_fetched_below_and_managed_at_its_node(country: Country) -> None:
    row = earlier(country, "city_lead", LIST, "2026-12-10")
    assert access.overlay(country.actor("city_lead"), row.id) is row
    for name in ("teacher", "county_lead", "city_officer"):
        with pytest.raises(Forbidden):
            access.overlay(country.actor(name), row.id)
    for name in ("province_lead", "other_province_officer", "agent"):
        with pytest.raises(NotFound):
            access.overlay(country.actor(name), row.id)


def test_reach_counts_schools_and_offices_below(country: Country) -> None:
    found = filing.reach(country.body("city").path)
    assert found.schools == {Subsystem.SENIOR_HIGH: 4}
    assert found.offices == {Level.CITY: 1, Level.COUNTY: 3}


# ------------------------------------------------------------------ ticks and feeds


def test_tick_is_ones_own(country: Country) -> None:
    actor = country.actor("teacher")
    shown = [LIST, "SH-09:school:2026-12-20"]
    noting.note_done(actor=actor, shown=shown, done=[LIST], now=country.now)
    noting.note_done(actor=actor, shown=shown, done=[LIST], now=country.now)
    assert filing.ticked(actor.person_id, FIRST) == {LIST}
    assert filing.ticked(country.actor("principal").person_id, FIRST) == frozenset()
    noting.note_done(actor=actor, shown=shown, done=[], now=country.now)
    assert filing.ticked(actor.person_id, FIRST) == frozenset()


def test_tick_touches_only_what_was_shown(country: Country) -> None:
    actor = country.actor("teacher")
    noting.note_done(actor=actor, shown=[LIST], done=[LIST], now=country.now)
    other = "SH-09:school:2026-12-20"
    noting.note_done(actor=actor, shown=[other], done=[other, "SH-01:school:2026-10-31"],
                     now=country.now)  # fmt: skip
    assert filing.ticked(actor.person_id, date(2026, 9, 1)) == {LIST, other}


@pytest.mark.parametrize(
    ("key", "refusal"),
    [
        ("SH-06", NoSuchDate),
        ("SH-06:school:x", NoSuchDate),
        ("ZZ-01:school:2026-12-20", UnknownItem),
    ],
)
def test_tick_of_nothing_is_refused(country: Country, key: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        noting.note_done(actor=country.actor("teacher"), shown=[key], done=[key], now=country.now)


def test_feed_is_kept_as_a_hash_and_renewed(country: Country, session: Session) -> None:
    actor = country.actor("teacher")
    first = noting.open_feed(actor=actor, now=country.now)
    second = noting.open_feed(actor=actor, now=country.now + timedelta(minutes=1))
    kept = session.scalars(select(Subscription.feed_hash)).all()
    assert first != second
    assert kept == [noting.hashed(second)]
    noting.close_feed(actor=actor)
    assert session.scalars(select(Subscription.feed_hash)).all() == [None]


def test_merged_person_brings_its_ticks(country: Country, session: Session, now: datetime) -> None:
    merged, kept = country.actor("teacher"), country.actor("principal")
    for actor in (merged, kept):
        noting.note_done(actor=actor, shown=[LIST], done=[LIST], now=now)
    other = occurrence("SH-09:school:2026-12-20").key
    noting.note_done(actor=merged, shown=[other], done=[other], now=now)
    noting.open_feed(actor=merged, now=now)
    noting.follow_merge(PersonsMerged(kept.person_id or 0, merged.person_id or 0, now))
    assert filing.ticked(kept.person_id, FIRST) == {LIST, other}
    assert session.scalars(select(Tick).where(Tick.person_id == merged.person_id)).all() == []
    assert session.scalars(select(Subscription.feed_hash)).all() == [None]
