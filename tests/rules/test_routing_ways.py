"""Who holds a question first and which way it goes up: semantics 2 as tables."""

from __future__ import annotations

import itertools

import pytest

from helpdesk.catalog import queries as catalog
from helpdesk.catalog.rules import CODES, FirstHolderRule
from helpdesk.routing.rules.places import (
    ComplainsAboutItself,
    ComplainsAboutItsOwn,
    DoesNotAsk,
    EndOfTheWay,
    EnvFirstHolder,
    NoCallCentre,
    NotYourDoor,
    RoutingSettings,
    Surroundings,
    SyncOwner,
)
from helpdesk.routing.rules.ways import (
    collecting_office,
    first_holder,
    hand_up_chain,
    may_reach_call_centre,
    next_body,
    report_to_call_centre,
)
from tests.factories.nation import STOPS, around, name_of, names_of

DEFAULT = RoutingSettings()
DIRECT_CITY = RoutingSettings(plan_city_direct=True)

# asker: (first holder of an ordinary question, the way up from there)
ORDINARY = {
    # a school: its direct aid office by affiliation, whichever level runs it
    "county school": ("county", ["city", "province", "call centre"]),
    "city school": ("city", ["province", "call centre"]),
    "province school": ("province", ["call centre"]),
    "direct county school": ("direct county", ["province", "call centre"]),
    "flat city school": ("flat city", ["province", "call centre"]),
    "plan city school": ("plan city", ["province", "call centre"]),
    "plan district school": ("plan district", ["plan city", "province", "call centre"]),
    "district school": ("district", ["municipality", "call centre"]),
    "division school": ("division", ["corps", "call centre"]),
    "university": ("call centre", []),
    # an office: its parent
    "county": ("city", ["province", "call centre"]),
    "direct county": ("province", ["call centre"]),
    "district": ("municipality", ["call centre"]),
    "plan district": ("plan city", ["province", "call centre"]),
    "city": ("province", ["call centre"]),
    "plan city": ("province", ["call centre"]),
    "division": ("corps", ["call centre"]),
    "province": ("call centre", []),
    "corps": ("call centre", []),
    # a side body: the aid office of its own level
    "county enrolment": ("county", ["city", "province", "call centre"]),
    "county finance": ("county", ["city", "province", "call centre"]),
    "city enrolment": ("city", ["province", "call centre"]),
    "province enrolment": ("province", ["call centre"]),
    "province it": ("province", ["call centre"]),
}

# (card, asker): first holder and way up where it is not the ordinary one
SPECIAL = {
    # the environment goes straight to the province's IT department, whoever asks
    ("ENV", "county school"): ("province it", ["province", "call centre"]),
    ("ENV", "city school"): ("province it", ["province", "call centre"]),
    ("ENV", "province school"): ("province it", ["province", "call centre"]),
    ("ENV", "plan district school"): ("province it", ["province", "call centre"]),
    ("ENV", "district school"): ("municipality it", ["municipality", "call centre"]),
    ("ENV", "county"): ("province it", ["province", "call centre"]),
    ("ENV", "city"): ("province it", ["province", "call centre"]),
    ("ENV", "province"): ("province it", ["province", "call centre"]),
    ("ENV", "county enrolment"): ("province it", ["province", "call centre"]),
    # ... which asks the province's aid office when the trouble is its own
    ("ENV", "province it"): ("province", ["call centre"]),
    # ... and where it is not in the system the direct office holds
    ("ENV", "division school"): ("division", ["corps", "call centre"]),
    ("ENV", "university"): ("call centre", []),
    ("ENR-4", "county school"): ("province it", ["province", "call centre"]),
    ("ENR-4", "city"): ("province it", ["province", "call centre"]),
    ("ENR-4", "university"): ("call centre", []),
    # a dispute goes to the parent of the direct office, if no other office is named
    ("SUP", "county school"): ("city", ["province", "call centre"]),
    ("SUP", "city school"): ("province", ["call centre"]),
    ("SUP", "province school"): ("call centre", []),
    ("SUP", "district school"): ("municipality", ["call centre"]),
    ("SUP", "district"): ("call centre", []),
    ("SUP", "county"): ("province", ["call centre"]),
    ("SUP", "city"): ("call centre", []),
    ("SUP", "province"): ("call centre", []),
    ("SUP", "county enrolment"): ("city", ["province", "call centre"]),
    ("SUP", "university"): ("call centre", []),
    # a list that waits for review: the direct office, however high it waits
    ("AID-5", "county school"): ("county", ["city", "province", "call centre"]),
    ("AID-5", "university"): ("call centre", []),
    # an incident: its owner is the province's aid office
    ("SEC", "county school"): ("province", ["call centre"]),
    ("SEC", "plan district school"): ("province", ["call centre"]),
    ("SEC", "county"): ("province", ["call centre"]),
    ("SEC", "province"): ("province", ["call centre"]),
    ("SEC", "province it"): ("province", ["call centre"]),
    ("SEC", "district school"): ("municipality", ["call centre"]),
    ("SEC", "university"): ("call centre", []),
}


