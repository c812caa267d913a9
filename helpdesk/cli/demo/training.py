"""The demonstration's trainings, held through the product's own verbs at instants gone by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zlib import crc32

from helpdesk.cli.demo.plan import FOLDER
from helpdesk.kernel.actor import SYSTEM, Actor
from helpdesk.kernel.datafiles import Node, read
from helpdesk.kernel.instants import at_shanghai, in_shanghai, shanghai_date
from helpdesk.organizations import access
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import AID_OFFICES, BodyStatus, Kind, Shelf
from helpdesk.people import queries as people
from helpdesk.people.queries import PersonView
from helpdesk.training.operations import cascade, certifying, enrolling, marking, planning
from helpdesk.training.operations.acts import Click
from helpdesk.training.operations.cascade import PlanEntry
from helpdesk.training.operations.closing import close_due, keep_month_end
from helpdesk.training.operations.entries import SessionEntry
from helpdesk.training.operations.marking import Entry
from helpdesk.training.operations.recounting import turn_day
from helpdesk.training.queries.staff import is_trained
from helpdesk.training.rules.attendance import Flag, Presence, Way
from helpdesk.training.rules.audience import Limits
from helpdesk.training.rules.sessions import Mode, State

if TYPE_CHECKING:
    from helpdesk.training.models.sessions import Session

_MORNING = time(9)
_LENGTH = timedelta(hours=2)
_MINUTES = 120
_LINK = "https://learn.example.org/aid"  # leads nowhere on purpose
_PLACE = "{office}会议室"
# Whoever asks most has been trained least: the pages about both have something to say.
_SHY = 45
_ROUND = ("back", "on", "by", "mode", "reach", "title", "cards")
_EVENT = ("organizer", "days", "state", "mode", "title", "list", "come", "cards")
_STAGES = (Kind.CITY_AID, Kind.COUNTY_AID, Kind.SCHOOL)


@dataclass(frozen=True)
class Round:
    """A session that every office of one kind holds on the same day."""

    on: date
    by: Kind
    mode: Mode
    reach: int
    title: str
    cards: tuple[str, ...]
    deep: bool
    plan_id: int | None


@dataclass
class Country:
    """Whom each office trains: its own staff and that of the bodies directly below it."""

    absent_schools: int
    askers: set[int] = field(default_factory=set)
    _staff: dict[int, tuple[tuple[BodyView, PersonView], ...]] = field(default_factory=dict)

    def staff(self, office: BodyView) -> tuple[tuple[BodyView, PersonView], ...]:
        """Persons with the body where they work, asked once for each office."""
        if office.id not in self._staff:
            bodies = {office.id: office}
            for shelf in (Shelf.OFFICE, Shelf.SCHOOL):
                found = organizations.children(
                    office.id, shelf=shelf, status=BodyStatus.ACTIVE, size=2000
                )
                bodies |= {body.id: body for body in found.rows}
            working = sorted(people.staff_of(bodies).items())
            self.askers |= {all_[0].id for _, all_ in working}  # as in `tickets.Cast.voice`
            self._staff[office.id] = tuple((bodies[b], one) for b, all_ in working for one in all_)
        return self._staff[office.id]

    def below(self, office: BodyView) -> tuple[tuple[BodyView, PersonView], ...]:
        """The same with everybody whom the offices below train."""
        own = self.staff(office)
        lower = {body.id: body for body, _ in own if body.kind in AID_OFFICES}
        lower.pop(office.id, None)
        return own + tuple(
            (body, person)
            for one in lower.values()
            for body, person in self.below(one)
            if body.id != one.id
        )

    def voice(self, office: BodyView) -> Actor:
        """Somebody of the office as the one who acts."""
        own = next(one for body, one in self.staff(office) if body.id == office.id)
        return Actor(own.id, own.name, body_id=office.id, body_path=office.path)


def _die(*words: object) -> int:
    """The same throw of 0 to 99 for the same words, on every machine."""
    return crc32("|".join(map(str, words)).encode()) % 100


def live(now: datetime) -> int:
    """Hold every training of the demonstration; how many sessions there are then."""
    data = read(FOLDER / "training.yaml").mapping(("rounds", "absent_schools", "plan", "now"))
    country = Country(data["absent_schools"].number())
    plan_id = _cascade(data["plan"], country, now)
    offices = organizations.offices_in("/", limit=5000)
    held = 0
    for one in _rounds(data["rounds"], shanghai_date(now), plan_id):
        for office in (found for found in offices if found.kind is one.by):
            held += _hold(country, office, one)
    for item in data["now"].items():
        _go_on(country, item, now)
        held += 1
    return held


def count(now: datetime) -> None:
    """What the jobs would do one by one: the counters of today, the curves, the closed years."""
    turn_day(now)
    while keep_month_end(now) is not None:
        pass
    close_due(now)


def certify(person_ids: Iterable[int], now: datetime) -> None:
    """Last year's certificates of those who were trained then."""
    label = shanghai_date(now).year - 1
    for person_id in person_ids:
        if is_trained(person_id, label):
            certifying.issue(actor=SYSTEM, person_id=person_id, year=label, now=now)


