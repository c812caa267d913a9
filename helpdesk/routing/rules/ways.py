"""Who holds a question first, who does each step, and the way up (semantics 2).

Parents are data: nothing here is derived from codes. [S] stands in the notice and carries its
clause; everything else is our reading.
"""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.catalog.rules import Card, FirstHolderRule, Step, StepBody
from helpdesk.kernel.actor import within
from helpdesk.organizations.rules import AID_OFFICES, NATIONAL_KINDS, Kind
from helpdesk.routing.rules.places import (
    ComplainsAboutItself,
    ComplainsAboutItsOwn,
    DoesNotAsk,
    EndOfTheWay,
    EnvFirstHolder,
    NotYourDoor,
    RoutingSettings,
    Stop,
    Surroundings,
    SyncOwner,
)


@dataclass(frozen=True)
class StepPlan:
    """A step with the body that does it for this asker; no body: `note_*` says what to do."""

    step: Step
    body: Stop | None
    note_zh: str = ""
    note_en: str = ""


def may_reach_call_centre(asker: Stop, settings: RoutingSettings) -> bool:
    """S-3.5.4: provincial aid offices (the Corps is one) and central universities; by setting a
    计划单列市 too."""
    return asker.kind in (Kind.PROVINCE_AID, Kind.CENTRAL_HEI) or reports_directly(asker, settings)


def reports_directly(stop: Stop, settings: RoutingSettings) -> bool:
    """A 计划单列市 that by setting does not go through its province."""
    return stop.kind is Kind.CITY_AID and stop.plan_city and settings.plan_city_direct


def next_body(holder: Stop, around: Surroundings, settings: RoutingSettings) -> Stop:
    """Where a holder hands up: its parent, no tier skipped (S-3.5.1); a side body's aid office.

    `around` must contain the holder's ancestors. EndOfTheWay: nobody stands above.
    """
    if holder.kind in NATIONAL_KINDS:
        raise EndOfTheWay(name=holder)
    if may_reach_call_centre(holder, settings):
        return around.call_centre
    return _parent(holder, around)


def _parent(stop: Stop, around: Surroundings) -> Stop:
    return next(above for above in around.line if above.id == stop.parent_id)


def hand_up_chain(
    holder: Stop, around: Surroundings, settings: RoutingSettings
) -> tuple[Stop, ...]:
    """The bodies after `holder` up to the call centre; () if it is the call centre."""
    chain: list[Stop] = []
    while holder.kind not in NATIONAL_KINDS:
        holder = next_body(holder, around, settings)
        chain.append(holder)
    return tuple(chain)


def report_to_call_centre(around: Surroundings, settings: RoutingSettings) -> Stop:
    """The call centre, if the asker may report there; else NotYourDoor with the right parent."""
    asker = _somebody_who_asks(around)
    if not may_reach_call_centre(asker, settings):
        raise NotYourDoor(name=asker, parent=direct_office(around, settings))
    return around.call_centre


def _somebody_who_asks(around: Surroundings) -> Stop:
    if around.asker.kind in NATIONAL_KINDS:
        raise DoesNotAsk(name=around.asker)
    return around.asker


def direct_office(around: Surroundings, settings: RoutingSettings) -> Stop:
    """Who answers for the asker: a school's aid office by affiliation (R1), an office's parent
    (R2), a side body's aid office; the call centre for those who report there."""
    return next_body(_somebody_who_asks(around), around, settings)


def first_holder(
    card: Card,
    around: Surroundings,
    settings: RoutingSettings,
    accused: Surroundings | None = None,
) -> Stop:
    """Who holds the question first, also where the closing tier is higher.

    `accused`: for SUP the surroundings of the office complained of; None means the direct office.
    """
    asker = _somebody_who_asks(around)
    if asker.kind is Kind.CENTRAL_HEI:
        return around.call_centre  # R5: no provincial tier
    direct = direct_office(around, settings)
    match card.first_holder_rule:
        case FirstHolderRule.ENVIRONMENT | FirstHolderRule.SYNC:
            return environment_holder(card, around, settings) or direct
        case FirstHolderRule.INCIDENT_OWNER:
            return around.nearest(Kind.PROVINCE_AID) or direct
        case FirstHolderRule.PARENT_OF_ACCUSED:
            return _above_accused(around, settings, accused)
        case FirstHolderRule.DIRECT_AID:
            return direct


