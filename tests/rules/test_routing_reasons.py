"""Every route explains itself in both languages, with the clause or as our own arrangement."""

from __future__ import annotations

import re

import pytest

from helpdesk.catalog import queries as catalog
from helpdesk.catalog.rules import CODES
from helpdesk.organizations.rules import NATIONAL_KINDS
from helpdesk.routing.rules.places import EnvFirstHolder, RoutingSettings, SyncOwner
from helpdesk.routing.rules.reasons import Reason, reasons
from tests.factories.nation import PLACES, around

DEFAULT = RoutingSettings()


def why(
    card: str, asker: str, settings: RoutingSettings = DEFAULT, without: str = ""
) -> tuple[Reason, ...]:
    """The explanation of a route."""
    return reasons(catalog.card(card), around(asker, without), settings)


def test_a_county_school_is_told_all_of_it() -> None:
    assert [(reason.zh, reason.clause) for reason in why("ACC-4b", "county school")] == [
        ("示范县第一中学隶属于示范县资助中心，由它最先接收。", "S-3.5.1"),
        ("办不了的，逐级上报：示范市资助中心、示范省资助中心、呼叫中心。", "S-3.5.1"),
        (
            "只有省级资助部门和中央部属高校可以向呼叫中心上报；示范县第一中学请上报示范县资助中心。",
            "S-3.5.4",
        ),
    ]


# (card, asker, settings): a part of the first sentence, its clause
FIRST = [
    ("OPS", "county", DEFAULT, "由上级资助部门示范市资助中心解答", "S-3.5.2"),
    ("OPS", "province", DEFAULT, "省内无法解决", "S-3.5.4"),
    ("OPS", "university", DEFAULT, "没有省内层级", "S-3.5.4"),
    ("OPS", "county enrolment", DEFAULT, "本级资助部门", ""),
    ("OPS", "plan city", RoutingSettings(plan_city_direct=True), "按设置", ""),
    ("ENV", "county school", DEFAULT, "由示范省教育信息化中心负责解决", "S-3.5.3"),
    ("ENR-4", "county school", DEFAULT, "由示范省教育信息化中心负责解决", "S-2.2.4"),
    ("ENV", "province it", DEFAULT, "本级资助部门", ""),
    ("ENV", "division school", DEFAULT, "系统中没有省级教育信息化管理部门", ""),
    (
        "ENV",
        "county school",
        RoutingSettings(env_first_holder=EnvFirstHolder.DIRECT_AID),
        "示范县资助中心先接收，再把步骤交给省级教育信息化管理部门",
        "",
    ),
    (
        "ENR-4",
        "county school",
        RoutingSettings(enr4_owner=SyncOwner.CALL_CENTRE),
        "同步问题由呼叫中心负责",
        "",
    ),
    ("SEC", "county school", DEFAULT, "信息安全事件由示范省资助中心负责", ""),
    ("SUP", "county school", DEFAULT, "对示范县资助中心的申诉由它的上级示范市资助中心办理", ""),
]


@pytest.mark.parametrize(("card", "asker", "settings", "part", "clause"), FIRST)
def test_the_first_sentence_names_the_rule(
    card: str, asker: str, settings: RoutingSettings, part: str, clause: str
) -> None:
    first = why(card, asker, settings)[0]
    assert part in first.zh
    assert first.clause == clause


def test_the_direct_office_is_said_to_read_along() -> None:
    assert "示范县资助中心可以查看并得知结果" in why("ENV", "county school")[1].zh
    assert not any("可以查看" in reason.zh for reason in why("ENV", "province"))


def test_the_call_centre_has_no_way_up_to_explain() -> None:
    assert not any("逐级上报" in reason.zh for reason in why("OPS", "province"))


ASKERS = [name for name, place in PLACES.items() if place.kind not in NATIONAL_KINDS]


@pytest.mark.parametrize("asker", ASKERS)
def test_every_route_is_explained_in_both_languages(asker: str) -> None:
    for card in CODES:
        found = why(card, asker)
        assert len(found) >= 2
        assert all(reason.zh.endswith("。") and reason.en.endswith(".") for reason in found)
        assert not any(re.search(r"[\u4e00-\u9fff]", reason.en) for reason in found)