def _office(code: str) -> BodyView:
    found = organizations.body_by_code(code)
    assert found is not None, code
    return found


def _cascade(node: Node, country: Country, now: datetime) -> int:
    found = node.mapping(("owner", "title", "about", "stages"))
    today = shanghai_date(now)
    stages = found["stages"].mapping(_STAGES)
    owner = _office(found["owner"].text())
    made = cascade.make_plan(
        actor=country.voice(owner),
        owner=access.body(SYSTEM, owner.code),
        entry=PlanEntry(
            found["title"].text(),
            today.year,
            found["about"].text(),
            {kind: _day(today.year, stages[kind].text()) for kind in _STAGES},
        ),
        once="demo-plan",
        now=now,
    )
    return made.id


def _day(year: int, month_day: str) -> date:
    return date.fromisoformat(f"{year}-{month_day}")


def _rounds(node: Node, today: date, plan_id: int) -> list[Round]:
    """Those whose day has passed, oldest first."""
    found = []
    for item in node.items():
        row = item.mapping(_ROUND, ("deep",))
        back = row["back"].number()
        one = Round(
            on=_day(today.year - back, row["on"].text()),
            by=row["by"].word(Kind),
            mode=row["mode"].word(Mode),
            reach=row["reach"].number(),
            title=row["title"].text(),
            cards=tuple(card.text() for card in row["cards"].items()),
            deep="deep" in row and row["deep"].boolean(),
            plan_id=None if back else plan_id,
        )
        if one.on < today:
            found.append(one)
    return sorted(found, key=lambda one: one.on)


def _hold(country: Country, office: BodyView, one: Round) -> bool:
    """A session with everybody who came; nobody came: it was not held."""
    came = [
        _came(person, one)
        for body, person in (country.below(office) if one.deep else country.staff(office))
        if _comes(country, office, body, person, one)
    ]
    if not came:
        return False
    starts_at = at_shanghai(one.on, _MORNING)
    after = starts_at + _LENGTH + timedelta(hours=1)
    actor = country.voice(office)
    held = planning.plan(
        actor=actor,
        organizer=access.body(SYSTEM, office.code),
        entry=SessionEntry(
            title=one.title,
            mode=one.mode,
            starts_at=starts_at,
            ends_at=starts_at + _LENGTH,
            place="" if one.mode is Mode.ONLINE else _PLACE.format(office=office.name),
            link=_LINK if one.mode is Mode.ONLINE else "",
            cards=one.cards,
            plan_id=one.plan_id if _in_plan(office, one) else None,
        ),
        once=f"demo-{office.code}-{one.on}",
        now=starts_at - timedelta(days=14),
    )
    # Opened when it is over: nobody is invited to what has passed.
    planning.open_up(session=held, click=Click(actor, after, version=held.version))
    planning.start(session=held, click=Click(actor, after, version=held.version))
    planning.close(session=held, click=Click(actor, after, version=held.version))
    marking.mark(actor=actor, session=held, entries=came, now=after)
    return True


def _in_plan(office: BodyView, one: Round) -> bool:
    return one.plan_id is not None and office.province_code == "42"


def _comes(
    country: Country, office: BodyView, body: BodyView, person: PersonView, one: Round
) -> bool:
    if body.kind is Kind.SCHOOL and _die("absent", one.on.year, body.code) < country.absent_schools:
        return False
    bent = _die("office", office.code) % 40 - 24  # from 24 below to 15 above
    asks = person.id in country.askers and body.kind is Kind.SCHOOL
    shy = _SHY if asks and one.plan_id is not None else 0
    return _die("comes", one.on, person.staff_no) < min(97, one.reach + bent - shy)


