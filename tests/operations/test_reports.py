"""Questions per 100 staff against counts made by hand and by brute force; scope and statements."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy.orm import Session

from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.instants import at_shanghai, shanghai_date
from helpdesk.organizations.models import Body
from helpdesk.organizations.rules import Shelf
from helpdesk.people.models import Person
from helpdesk.reports import access
from helpdesk.reports.queries import rates
from helpdesk.reports.queries import sessions as effects
from helpdesk.reports.queries.rates import DIRECT, OWN, By, Report
from helpdesk.reports.rules import Known, Period, Rate, Split, windows
from helpdesk.tickets.rules import Status
from helpdesk.training.models import sessions as training
from helpdesk.training.models.sessions import SessionCard
from helpdesk.training.rules.attendance import Flag, Presence
from tests.factories.country import PEOPLE, Country
from tests.factories.questions import appoint, ask, person, train
from tests.factories.training import attend, held
from tests.support.queries import Queries

YEAR = Period(2026, date(2026, 1, 1), date(2026, 9, 22))


def report(country: Country, name: str | None, of: Period = YEAR, by: By = By.CHILDREN) -> Report:
    """The figures of a body of the country (None: the root)."""
    if name is None:
        return rates.report("/", None, of, by=by)
    body = country.body(name)
    return rates.report(body.path, body.id, of, by=by)


class TestByHand:
    @pytest.fixture
    def session_held(self, country: Country) -> training.Session:
        return held(country.body("county"), date(2026, 3, 1))

    def test_asked_before_and_after_the_training(
        self, country: Country, session_held: training.Session
    ) -> None:
        teacher, school = country.people["teacher"], country.body("school")
        train(teacher, session_held, date(2026, 3, 1))
        # The last minute before the day and its first one, on Beijing clocks.
        for moment in ("2026-02-28T15:59", "2026-02-28T16:00"):
            ask(school, teacher, datetime.fromisoformat(f"{moment}:00+00:00"))
        ask(school, None, date(2026, 5, 1))
        found = report(country, "county").whole
        assert (found.untrained.questions, found.trained.questions, found.nobody) == (1, 1, 1)

    def test_the_mean_of_staff(self, country: Country, session_held: training.Session) -> None:
        before = report(country, "school", YEAR).whole
        assert before.untrained.staff == pytest.approx(2)  # teacher and principal
        train(country.people["teacher"], session_held, date(2026, 3, 1))
        march = Period(2026, date(2026, 2, 15), date(2026, 3, 14))
        found = report(country, "school", march).whole
        assert found.trained.staff == pytest.approx(0.5)
        assert found.untrained.staff == pytest.approx(1.5)

    @pytest.mark.parametrize(
        "over", [{"restricted": True}, {"status": Status.WITHDRAWN}], ids=["restricted", "gone"]
    )
    def test_what_no_figure_holds(self, country: Country, over: dict[str, object]) -> None:
        ask(country.body("school"), country.people["teacher"], date(2026, 5, 1), **over)
        assert report(country, None).whole.all.questions == 0

    def test_side_bodies_are_in_no_figure(self, country: Country) -> None:
        ask(country.body("enrolment"), None, date(2026, 5, 1))
        ask(country.body("province_it"), None, date(2026, 5, 1))
        assert report(country, None).whole.all.questions == 0

    def test_what_was_corrected_away_counts_no_more(
        self, country: Country, session_held: training.Session
    ) -> None:
        teacher = country.people["teacher"]
        train(teacher, session_held, date(2026, 3, 1), void=True)
        ask(country.body("school"), teacher, date(2026, 5, 1))
        assert report(country, "county").whole.untrained.questions == 1

    def test_rows_of_a_node(self, country: Country) -> None:
        for name in ("province", "city", "city_school", "county", "school", "hei"):
            ask(country.body(name), None, date(2026, 5, 1))
        ids = {name: country.body(name).id for name in country.bodies}

        def asked(name: str | None, by: By = By.CHILDREN) -> dict[int, int]:
            rows = report(country, name, by=by).rows
            return {row.key: row.total.nobody for row in rows if row.total.nobody}

        assert asked("city") == {ids["county"]: 2, OWN: 1, DIRECT: 1}
        assert asked("province") == {ids["city"]: 4, OWN: 1}
        assert asked(None) == {ids["province"]: 5, DIRECT: 1}
        assert asked("county") == {OWN: 1, DIRECT: 1}
        assert asked("province", By.OFFICES) == {
            ids["province"]: 1, ids["city"]: 2, ids["county"]: 2,
        }  # fmt: skip

    def test_where_a_session_would_help(
        self, country: Country, session_held: training.Session, now: datetime
    ) -> None:
        school, other = country.body("school"), country.body("empty_county_school")
        for number in range(20):
            trained, untrained = person(now), person(now)
            appoint(trained, school, date(2020, 1, 1))
            train(trained, session_held, date(2026, 1, 1))
            appoint(untrained, other, date(2020, 1, 1))
            if number < 8:
                ask(other, untrained, date(2026, 4, 1), subsystem="senior_high")
        found = report(country, "city")
        (need,) = rates.needs(found, 10)
        assert need.key == country.body("empty_county").id
        assert need.avoided == pytest.approx(8)
        row = next(row for row in found.rows if row.key == need.key)
        assert row.subsystems == {"ACC-4a": "senior_high"}


# --- brute force ---------------------------------------------------------------------------------


@dataclass
class World:
    """What was written, kept beside the tables."""

    works: list[tuple[Person, Body, date, date | None]] = field(default_factory=list)
    trained: dict[int, date] = field(default_factory=dict)
    asked: list[tuple[Body, Person | None, datetime, str]] = field(default_factory=list)

    def split(self, of: Period, inside: set[int], card: str | None = None) -> Split:
        """The figures of these bodies, counted one by one, day by day."""
        spells: dict[int, list[date]] = defaultdict(lambda: [date.max, date.min])
        for who, body, joined, left in self.works:
            end = left or of.after
            if body.id in inside and joined < of.after and end > of.first and end > joined:
                spell = spells[who.id]
                spell[0], spell[1] = min(spell[0], joined), max(spell[1], end)
        counts = {True: 0, False: 0}
        for number in range(of.days):
            day = of.first + timedelta(days=number)
            for person_id, (joined, end) in spells.items():
                if joined <= day < end:
                    counts[self.trained.get(person_id, date.max) <= day] += 1
        asked: dict[Known, int] = defaultdict(int)
        for body, asker, at, code in self.asked:
            day = shanghai_date(at)
            if body.id in inside and of.first <= day <= of.last and card in (None, code):
                asked[self._known(asker, day)] += 1
        return Split(
            Rate(asked[Known.TRAINED], counts[True] / of.days),
            Rate(asked[Known.UNTRAINED], counts[False] / of.days),
            asked[Known.NOBODY],
        )

    def _known(self, asker: Person | None, day: date) -> Known:
        if asker is None:
            return Known.NOBODY
        trained = self.trained.get(asker.id, date.max) <= day
        return Known.TRAINED if trained else Known.UNTRAINED


def random_world(country: Country, seed: int) -> World:
    """Staff that come, go and move, some trained on some day, and questions at any hour."""
    dice, world = random.Random(seed), World()
    bodies = [b for b in country.bodies.values() if b.shelf is not Shelf.BESIDE]

    def day() -> date:
        return date(2026, 1, 1) + timedelta(days=dice.randrange(-60, 330))

    of = held(country.body("province"), date(2026, 1, 1))
    staff = [person(country.now) for _ in range(14)]
    for who in staff:
        for body in dice.sample(bodies, dice.choice((1, 1, 2))):
            joined = day()
            left = dice.choice((None, None, joined + timedelta(days=dice.randrange(120))))
            appoint(who, body, joined, left)
            world.works.append((who, body, joined, left))
        if dice.random() < 0.6:
            world.trained[who.id] = on = date(2026, 1, 1) + timedelta(days=dice.randrange(300))
            train(who, of, on)
    for _ in range(60):
        body, asker = dice.choice(bodies), dice.choice((*staff, None))
        at = at_shanghai(day(), time(0)) + timedelta(minutes=dice.randrange(1440))
        card = dice.choice(("ACC-1", "ACC-4a", "BIZ-1"))
        ask(body, asker, at, card_code=card)
        world.asked.append((body, asker, at, card))
    return world


def same(one: Split, other: Split) -> bool:
    """Equal counts, and means equal but for rounding."""
    return (
        one.nobody == other.nobody
        and one.trained.questions == other.trained.questions
        and one.untrained.questions == other.untrained.questions
        and one.trained.staff == pytest.approx(other.trained.staff)
        and one.untrained.staff == pytest.approx(other.untrained.staff)
    )


def keyed(node: Body | None, body: Body, by: By) -> int:
    """The row to which a body belongs, worked out from the tree."""
    if by is By.OFFICES:
        return (body.parent_id or DIRECT) if body.shelf is Shelf.SCHOOL else body.id
    if node is not None and body.id == node.id:
        return OWN
    if body.shelf is Shelf.SCHOOL and body.parent_id == (node.id if node else None):
        return DIRECT
    below = body.path[len(node.path) if node else 1 :]
    return int(below.split("/")[0])


@pytest.mark.parametrize("seed", range(6))
def test_figures_equal_brute_force(country: Country, seed: int) -> None:
    world = random_world(country, seed)
    staff = date(2020, 1, 1)
    world.works += [
        (row, country.body(PEOPLE[name][0]), staff, None) for name, row in country.people.items()
    ]
    dice = random.Random(seed)
    first = date(2026, 1, 1) + timedelta(days=dice.randrange(150))
    of = Period(2026, first, first + timedelta(days=dice.randrange(1, 150)))
    bodies = [b for b in country.bodies.values() if b.shelf is not Shelf.BESIDE]
    for name in (None, "province", "city", "county"):
        node = country.body(name) if name else None
        top = node.path if node else "/"
        mine = [b for b in bodies if b.path.startswith(top)]
        for by in By:
            found = report(country, name, of, by)
            assert same(found.whole, world.split(of, {b.id for b in mine}))
            for row in found.rows:
                here = {b.id for b in mine if keyed(node, b, by) == row.key}
                assert same(row.total, world.split(of, here)), (name, by, row.key)
                for card, cell in row.cards.items():
                    assert same(cell, world.split(of, here, card))


def test_the_number_of_statements_does_not_depend_on_the_country(
    country: Country, queries: Queries
) -> None:
    counts = []
    for seed in (1, 2):
        random_world(country, seed)
        queries.clear()
        report(country, None)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 4


class TestScope:
    def test_one_s_own_office_and_what_lies_below(self, country: Country) -> None:
        officer = country.actor("city_officer")
        assert access.node(officer, None) is not None
        county = access.node(officer, "420101")
        assert county is not None
        assert county.id == country.body("county").id

    @pytest.mark.parametrize("code", ["420000", "430000", "3442990001", "CALL", "nonsense"])
    def test_nothing_above_beside_or_no_office(self, country: Country, code: str) -> None:
        with pytest.raises(NotFound):
            access.node(country.actor("city_officer"), code)

    def test_a_neighbour_s_figures_are_not_in_mine(self, country: Country) -> None:
        ask(country.body("neighbour"), None, date(2026, 5, 1))
        assert report(country, "county").whole.all.questions == 0

    def test_schools_have_no_report(self, country: Country) -> None:
        with pytest.raises(NotFound):
            access.node(country.actor("teacher"), None)

    def test_the_root_sees_the_country(self) -> None:
        assert access.node(SYSTEM, None) is None


# --- before and after a session ------------------------------------------------------------------


class TestEffect:
    HELD = date(2026, 6, 1)
    TODAY = date(2026, 9, 22)

    @pytest.fixture
    def of(self, country: Country, session: Session) -> training.Session:
        made = held(country.body("county"), self.HELD)
        session.add(SessionCard(session_id=made.id, card_code="ACC-4a"))
        session.flush()
        return made

    def effect(self, of: training.Session) -> effects.Effect:
        over = windows(self.HELD, self.TODAY)
        assert over is not None
        return effects.effect(of, over)

    def test_those_who_attended_beside_those_who_did_not(
        self, country: Country, of: training.Session
    ) -> None:
        there, school = country.people["teacher"], country.body("school")
        attend(of, there)
        others = country.people["sibling_teacher"]
        for days, who in ((-60, there), (-1, there), (0, there), (1, there), (61, there)):
            ask(school, who, self.HELD + timedelta(days=days))
        for days in (-10, 10, 20):
            ask(country.body("sibling_school"), others, self.HELD + timedelta(days=days))
        ask(school, there, self.HELD + timedelta(days=5), card_code="ACC-1")  # no topic
        ask(school, there, self.HELD + timedelta(days=5), restricted=True)
        found = self.effect(of)
        assert (found.attended.before, found.attended.after) == (Rate(2, 1), Rate(1, 1))
        # Below the county: principal, the other school's teacher, two officers of the county.
        assert (found.others.before, found.others.after) == (Rate(1, 4), Rate(2, 4))

    def test_who_came_or_left_between_is_in_neither_group(
        self, country: Country, of: training.Session, now: datetime
    ) -> None:
        school = country.body("school")
        came, left, stayed = person(now), person(now), person(now)
        appoint(came, school, date(2026, 5, 1))
        appoint(left, school, date(2020, 1, 1), date(2026, 7, 1))
        appoint(stayed, school, date(2020, 1, 1))
        for who in (came, left, stayed):
            attend(of, who)
            ask(school, who, self.HELD + timedelta(days=3))
        assert self.effect(of).attended.after == Rate(1, 1)

    @pytest.mark.parametrize(
        ("over", "counts"),
        [
            ({}, 1),
            ({"presence": Presence.LATE}, 1),
            ({"presence": Presence.ABSENT}, 0),
            ({"presence": Presence.EXCUSED}, 0),
            ({"presence": Presence.LEFT_EARLY, "minutes": 96}, 0),
            ({"presence": Presence.LEFT_EARLY, "minutes": 97}, 1),
            ({"presence": Presence.LEFT_EARLY}, 0),
            ({"online": True, "minutes": 96, "percent": 80}, 1),
            ({"online": True, "minutes": 96, "percent": 79}, 0),
            ({"online": True, "minutes": 95, "percent": 100}, 0),
            ({"online": True}, 0),
            ({"flag": Flag.SAME_BROWSER}, 0),
        ],
    )
    def test_attended_means_what_the_rules_say(
        self, country: Country, of: training.Session, over: dict[str, object], counts: int
    ) -> None:
        attend(of, country.people["teacher"], **over)
        assert self.effect(of).attended.before.staff == counts

    def test_sessions_of_a_node_with_topics(
        self, country: Country, of: training.Session, session: Session
    ) -> None:
        held(country.body("county"), date(2026, 7, 1))  # no topic, nothing to compare
        later = held(country.body("neighbour"), date(2026, 7, 1))
        session.add(SessionCard(session_id=later.id, card_code="ACC-1"))
        session.flush()
        lead, city = country.actor("county_lead"), country.actor("city_lead")
        county = effects.held(lead, country.body("county").path)
        assert [(row.id, row.cards) for row in county.rows] == [(of.id, ("ACC-4a",))]
        first = effects.held(city, country.body("city").path, size=1)
        second = effects.held(city, country.body("city").path, size=1, after=first.next)
        assert [row.id for row in (*first.rows, *second.rows)] == [later.id, of.id]
