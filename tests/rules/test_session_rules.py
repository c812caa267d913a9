"""States, places and audiences of sessions."""

from __future__ import annotations

import pytest

from helpdesk.organizations.rules import Kind, Subsystem
from helpdesk.people.rules import Post
from helpdesk.training.rules import audience, sessions
from helpdesk.training.rules.audience import EVERYBODY, Limits, Member
from helpdesk.training.rules.sessions import (
    ACT_NAMES,
    FROM,
    MODE_NAMES,
    PLACE_NAMES,
    SOURCE_NAMES,
    STATE_NAMES,
    WAYS,
    Act,
    Mode,
    Place,
    Source,
    State,
)

COUNTY = "/1/2/3/"
SCHOOL = Member(
    "/1/2/3/9/", Kind.SCHOOL, frozenset({Post.OPERATOR}), served=frozenset({Subsystem.SENIOR_HIGH})
)
OFFICE = Member(COUNTY, Kind.COUNTY_AID, frozenset({Post.MANAGER}))
SIDE = Member("/1/2/3/8/", Kind.ENROLMENT_OFFICE, frozenset({Post.ENROLMENT_OFFICER}))


def test_what_a_state_may_become() -> None:
    assert {(a, b) for a, ways in WAYS.items() for b in ways} == {
        (State.PLANNED, State.OPEN), (State.PLANNED, State.CANCELLED),
        (State.OPEN, State.RUNNING), (State.OPEN, State.CANCELLED),
        (State.RUNNING, State.CLOSED), (State.RUNNING, State.CANCELLED),
        (State.CLOSED, State.RUNNING),
    }  # fmt: skip


def test_acts_lead_where_the_table_of_states_says() -> None:
    leads = {
        Act.OPENED: State.OPEN, Act.STARTED: State.RUNNING, Act.CLOSED: State.CLOSED,
        Act.REOPENED: State.RUNNING, Act.CANCELLED: State.CANCELLED,
    }  # fmt: skip
    ways = {(state, to) for act, to in leads.items() for state in FROM[act]}
    assert ways == {(a, b) for a, them in WAYS.items() for b in them}


def test_everything_has_a_name() -> None:
    for kind, names in (
        (State, STATE_NAMES), (Mode, MODE_NAMES), (Place, PLACE_NAMES), (Source, SOURCE_NAMES),
        (Act, ACT_NAMES),
    ):  # fmt: skip
        assert set(names) == set(kind)


@pytest.mark.parametrize(
    ("capacity", "enrolled", "left"), [(None, 500, None), (3, 0, 3), (3, 3, 0), (3, 5, 0)]
)
def test_free_places(capacity: int | None, enrolled: int, left: int | None) -> None:
    assert sessions.free_places(capacity, enrolled) == left


@pytest.mark.parametrize("mode", list(Mode))
def test_when_people_enrol_themselves(mode: Mode) -> None:
    taking = {state for state in State if sessions.takes_enrolments(state, mode)}
    assert taking == {State.OPEN} | (set() if mode is Mode.OFFLINE else {State.RUNNING})


@pytest.mark.parametrize(
    ("member", "limits", "meant"),
    [
        (SCHOOL, EVERYBODY, True),
        (OFFICE, EVERYBODY, True),
        (SIDE, EVERYBODY, False),
        (SIDE, Limits(kinds=frozenset({Kind.ENROLMENT_OFFICE})), True),
        (SCHOOL, Limits(kinds=frozenset({Kind.COUNTY_AID})), False),
        (SCHOOL, Limits(kinds=frozenset({Kind.SCHOOL, Kind.COUNTY_AID})), True),
        (SCHOOL, Limits(posts=frozenset({Post.MANAGER})), False),
        (OFFICE, Limits(posts=frozenset({Post.MANAGER})), True),
        # The body's subsystems where the appointment names none; its own where it does.
        (SCHOOL, Limits(subsystems=frozenset({Subsystem.SENIOR_HIGH})), True),
        (SCHOOL, Limits(subsystems=frozenset({Subsystem.PRESCHOOL})), False),
        (
            Member(
                SCHOOL.path, Kind.SCHOOL, SCHOOL.posts, frozenset({Subsystem.PRESCHOOL}),
                SCHOOL.served,
            ),
            Limits(subsystems=frozenset({Subsystem.SENIOR_HIGH})),
            False,
        ),
        # An office that names none works with all.
        (OFFICE, Limits(subsystems=frozenset({Subsystem.PRESCHOOL})), True),
        (SCHOOL, Limits(nodes=frozenset({3})), True),
        (SCHOOL, Limits(nodes=frozenset({4})), False),
    ],
)  # fmt: skip
def test_who_is_meant(member: Member, limits: Limits, meant: bool) -> None:
    paths = [{3: COUNTY, 4: "/1/2/4/"}[node] for node in limits.nodes]
    assert audience.fits(member, "/1/2/", limits, paths) is meant
    assert not audience.fits(member, "/1/5/", limits, paths)


def test_limits_survive_their_rows() -> None:
    limits = Limits(
        nodes=frozenset({7, 12}),
        kinds=frozenset({Kind.SCHOOL}),
        subsystems=frozenset({Subsystem.PRESCHOOL}),
        posts=frozenset({Post.OPERATOR, Post.REVIEWER}),
    )
    assert audience.read(limits.words()) == limits
    assert audience.read(()) == EVERYBODY