def route(
    card: str, asker: str, settings: RoutingSettings = DEFAULT, accused: str | None = None
) -> tuple[str | None, list[str]]:
    """First holder and way up, by the names of the table."""
    place, other = around(asker), around(accused) if accused else None
    holder = first_holder(catalog.card(card), place, settings, other)
    return name_of(holder), names_of(hand_up_chain(holder, other or place, settings))


ORDINARY_CARDS = [
    card.code for card in catalog.cards() if card.first_holder_rule is FirstHolderRule.DIRECT_AID
]


@pytest.mark.parametrize("asker", ORDINARY)
def test_ordinary_question(asker: str) -> None:
    ways = {card: route(card, asker) for card in ORDINARY_CARDS}
    assert ways == dict.fromkeys(ORDINARY_CARDS, ORDINARY[asker])


@pytest.mark.parametrize(("card", "asker"), SPECIAL)
def test_special_card(card: str, asker: str) -> None:
    assert route(card, asker) == SPECIAL[card, asker]


def test_only_these_cards_are_special() -> None:
    assert set(CODES) - set(ORDINARY_CARDS) == {"ENV", "ENR-4", "SUP", "SEC"}


@pytest.mark.parametrize("asker", ["call centre", "aid centre", "moe it"])
def test_national_bodies_do_not_ask(asker: str) -> None:
    for card in CODES:
        with pytest.raises(DoesNotAsk, match=STOPS[asker].name):
            route(card, asker)


# (office complained of, asker): who holds it
COMPLAINTS = {
    ("county", "county school"): ("city", ["province", "call centre"]),
    ("city", "county school"): ("province", ["call centre"]),
    ("province", "county school"): ("call centre", []),
    ("direct county", "county school"): ("province", ["call centre"]),
    ("county enrolment", "county school"): ("county", ["city", "province", "call centre"]),
    ("province it", "county school"): ("province", ["call centre"]),
    ("district", "county school"): ("municipality", ["call centre"]),
    ("province", "city"): ("call centre", []),
    ("municipality", "province"): ("call centre", []),
    ("aid centre", "province"): ("call centre", []),
    ("province", "university"): ("call centre", []),
}


@pytest.mark.parametrize(("accused", "asker"), COMPLAINTS)
def test_complaint_goes_to_the_parent_of_the_office(accused: str, asker: str) -> None:
    assert route("SUP", asker, accused=accused) == COMPLAINTS[accused, asker]


def test_complaint_about_oneself_is_refused() -> None:
    with pytest.raises(ComplainsAboutItself):
        route("SUP", "county", accused="county")


@pytest.mark.parametrize("below", ["county", "county school", "city enrolment"])
def test_complaint_about_a_body_below_is_refused(below: str) -> None:
    with pytest.raises(ComplainsAboutItsOwn) as refused:
        route("SUP", "city", accused=below)
    assert STOPS[below].name in str(refused.value)


def test_complaint_about_the_centre_needs_its_door() -> None:
    with pytest.raises(NotYourDoor) as refused:
        route("SUP", "county school", accused="call centre")
    assert "示范县资助中心" in str(refused.value)


# setting, card, asker: first holder and way up
SETTINGS = [
    ("direct office holds ENV", "ENV", "county school", "county", ["city", "province"]),
    ("direct office holds ENV", "ENR-4", "city school", "city", ["province"]),
    ("direct office holds ENV", "ENV", "county", "city", ["province"]),
    ("call centre owns ENR-4", "ENR-4", "county school", "county", ["city", "province"]),
    ("call centre owns ENR-4", "ENV", "county school", "province it", ["province"]),
    ("plan city reports directly", "OPS", "plan district school", "plan district", ["plan city"]),
    ("plan city reports directly", "OPS", "plan city school", "plan city", []),
    ("plan city reports directly", "OPS", "plan district", "plan city", []),
    ("plan city reports directly", "OPS", "city school", "city", ["province"]),
    ("plan city reports directly", "ENV", "plan city school", "province it", ["province"]),
    ("plan city reports directly", "SEC", "plan city school", "province", []),
    ("plan city reports directly", "SUP", "plan city school", "province", []),
]
SETTING = {
    "direct office holds ENV": RoutingSettings(env_first_holder=EnvFirstHolder.DIRECT_AID),
    "call centre owns ENR-4": RoutingSettings(enr4_owner=SyncOwner.CALL_CENTRE),
    "plan city reports directly": DIRECT_CITY,
}


