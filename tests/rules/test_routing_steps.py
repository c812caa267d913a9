"""Which body does each step, by who asks: the step column of the problem cards on the tree."""

from __future__ import annotations

import pytest

from helpdesk.catalog import queries as catalog
from helpdesk.catalog.rules import CODES, StepBody
from helpdesk.kernel.actor import within
from helpdesk.organizations.rules import NATIONAL_KINDS
from helpdesk.routing.rules.places import (
    LateEntryOffice,
    PasswordOffice,
    RoutingSettings,
    SyncOwner,
)
from helpdesk.routing.rules.ways import StepPlan, first_holder, step_bodies
from tests.factories.nation import STOPS, around, name_of

DEFAULT = RoutingSettings()


def planned(
    card: str, asker: str, settings: RoutingSettings = DEFAULT, without: str = ""
) -> tuple[StepPlan, ...]:
    """The steps of a card for this asker."""
    place, found = around(asker, without), catalog.card(card)
    return step_bodies(found, place, settings, first_holder(found, place, settings))


def bodies(
    card: str, asker: str, settings: RoutingSettings = DEFAULT, without: str = ""
) -> dict[str, str | None]:
    """Step key -> name of the body."""
    return {p.step.key: name_of(p.body) for p in planned(card, asker, settings, without)}


# ACC-4b: B1 by the enrolment office of the asker's own level, B2 by the province's IT
INVALID_SCHOOL = {
    "county school": ("county enrolment", "province it"),
    "city school": ("city enrolment", "province it"),
    "flat city school": ("flat city enrolment", "province it"),
    "province school": ("province enrolment", "province it"),
    "county": ("county enrolment", "province it"),
    "city": ("city enrolment", "province it"),
    "county finance": ("county enrolment", "province it"),
    "district school": (None, "municipality it"),
    "direct county school": (None, "province it"),
    "division school": (None, None),
    "university": ("call centre", "call centre"),
}


@pytest.mark.parametrize("asker", INVALID_SCHOOL)
def test_review_and_synchronisation_of_an_invalid_school(asker: str) -> None:
    review, sync = INVALID_SCHOOL[asker]
    assert bodies("ACC-4b", asker) == {"B1": review, "B2": sync}


def test_both_run_side_by_side_and_both_are_needed() -> None:
    steps = [plan.step for plan in planned("ACC-4b", "county school")]
    assert [step.parallel_group for step in steps] == ["B", "B"]
    assert all(step.required for step in steps)


# affiliation: the city, or the province where there is no city tier
AFFILIATION = {
    "county school": "city",
    "city school": "city",
    "province school": "province",
    "direct county school": "province",
    "plan district school": "plan city",
    "district school": "municipality",
    "division school": "division",
    "city": "city",
    "province": "province",
    "university": "call centre",
}


@pytest.mark.parametrize("asker", AFFILIATION)
def test_who_moves_a_school(asker: str) -> None:
    found = bodies("ACC-2", asker)
    assert found["move"] == AFFILIATION[asker]


def test_a_missing_account_is_coordinated_by_the_province() -> None:
    assert bodies("ACC-4c", "county school") == {
        "look_up": "county",
        "coordinate": "province",
        "sync": "province it",
        "trace": "call centre",
    }


def test_an_account_is_created_by_the_ministry_and_handed_down_below() -> None:
    assert bodies("ACC-3", "county school") == {
        "check_quarter": "county",
        "create_account": "moe it",
        "hand_down": "county",
    }


@pytest.mark.parametrize(
    ("asker", "empty", "invalid"),
    [
        ("county school", "county", "province"),
        ("plan district school", "plan district", "province"),
        ("district school", "district", "municipality"),
        ("city", "province", "province"),
    ],
)
def test_the_province_sets_a_school_invalid(asker: str, empty: str, invalid: str) -> None:
    assert bodies("ACC-1", asker) == {"confirm_empty": empty, "set_invalid": invalid}


@pytest.mark.parametrize(
    ("setting", "asker", "resets"),
    [
        (PasswordOffice.DIRECT_AID, "county school", "county"),
        (PasswordOffice.DIRECT_AID, "city school", "city"),
        (PasswordOffice.DIRECT_AID, "county", "city"),
        (PasswordOffice.CITY_AID, "county school", "city"),
        (PasswordOffice.CITY_AID, "district school", "municipality"),
        (PasswordOffice.PROVINCE_AID, "county school", "province"),
        (PasswordOffice.PROVINCE_AID, "university", "call centre"),
    ],
)
def test_who_resets_passwords(setting: PasswordOffice, asker: str, resets: str) -> None:
    found = bodies("ACC-4a", asker, RoutingSettings(password_office=setting))
    assert found["reset"] == resets
    assert found["log_in"] == asker


@pytest.mark.parametrize(
    ("setting", "asker", "opens"),
    [
        (LateEntryOffice.DIRECT_AID, "county school", "county"),
        (LateEntryOffice.CITY_AID, "county school", "city"),
        (LateEntryOffice.CITY_AID, "district school", "municipality"),
        (LateEntryOffice.PROVINCE_AID, "city school", "province"),
        (LateEntryOffice.NATIONAL_AID_CENTRE, "county school", "aid centre"),
        (LateEntryOffice.PROVINCE_AID, "university", "call centre"),
    ],
)
def test_who_opens_late_entry(setting: LateEntryOffice, asker: str, opens: str) -> None:
    found = bodies("TIME", asker, RoutingSettings(late_entry_office=setting))
    assert found["open_entry"] == opens


@pytest.mark.parametrize(
    ("owner", "body"),
    [(SyncOwner.PROVINCE_IT, "province it"), (SyncOwner.CALL_CENTRE, "call centre")],
)
def test_who_owns_the_synchronisation(owner: SyncOwner, body: str) -> None:
    found = bodies("ENR-4", "county school", RoutingSettings(enr4_owner=owner))
    assert found == {"check_sync": body}


def test_finance_gives_the_budget_paper_of_its_level() -> None:
    assert bodies("AID-6", "county")["budget_paper"] == "county finance"
    assert bodies("AID-6", "city")["budget_paper"] is None


def test_the_parent_of_the_issuer_checks_the_figures() -> None:
    assert bodies("SUP", "county school") == {"check_figures": "city"}


def test_policy_beyond_the_call_centre_is_answered_by_the_aid_centre() -> None:
    assert bodies("BIZ", "province") == {"answer": "call centre", "policy": "aid centre"}


@pytest.mark.parametrize("card", CODES)
def test_a_central_university_has_no_local_bodies(card: str) -> None:
    for plan in planned(card, "university"):
        assert plan.body is not None
        if plan.step.by is StepBody.ASKER:
            assert name_of(plan.body) == "university"
        else:
            assert plan.body.kind in NATIONAL_KINDS


@pytest.mark.parametrize("asker", ["county school", "division school", "district", "province it"])
def test_steps_stay_in_the_askers_province_or_go_to_the_centre(asker: str) -> None:
    province = around(asker).line[-1]
    found = [plan.body for card in CODES for plan in planned(card, asker) if plan.body]
    assert len(found) > len(CODES)
    for body in found:
        assert within(body.path, province.path) or body.kind in NATIONAL_KINDS


def test_a_body_that_is_not_there_is_named_in_a_note() -> None:
    review, sync = planned("ACC-4b", "county school", without="county enrolment")
    assert review.body is None
    assert "登记答复" in review.note_zh
    assert "source and date" in review.note_en
    assert sync.body == STOPS["province it"]
    assert sync.note_zh == sync.note_en == ""
