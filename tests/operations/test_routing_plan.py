"""Routes on a tree in the database: what the rules say, in a constant number of reads."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from helpdesk.catalog import queries as catalog
from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.errors import NotFound
from helpdesk.organizations.rules import NATIONAL_KINDS
from helpdesk.routing import queries as routing
from helpdesk.routing.queries import RoutePlan
from helpdesk.routing.rules.places import NotYourDoor, RoutingSettings, Stop
from helpdesk.routing.rules.ways import first_holder, hand_up_chain, step_bodies
from helpdesk.settings import operations as settings
from helpdesk.settings.rules import Key
from tests.factories import nation
from tests.support.queries import Queries

DEFAULT = RoutingSettings()


@pytest.fixture
def ids(session: Session, now: datetime) -> dict[str, int]:
    """Ids of the bodies of the nation, by name."""
    return nation.build(now)


def codes(stops: tuple[Stop | None, ...]) -> list[str | None]:
    """Codes, which are the same in the table and in the database."""
    return [stop.code if stop else None for stop in stops]


def expected(card: str, asker: str) -> tuple[str, list[str | None], list[str | None]]:
    """First holder, way up and step bodies as the rules have them."""
    found, place = catalog.card(card), nation.around(asker)
    holder = first_holder(found, place, DEFAULT)
    steps = tuple(step.body for step in step_bodies(found, place, DEFAULT, holder))
    return holder.code, codes(hand_up_chain(holder, place, DEFAULT)), codes(steps)


def found(plan: RoutePlan) -> tuple[str, list[str | None], list[str | None]]:
    """The same of a plan."""
    steps = tuple(step.body for step in plan.steps)
    return plan.first_holder.code, codes(plan.hand_up_chain), codes(steps)


@pytest.mark.parametrize("card", ["ACC-4b", "ENV", "SUP", "SEC"])
def test_the_tree_gives_what_the_rules_say(card: str, ids: dict[str, int]) -> None:
    askers = [name for name, place in nation.PLACES.items() if place.kind not in NATIONAL_KINDS]
    for asker in askers:
        assert found(routing.plan(card, ids[asker])) == expected(card, asker), asker


def test_a_named_office_is_complained_of(ids: dict[str, int]) -> None:
    plan = routing.plan("SUP", ids["county school"], ids["city"])
    assert plan.first_holder.name == "示范省资助中心"
    assert "示范市资助中心" in plan.why[0].zh


def test_an_office_named_on_another_card_changes_nothing(ids: dict[str, int]) -> None:
    plan = routing.plan("OPS", ids["county school"], ids["city"])
    assert plan.first_holder.name == "示范县资助中心"


def set_on(name: str, key: Key[str] | Key[bool], text: str, ids: dict[str, int]) -> None:
    """A setting of a province."""
    settings.set_value(
        actor=SYSTEM,
        key=key,
        body_id=ids[name],
        text=text,
        seen=None,
        reason="省里的约定",
        now=datetime.fromisoformat("2026-09-22T10:20:00+08:00"),
    )


@pytest.mark.parametrize(
    ("key", "text", "card", "asker", "holder"),
    [
        (Key.ENV_FIRST_HOLDER, "direct_aid", "ENV", "county school", "county"),
        (Key.ENV_FIRST_HOLDER, "direct_aid", "ENR-4", "city school", "city"),
        (Key.ENR4_OWNER, "call_centre", "ENR-4", "county school", "county"),
        (Key.PLAN_CITY_DIRECT, "yes", "OPS", "plan city", "call centre"),
    ],
)
def test_a_setting_of_the_province_changes_the_route(
    key: Key[str], text: str, card: str, asker: str, holder: str, ids: dict[str, int]
) -> None:
    before = routing.plan(card, ids[asker]).first_holder.id
    set_on("province", key, text, ids)
    after = routing.plan(card, ids[asker]).first_holder.id
    assert before != after == ids[holder]


def test_a_setting_of_one_province_leaves_the_other_alone(ids: dict[str, int]) -> None:
    set_on("province", Key.ENV_FIRST_HOLDER, "direct_aid", ids)
    other = routing.plan("ENV", ids["district school"])
    assert other.first_holder.id == ids["municipality it"]


def test_who_resets_passwords_is_a_setting(ids: dict[str, int]) -> None:
    set_on("province", Key.PASSWORD_OFFICE, "province_aid", ids)
    plan = routing.plan("ACC-4a", ids["county school"])
    reset = next(step.body for step in plan.steps if step.step.key == "reset")
    assert reset is not None
    assert reset.id == ids["province"]
    assert plan.first_holder.id == ids["county"]


def test_next_body_and_the_door_of_the_call_centre(ids: dict[str, int]) -> None:
    assert routing.next_body(ids["province it"]).id == ids["province"]
    assert routing.next_body(ids["province"]).id == ids["call centre"]
    assert routing.report_to_call_centre(ids["university"]).id == ids["call centre"]
    with pytest.raises(NotYourDoor, match="示范市资助中心"):
        routing.report_to_call_centre(ids["county"])


@pytest.mark.parametrize("asker", ["county school", "university", "division school"])
def test_a_plan_costs_few_reads_wherever_it_starts(
    asker: str, ids: dict[str, int], queries: Queries
) -> None:
    queries.clear()
    routing.plan("ACC-4b", ids[asker])
    assert len(queries) <= 8


def test_a_body_that_is_not_there_is_not_found(ids: dict[str, int]) -> None:
    with pytest.raises(NotFound):
        routing.plan("OPS", max(ids.values()) + 1)