@pytest.mark.parametrize(("setting", "card", "asker", "holder", "between"), SETTINGS)
def test_settings_change_the_way(
    setting: str, card: str, asker: str, holder: str, between: list[str]
) -> None:
    assert route(card, asker, SETTING[setting]) == (holder, [*between, "call centre"])


def test_a_plan_city_that_reports_directly_asks_the_call_centre() -> None:
    assert route("OPS", "plan city", DIRECT_CITY) == ("call centre", [])


@pytest.mark.parametrize("asker", ORDINARY)
def test_who_may_reach_the_call_centre(asker: str) -> None:
    may = asker in {"university", "province", "corps"}
    assert may_reach_call_centre(STOPS[asker], DEFAULT) is may


@pytest.mark.parametrize("asker", ["plan city", "plan district", "plan city school", "city"])
def test_by_setting_a_plan_city_may_too_but_nobody_below_it(asker: str) -> None:
    assert may_reach_call_centre(STOPS[asker], DIRECT_CITY) is (asker == "plan city")


@pytest.mark.parametrize(
    ("asker", "parent"),
    [
        ("county school", "县资助中心"),
        ("county", "示范市资助中心"),
        ("city", "示范省资助中心"),
        ("plan city", "示范省资助中心"),
        ("district", "示范直辖市资助中心"),
        ("division", "兵团资助中心"),
        ("province it", "示范省资助中心"),
    ],
)
def test_refused_at_the_call_centre_with_the_right_parent(asker: str, parent: str) -> None:
    with pytest.raises(NotYourDoor) as refused:
        report_to_call_centre(around(asker), DEFAULT)
    assert parent in str(refused.value)
    assert STOPS[asker].name in str(refused.value)


@pytest.mark.parametrize("asker", ["province", "corps", "university"])
def test_who_is_let_in(asker: str) -> None:
    assert name_of(report_to_call_centre(around(asker), DEFAULT)) == "call centre"


def test_the_it_department_hands_up_to_its_aid_office() -> None:
    place = around("province it")
    assert name_of(next_body(place.asker, place, DEFAULT)) == "province"


@pytest.mark.parametrize("last", ["call centre", "aid centre", "moe it"])
def test_nobody_stands_above_the_centre(last: str) -> None:
    with pytest.raises(EndOfTheWay) as refused:
        next_body(STOPS[last], around(last), DEFAULT)
    assert STOPS[last].name in str(refused.value)


@pytest.mark.parametrize("asker", ORDINARY)
@pytest.mark.parametrize("card", ["OPS", "ENV", "SUP", "SEC"])
def test_no_tier_is_skipped(card: str, asker: str) -> None:
    place = around(asker)
    holder = first_holder(catalog.card(card), place, DEFAULT)
    way = [holder, *hand_up_chain(holder, place, DEFAULT)]
    for lower, upper in itertools.pairwise(way):
        assert upper.id == lower.parent_id or (
            lower.parent_id is None and name_of(upper) == "call centre"
        )


def test_without_a_call_centre_the_tree_is_not_ready() -> None:
    with pytest.raises(NoCallCentre):
        first_holder(catalog.card("OPS"), around("university", without="call centre"), DEFAULT)


@pytest.mark.parametrize(
    ("card", "asker", "collects"),
    [
        ("ENV", "county school", "county"),
        ("ENR-4", "city school", "city"),
        ("ENV", "county", "city"),
        ("ENV", "province", None),
        ("ENV", "university", None),
        ("OPS", "county school", None),
        ("SUP", "county school", None),
        ("SEC", "county school", None),
    ],
)
def test_the_direct_office_reads_what_goes_elsewhere(
    card: str, asker: str, collects: str | None
) -> None:
    place, found = around(asker), catalog.card(card)
    holder = first_holder(found, place, DEFAULT)
    assert name_of(collecting_office(found, place, DEFAULT, holder)) == collects


def test_a_missing_it_department_leaves_the_question_with_the_direct_office() -> None:
    place: Surroundings = around("county school", without="province it")
    assert name_of(first_holder(catalog.card("ENV"), place, DEFAULT)) == "county"