def environment_holder(card: Card, around: Surroundings, settings: RoutingSettings) -> Stop | None:
    """province_it, unless a setting says otherwise, it is not in the tree, or it asks itself."""
    if settings.env_first_holder is EnvFirstHolder.DIRECT_AID:
        return None
    if card.first_holder_rule is FirstHolderRule.SYNC and (
        settings.enr4_owner is SyncOwner.CALL_CENTRE
    ):
        return None  # it goes up level by level: a school may not go there itself (S-3.5.4)
    holder = around.beside(around.nearest(Kind.PROVINCE_AID), Kind.PROVINCE_IT)
    return None if holder == around.asker else holder


def accused_office(
    around: Surroundings, settings: RoutingSettings, accused: Surroundings | None
) -> Stop:
    """The office complained of: the one named, or else the asker's direct office."""
    return accused.asker if accused else direct_office(around, settings)


def _above_accused(
    around: Surroundings, settings: RoutingSettings, accused: Surroundings | None
) -> Stop:
    office = accused_office(around, settings, accused)
    if office.id == around.asker.id:
        raise ComplainsAboutItself
    if within(office.path, around.asker.path):
        raise ComplainsAboutItsOwn(name=office)
    if office.kind in NATIONAL_KINDS:
        return report_to_call_centre(around, settings)
    if office.kind in (Kind.PROVINCE_AID, Kind.CENTRAL_HEI):
        return around.call_centre  # nobody else stands above
    return _parent(office, accused or around)


def collecting_office(
    card: Card, around: Surroundings, settings: RoutingSettings, holder: Stop
) -> Stop | None:
    """逐级收集: the direct aid office reads what goes elsewhere and is told the outcome; a
    restricted ticket is not collected."""
    direct = direct_office(around, settings)
    if card.restricted or direct.id == holder.id or direct.kind not in AID_OFFICES:
        return None
    return direct


def step_bodies(
    card: Card, around: Surroundings, settings: RoutingSettings, holder: Stop
) -> tuple[StepPlan, ...]:
    """Every step of the card with its body; `holder` is the first holder."""
    return tuple(_planned(step, around, settings, holder) for step in card.steps)


def _planned(step: Step, around: Surroundings, settings: RoutingSettings, holder: Stop) -> StepPlan:
    body = _body_of(step.by, around, settings, holder)
    if body is not None:
        return StepPlan(step, body)
    return StepPlan(
        step,
        None,
        note_zh="系统中没有这个部门；由办理单位线下联系，登记答复，写明来源和日期。",
        note_en="There is no such body in the system; the holder asks it outside and records the "
        "answer with source and date.",
    )


_NATIONAL_STEPS = {
    StepBody.CALL_CENTRE: Kind.CALL_CENTRE,
    StepBody.MOE_IT_CENTRE: Kind.MOE_IT_CENTRE,
    StepBody.NATIONAL_AID_CENTRE: Kind.NATIONAL_AID_CENTRE,
}
_SIDES_OF_OWN_LEVEL = {
    StepBody.ENROLMENT_SAME_LEVEL: Kind.ENROLMENT_OFFICE,
    StepBody.FINANCE_SAME_LEVEL: Kind.FINANCE_OFFICE,
}


def _body_of(
    by: StepBody, around: Surroundings, settings: RoutingSettings, holder: Stop
) -> Stop | None:
    by = _by_setting(by, settings)
    if by is StepBody.ASKER:
        return around.asker
    if by is StepBody.FIRST_HOLDER:
        return holder
    if by in _NATIONAL_STEPS:
        return around.national.get(_NATIONAL_STEPS[by])
    if around.asker.kind is Kind.CENTRAL_HEI:
        return around.call_centre  # its local and provincial step bodies
    if by in _SIDES_OF_OWN_LEVEL:
        return around.beside(around.nearest(*AID_OFFICES), _SIDES_OF_OWN_LEVEL[by])
    if by is StepBody.DIRECT_AID:
        return direct_office(around, settings)
    province = around.nearest(Kind.PROVINCE_AID)
    if by is StepBody.PROVINCE_IT:
        return around.beside(province, Kind.PROVINCE_IT)
    # Districts of a municipality and province-run schools have no city tier: the province acts.
    return province if by is StepBody.PROVINCE_AID else around.nearest(Kind.CITY_AID) or province


def _by_setting(by: StepBody, settings: RoutingSettings) -> StepBody:
    if by is StepBody.PASSWORD_OFFICE:
        return StepBody(settings.password_office)
    if by is StepBody.LATE_ENTRY_OFFICE:
        return StepBody(settings.late_entry_office)
    return StepBody(settings.enr4_owner) if by is StepBody.SYNC_OWNER else by
