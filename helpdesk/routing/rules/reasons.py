"""Why a route is as it is, in both languages, each sentence with its clause."""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.catalog.rules import Card, FirstHolderRule
from helpdesk.organizations.rules import SIDE_KINDS, Kind
from helpdesk.routing.rules.places import (
    EnvFirstHolder,
    RoutingSettings,
    Stop,
    Surroundings,
    SyncOwner,
)
from helpdesk.routing.rules.ways import (
    accused_office,
    collecting_office,
    direct_office,
    first_holder,
    hand_up_chain,
    may_reach_call_centre,
    reports_directly,
)


@dataclass(frozen=True)
class Reason:
    """One sentence of the explanation; `clause` is empty where the product decided it."""

    zh: str
    en: str
    clause: str = ""


def reasons(
    card: Card,
    around: Surroundings,
    settings: RoutingSettings,
    accused: Surroundings | None = None,
) -> tuple[Reason, ...]:
    """Why the route is as it is: the first holder, the way up, the call centre's door."""
    holder = first_holder(card, around, settings, accused)
    chain = hand_up_chain(holder, accused or around, settings)
    found = list(_why_holder(card, around, settings, accused, holder))
    if chain:
        zh, en = "、".join(s.name for s in chain), ", ".join(s.english for s in chain)
        found.append(
            Reason(f"办不了的，逐级上报：{zh}。", f"Then up, tier by tier: {en}.", "S-3.5.1")
        )
    return (*found, _why_door(around, settings))


def _why_holder(
    card: Card,
    around: Surroundings,
    settings: RoutingSettings,
    accused: Surroundings | None,
    holder: Stop,
) -> tuple[Reason, ...]:
    asker = around.asker
    if asker.kind is Kind.CENTRAL_HEI:
        zh = f"{asker.name}是中央部属高校，没有省内层级，问题由{holder.name}接收。"
        en = f"{asker.english} is a central university without a provincial tier: {holder.english}."
        return (Reason(zh, en, "S-3.5.4"),)
    match card.first_holder_rule:
        case FirstHolderRule.ENVIRONMENT | FirstHolderRule.SYNC:
            return _why_environment(card, around, settings, holder)
        case FirstHolderRule.INCIDENT_OWNER:
            zh = f"信息安全事件由{holder.name}负责，不进入一般队列。"
            return (Reason(zh, f"{holder.english} owns security incidents; no queue."),)
        case FirstHolderRule.PARENT_OF_ACCUSED:
            office = accused_office(around, settings, accused)
            zh = f"对{office.name}的申诉由它的上级{holder.name}办理，{office.name}看不到。"
            en = f"{holder.english} stands above {office.english}, which does not see it."
            return (Reason(zh, en),)
        case FirstHolderRule.DIRECT_AID:
            return (_why_direct(asker, settings, holder),)


def _why_direct(asker: Stop, settings: RoutingSettings, holder: Stop) -> Reason:
    if asker.kind is Kind.SCHOOL:
        zh = f"{asker.name}隶属于{holder.name}，由它最先接收。"
        return Reason(zh, f"{asker.english} belongs to {holder.english}.", "S-3.5.1")
    if asker.kind in SIDE_KINDS:
        zh = f"{asker.name}的问题交给本级资助部门{holder.name}。"
        return Reason(zh, f"{asker.english} asks the aid office of its level, {holder.english}.")
    if reports_directly(asker, settings):
        zh = f"按设置，{asker.name}直接上报{holder.name}。"
        return Reason(zh, f"By setting, {asker.english} reports directly to {holder.english}.")
    if asker.kind is Kind.PROVINCE_AID:
        zh = f"省内无法解决的问题由{asker.name}上报{holder.name}。"
        en = f"What the province cannot solve {asker.english} reports to {holder.english}."
        return Reason(zh, en, "S-3.5.4")
    zh = f"{asker.name}的问题由上级资助部门{holder.name}解答。"
    return Reason(zh, f"{holder.english} is the parent of {asker.english}.", "S-3.5.2")


def _why_environment(
    card: Card, around: Surroundings, settings: RoutingSettings, holder: Stop
) -> tuple[Reason, ...]:
    if holder.kind is not Kind.PROVINCE_IT:
        return (_why_not_province_it(card, around, settings, holder),)
    zh, en = f"这类问题由{holder.name}负责解决。", f"{holder.english} settles such problems."
    settles = Reason(zh, en, card.clause)
    office = collecting_office(card, around, settings, holder)
    if office is None:
        return (settles,)
    zh = f"直接交给{holder.name}；{office.name}可以查看并得知结果。"
    return (settles, Reason(zh, f"{office.english} reads it and is told the outcome."))


def _why_not_province_it(
    card: Card, around: Surroundings, settings: RoutingSettings, holder: Stop
) -> Reason:
    if around.asker.kind is Kind.PROVINCE_IT:
        return _why_direct(around.asker, settings, holder)
    if settings.enr4_owner is SyncOwner.CALL_CENTRE and (
        card.first_holder_rule is FirstHolderRule.SYNC
    ):
        zh = f"按设置，同步问题由呼叫中心负责；先由{holder.name}接收，再逐级上报。"
        en = f"By setting the call centre owns such problems; {holder.english} receives it first."
    elif settings.env_first_holder is EnvFirstHolder.DIRECT_AID:
        zh = f"按设置，{holder.name}先接收，再把步骤交给省级教育信息化管理部门。"
        en = f"By setting {holder.english} holds it first and gives provincial IT the step."
    else:
        zh = f"系统中没有省级教育信息化管理部门，由{holder.name}先接收。"
        en = f"Provincial IT is not in the system; {holder.english} receives it first."
    return Reason(zh, en)


def _why_door(around: Surroundings, settings: RoutingSettings) -> Reason:
    asker = around.asker
    if may_reach_call_centre(asker, settings):
        zh, en = (
            f"{asker.name}可以向呼叫中心上报。",
            f"{asker.english} may report to the call centre.",
        )
        return Reason(zh, en, "" if asker.kind is Kind.CITY_AID else "S-3.5.4")
    parent = direct_office(around, settings)
    zh = f"只有省级资助部门和中央部属高校可以向呼叫中心上报；{asker.name}请上报{parent.name}。"
    en = (
        "Only provincial aid offices and central universities report to the call centre; "
        f"{asker.english} reports to {parent.english}."
    )
    return Reason(zh, en, "S-3.5.4")