def _came(person: PersonView, one: Round) -> Entry:
    """Nearly all stay to the end; the others make the lists worth reading."""
    throw = _die("how", one.on, person.staff_no)
    if one.mode is Mode.ONLINE:
        percent = 100 if throw > 5 else 60 + throw
        minutes = _MINUTES * percent // 100
        return Entry(
            person.id, Presence.PRESENT, Way.ONLINE, online=True, minutes=minutes, percent=percent
        )
    if throw < 2:
        return Entry(person.id, Presence.LEFT_EARLY, Way.DESK, minutes=45 + throw * 60)
    kinds = {2: Presence.EXCUSED, 3: Presence.ABSENT}
    late = Presence.LATE if throw < 8 else Presence.PRESENT
    return Entry(person.id, kinds.get(throw, late), Way.QR if throw % 3 else Way.DESK)


# --- what is going on now --------------------------------------------------------------------


def _go_on(country: Country, item: Node, now: datetime) -> None:
    found = item.mapping(_EVENT, ("place", "capacity", "quiz", "kinds"))
    office, state = _office(found["organizer"].text()), found["state"].word(State)
    actor = country.voice(office)
    starts_at = _begins(now, found["days"].number())
    made = planning.plan(
        actor=actor,
        organizer=access.body(SYSTEM, office.code),
        entry=SessionEntry(
            title=found["title"].text(),
            mode=found["mode"].word(Mode),
            starts_at=starts_at,
            ends_at=starts_at + _LENGTH,
            place=found["place"].text() if "place" in found else "",
            link="" if found["mode"].word(Mode) is Mode.OFFLINE else _LINK,
            capacity=found["capacity"].number() if "capacity" in found else None,
            quiz=found["quiz"].text() if "quiz" in found else "",
            cards=tuple(card.text() for card in found["cards"].items()),
            limits=Limits(kinds=_kinds(found)),
        ),
        once=f"demo-{office.code}-{found['days'].number()}-{state}",
        now=now - timedelta(days=8),
    )
    if state is State.PLANNED:
        return
    at = now - timedelta(days=6)
    planning.open_up(
        session=made, click=Click(actor, at, version=made.version), only_untrained=True
    )
    _fill(country, office, made, found["list"].number(), at + timedelta(days=1))
    if state is State.CANCELLED:
        click = Click(actor, now - timedelta(days=1), version=made.version)
        planning.cancel(session=made, reason="会场停电检修，改为线上补训", click=click)
    if state is State.RUNNING:
        planning.start(session=made, click=Click(actor, now, version=made.version))
        _sign_in(country, office, made, found["come"].number(), now)


def _kinds(found: dict[str, Node]) -> frozenset[Kind]:
    """Whom it is for; nobody named: everybody below."""
    named = found["kinds"].items() if "kinds" in found else []
    return frozenset(one.word(Kind) for one in named)


def _begins(now: datetime, days: int) -> datetime:
    """Today: the last full half hour; else nine o'clock of that day."""
    if days:
        return at_shanghai(shanghai_date(now) + timedelta(days=days), _MORNING)
    there = in_shanghai(now)
    return (there - timedelta(minutes=there.minute % 30 + 30)).replace(second=0, microsecond=0)


def _of_schools(country: Country, office: BodyView) -> list[int]:
    return [person.id for body, person in country.staff(office) if body.kind is Kind.SCHOOL]


def _fill(country: Country, office: BodyView, of: Session, number: int, at: datetime) -> None:
    if number:
        ids = tuple(_of_schools(country, office)[:number])
        enrolling.put_on_list(actor=country.voice(office), session=of, person_ids=ids, now=at)


def _sign_in(country: Country, office: BodyView, of: Session, number: int, now: datetime) -> None:
    """The first have come; the last of them with somebody else's telephone."""
    ids = _of_schools(country, office)[:number]
    entries = [
        Entry(
            person_id,
            Presence.PRESENT,
            Way.QR,
            flag=Flag.SAME_BROWSER if person_id == ids[-1] else None,
            at=now - timedelta(minutes=number - place),
        )
        for place, person_id in enumerate(ids)
    ]
    marking.mark(actor=country.voice(office), session=of, entries=entries, now=now)
