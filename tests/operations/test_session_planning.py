"""A session from plan to closing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from helpdesk import wiring
from helpdesk.kernel import events
from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.db import session as database
from helpdesk.kernel.errors import AlreadyDone
from helpdesk.organizations.rules import Kind, Subsystem
from helpdesk.settings.operations import set_value
from helpdesk.settings.rules import Key
from helpdesk.training.events import SessionCancelled, SessionChanged
from helpdesk.training.models.attendance import Trained
from helpdesk.training.models.sessions import Session, SessionChange
from helpdesk.training.operations import acts, cascade, entries, planning
from helpdesk.training.operations.acts import Click
from helpdesk.training.rules.audience import Limits
from helpdesk.training.rules.sessions import FROM, Act, Mode, Place, State
from tests.factories.country import Country
from tests.factories.sessions import click, entry, opened, planned
from tests.factories.training import attend, enrol

VERBS: dict[Act, tuple[Callable[..., Any], State]] = {
    Act.OPENED: (planning.open_up, State.OPEN),
    Act.STARTED: (planning.start, State.RUNNING),
    Act.CLOSED: (planning.close, State.CLOSED),
    Act.REOPENED: (lambda **k: planning.reopen(reason="补录(演示)", **k), State.RUNNING),
    Act.CANCELLED: (lambda **k: planning.cancel(reason="讲师生病(演示)", **k), State.CANCELLED),
}


@pytest.fixture
def heard() -> Iterator[list[Any]]:
    """What is published about changed and cancelled sessions."""
    facts: list[Any] = []
    events.connect({fact: [facts.append] for fact in (SessionChanged, SessionCancelled)})
    yield facts
    events.connect(wiring.HANDLERS)


def _trained() -> int:
    return database().scalar(select(func.count()).where(Trained.void.is_(False))) or 0


def test_terms_are_copied_from_the_settings_of_the_organiser(country: Country) -> None:
    for key, text in ((Key.TRAINING_SHARE, "90"), (Key.TRAINING_ONLINE_SHARE, "75")):
        set_value(
            actor=SYSTEM, key=key, body_id=country.body("city").id, text=text, seen=None,
            reason="本市规定(演示)", now=country.now,
        )  # fmt: skip
    made = planned(country, minutes=100)
    assert (made.state, made.share_percent) == (State.PLANNED, 90)
    assert (made.online_minutes, made.online_percent) == (75, 75)
    assert (made.check_required, made.held_on) == (False, date(2026, 9, 29))


def test_a_check_is_asked_where_the_setting_asks_for_one(country: Country) -> None:
    set_value(
        actor=SYSTEM, key=Key.TRAINING_CHECK, body_id=country.body("county").id, text="yes",
        seen=None, reason="本县规定(演示)", now=country.now,
    )  # fmt: skip
    with pytest.raises(entries.QuizMissing):
        planned(country)


def test_a_second_click_plans_nothing_more(country: Country) -> None:
    made = [
        planning.plan(
            actor=SYSTEM, organizer=country.body("county"), entry=entry(country.now), once="twice",
            now=country.now,
        )
        for _ in range(2)
    ]  # fmt: skip
    assert made[0] is made[1]


@pytest.mark.parametrize(
    ("over", "refusal"),
    [
        ({"title": "  "}, entries.TitleMissing),
        ({"title": "长" * 121}, entries.TitleMissing),
        ({"ends_at": datetime.fromisoformat("2026-09-01T00:00+00:00")}, entries.TimesWrong),
        ({"ends_at": datetime.fromisoformat("2027-09-01T00:00+00:00")}, entries.TimesWrong),
        ({"ends_at": datetime.fromisoformat("2026-10-02T00:00+00:00")}, entries.MinutesMissing),
        ({"minutes": 0}, entries.MinutesWrong),
        ({"minutes": 121}, entries.MinutesWrong),
        ({"place": ""}, entries.PlaceMissing),
        ({"mode": Mode.ONLINE}, entries.LinkMissing),
        ({"link": "javascript:alert(1)"}, entries.LinkWrong),
        ({"link": "ftp://example.cn/a"}, entries.LinkWrong),
        ({"link": "https://example.cn/a b"}, entries.LinkWrong),
        ({"capacity": 0}, entries.CapacityWrong),
        ({"cards": ("NOPE-1",)}, entries.UnknownCard),
        ({"quiz": "no_such_pool"}, entries.UnknownQuiz),
        ({"series_id": 999}, entries.SeriesElsewhere),
        ({"plan_id": 999}, entries.PlanElsewhere),
        ({"limits": Limits(nodes=frozenset({999}))}, entries.NodeOutside),
    ],
)
def test_what_is_refused(country: Country, over: dict[str, Any], refusal: type) -> None:
    with pytest.raises(refusal):
        planned(country, **over)


def test_an_audience_lies_below_its_organiser(country: Country) -> None:
    outside = Limits(nodes=frozenset({country.body("neighbour").id}))
    with pytest.raises(entries.NodeOutside):
        planned(country, limits=outside)
    assert planned(country, "city", limits=outside)
    with pytest.raises(entries.KindOutside):
        planned(country, "school", limits=Limits(kinds=frozenset({Kind.SCHOOL})))


def test_a_copy_has_everything_but_the_date(country: Country) -> None:
    limits = Limits(subsystems=frozenset({Subsystem.SENIOR_HIGH}))
    first = opened(
        country, cards=("AID-1",), subsystems=(Subsystem.SENIOR_HIGH,), limits=limits, capacity=30
    )
    later = first.starts_at + timedelta(days=7)
    made = planning.copy(
        actor=SYSTEM, session=first, starts_at=later, once="copy-1", now=country.now
    )
    assert (made.state, made.starts_at, made.capacity) == (State.PLANNED, later, 30)
    assert made.ends_at - made.starts_at == first.ends_at - first.starts_at
    assert planning.entry_of(made).limits == limits
    assert planning.entry_of(made).cards == ("AID-1",)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_in_each_state(country: Country, state: State, verb: Act) -> None:
    act, to = VERBS[verb]
    made = planned(country)
    made.state = state
    if state in FROM[verb]:
        act(session=made, click=click(country))
        assert made.state is to
    else:
        with pytest.raises(acts.NotNow):
            act(session=made, click=click(country))
        assert made.state is state


def test_a_second_click_and_a_colleague_who_was_faster(country: Country) -> None:
    made = planned(country)
    seen = made.version
    planning.open_up(session=made, click=click(country, once="a", version=seen))
    with pytest.raises(AlreadyDone):
        planning.open_up(session=made, click=click(country, once="a", version=seen))
    with pytest.raises(acts.SessionChangedMeanwhile):
        planning.cancel(session=made, reason="重复", click=click(country, once="b", version=seen))
    assert made.state is State.OPEN


@pytest.mark.parametrize("reason", ["", "  ", "长" * 301])
def test_cancelling_and_reopening_say_why(country: Country, reason: str) -> None:
    made = opened(country)
    with pytest.raises(acts.ReasonMissing):
        planning.cancel(session=made, reason=reason, click=click(country))
    planning.start(session=made, click=click(country))
    planning.close(session=made, click=click(country))
    with pytest.raises(acts.ReasonMissing):
        planning.reopen(session=made, reason=reason, click=click(country))


def test_who_is_told_what(country: Country, heard: list[Any]) -> None:
    made = planned(country)
    planning.edit(session=made, entry=entry(country.now, place="别处"), click=click(country))
    assert heard == []
    planning.open_up(session=made, click=click(country))
    planning.edit(session=made, entry=entry(country.now, place="别处"), click=click(country))
    assert heard == []
    planning.edit(session=made, entry=entry(country.now, place="第三处"), click=click(country))
    planning.cancel(session=made, reason="停电(演示)", click=click(country))
    assert heard == [
        SessionChanged(made.id, country.now), SessionCancelled(made.id, country.now)
    ]  # fmt: skip
    planning.cancel(session=planned(country), reason="不办了(演示)", click=click(country))
    assert len(heard) == 2
    with pytest.raises(acts.NotNow):
        planning.edit(session=made, entry=entry(country.now), click=click(country))


def test_places_are_not_taken_back(country: Country) -> None:
    made = opened(country, capacity=3)
    for name in ("teacher", "principal"):
        enrol_row(made, country, name, Place.ENROLLED)
    with pytest.raises(entries.CapacityTaken):
        planning.edit(session=made, entry=entry(country.now, capacity=1), click=click(country))
    made = opened(country, capacity=1)
    enrol_row(made, country, "teacher", Place.ENROLLED)
    waiting = enrol_row(made, country, "principal", Place.WAITING)
    planning.edit(session=made, entry=entry(country.now, capacity=2), click=click(country))
    assert waiting.place is Place.ENROLLED


@pytest.mark.parametrize(
    ("mode", "place"),
    [(Mode.ONLINE, Place.ENROLLED), (Mode.BOTH, Place.ENROLLED), (Mode.OFFLINE, Place.WAITING)],
)
def test_more_places_of_what_runs_online_go_to_those_who_wait(
    country: Country, mode: Mode, place: Place
) -> None:
    made = opened(country, capacity=1)
    enrol_row(made, country, "teacher", Place.ENROLLED)
    waiting = enrol_row(made, country, "principal", Place.WAITING)
    planning.start(session=made, click=click(country))
    more = entry(country.now, capacity=2, mode=mode, link="https://study.example.cn/1")
    planning.edit(session=made, entry=more, click=click(country))
    assert waiting.place is place


def enrol_row(made: Session, country: Country, name: str, place: Place) -> Any:
    from helpdesk.training.models.sessions import Enrolment

    person = country.people[name]
    own = select(Enrolment).where(Enrolment.session_id == made.id, Enrolment.person_id == person.id)
    row = database().scalar(own) or enrol(made, person)
    row.place = place
    database().flush()
    return row


def test_states_and_terms_decide_who_is_trained(country: Country) -> None:
    made = opened(country)
    planning.start(session=made, click=click(country))
    attend(made, country.people["teacher"])
    planning.close(session=made, click=click(country))
    assert _trained() == 1
    planning.reopen(session=made, reason="补录(演示)", click=click(country))
    assert _trained() == 1
    planning.cancel(session=made, reason="未举办(演示)", click=click(country))
    assert _trained() == 0


def test_a_series_counts_when_enough_of_it_was_attended(country: Country) -> None:
    series = cascade.make_series(
        organizer=country.body("county"), title="两日班(演示)", needed=2, once="s", now=country.now
    )
    days = [opened(country), opened(country)]
    for day in days:
        planning.start(session=day, click=click(country))
        attend(day, country.people["teacher"])
        planning.close(session=day, click=click(country))
    assert _trained() == 1
    cascade.add_session(series=series, session=days[0], click=click(country))
    cascade.add_session(series=series, session=days[1], click=click(country))
    assert _trained() == 1
    cascade.edit_series(series=series, title="三日班(演示)", needed=3, now=country.now)
    assert _trained() == 0
    again = planning.entry_of(days[1])
    planning.edit(
        session=days[1],
        entry=entries.SessionEntry(**{**again.__dict__, "series_id": None}),
        click=click(country),
    )
    assert _trained() == 1
    with pytest.raises(cascade.NoSuchSession):
        cascade.add_session(series=series, session=opened(country, "city"), click=click(country))


@pytest.mark.parametrize(
    "over",
    [
        {"starts_at": timedelta(days=-365)},
        {"starts_at": timedelta(days=1)},
        {"minutes": 5},
        {"mode": Mode.BOTH, "link": "https://meet.example.cn/1"},
    ],
)
def test_what_counts_of_a_session_that_is_over_changes_with_a_reason_alone(
    country: Country, over: dict[str, Any]
) -> None:
    made = opened(country)
    planning.start(session=made, click=click(country))
    attend(made, country.people["teacher"])
    planning.close(session=made, click=click(country))
    days = over.get("starts_at", timedelta())
    changed = entry(country.now, **{**over, "starts_at": made.starts_at + days})
    before = (made.held_on, made.minutes, made.mode)
    with pytest.raises(entries.HeldAlready), database().begin_nested():
        planning.edit(session=made, entry=changed, click=click(country))
    database().refresh(made)
    assert (made.held_on, made.minutes, made.mode) == before
    words = entry(country.now, starts_at=made.starts_at, title="换个名字(演示)")
    planning.edit(session=made, entry=words, click=click(country))
    planning.reopen(session=made, reason="日期写错(演示)", click=click(country))
    planning.edit(session=made, entry=changed, click=click(country))
    assert (made.held_on, made.minutes, made.mode) != before


def test_the_record_says_who_did_what(country: Country) -> None:
    lead = country.actor("county_lead")
    made = planned(country, actor=lead)
    planning.open_up(session=made, click=Click(lead, country.now))
    planning.cancel(session=made, reason="停电(演示)", click=Click(lead, country.now))
    rows = database().execute(
        select(SessionChange.act, SessionChange.person_id, SessionChange.reason).order_by(
            SessionChange.id
        )
    )
    own = country.people["county_lead"].id
    assert [tuple(row) for row in rows] == [
        (Act.PLANNED, own, ""), (Act.OPENED, own, ""), (Act.INVITED, own, ""),
        (Act.CANCELLED, own, "停电(演示)"),
    ]  # fmt: skip
