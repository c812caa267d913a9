"""The values of a route and its refusals: bodies as stops, what of the tree a question touches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.text import N_
from helpdesk.organizations.rules import Kind


class EnvFirstHolder(StrEnum):
    """Setting per province: who holds ENV and ENR-4 first."""

    PROVINCE_IT = "province_it"
    DIRECT_AID = "direct_aid"


class SyncOwner(StrEnum):
    """Setting: to whom ENR-4 belongs since the enrolment system has central data."""

    PROVINCE_IT = "province_it"
    CALL_CENTRE = "call_centre"


class PasswordOffice(StrEnum):
    """Setting per province: which aid office resets passwords."""

    DIRECT_AID = "direct_aid"
    CITY_AID = "city_aid"
    PROVINCE_AID = "province_aid"


class LateEntryOffice(StrEnum):
    """Setting per province: which aid office opens late entry after a date has passed."""

    DIRECT_AID = "direct_aid"
    CITY_AID = "city_aid"
    PROVINCE_AID = "province_aid"
    NATIONAL_AID_CENTRE = "national_aid_centre"


@dataclass(frozen=True)
class RoutingSettings:
    """The settings that change a route, as they hold for one asker."""

    env_first_holder: EnvFirstHolder = EnvFirstHolder.PROVINCE_IT
    enr4_owner: SyncOwner = SyncOwner.PROVINCE_IT
    password_office: PasswordOffice = PasswordOffice.DIRECT_AID
    late_entry_office: LateEntryOffice = LateEntryOffice.DIRECT_AID
    plan_city_direct: bool = False


@dataclass(frozen=True)
class Stop:
    """A body as a place on the way."""

    id: int
    code: str
    name: str
    kind: Kind
    path: str
    parent_id: int | None = None
    name_en: str = ""
    plan_city: bool = False

    @property
    def english(self) -> str:
        """The English name, or the Chinese one where there is none."""
        return self.name_en or self.name


@dataclass(frozen=True)
class Surroundings:
    """What of the tree one asker's question can touch.

    `line`: the asker and its ancestors, nearest first. `sides`: side bodies by the id of their aid
    office and kind. `national`: the bodies beside the root.
    """

    line: tuple[Stop, ...]
    national: Mapping[Kind, Stop]
    sides: Mapping[int, Mapping[Kind, Stop]] = field(default_factory=dict)

    @property
    def asker(self) -> Stop:
        """The body that asks."""
        return self.line[0]

    @property
    def call_centre(self) -> Stop:
        """The last stop of every way. NoCallCentre: the tree is not filled yet."""
        if Kind.CALL_CENTRE not in self.national:
            raise NoCallCentre
        return self.national[Kind.CALL_CENTRE]

    def nearest(self, *kinds: Kind) -> Stop | None:
        """The nearest stop of these kinds on the line, the asker itself included."""
        return next((stop for stop in self.line if stop.kind in kinds), None)

    def beside(self, office: Stop | None, kind: Kind) -> Stop | None:
        """The side body of that kind at an aid office."""
        return self.sides.get(office.id, {}).get(kind) if office else None


class NoCallCentre(RuleBroken):
    """The tree has no call centre yet."""

    sentence = N_("机构中还没有呼叫中心，无法确定上报路径。请系统管理员先添加。")


class DoesNotAsk(RuleBroken):
    """The call centre and the national centres do not ask (semantics 2)."""

    sentence = N_("%(name)s是接收问题的一方，不在这里提问。请以提问单位的名义提交。")


class NotYourDoor(RuleBroken):
    """R4 [S-3.5.4]: only provincial aid offices and central universities report there."""

    sentence = N_(
        "按教助中心〔2020〕53号三（五），只有省级资助部门和中央部属高校可以向呼叫中心上报。"
        "%(name)s的问题请上报%(parent)s。"
    )


class EndOfTheWay(RuleBroken):
    """Nobody stands above the call centre and the national centres."""

    sentence = N_("%(name)s已是最后一级，不能再上报。请反馈、办结，或把步骤交给相关部门。")


class ComplainsAboutItself(RuleBroken):
    """SUP names the asker itself."""

    sentence = N_("被反映的部门不能是本单位。请改选被反映的资助部门。")


class ComplainsAboutItsOwn(RuleBroken):
    """SUP names a body below the asker, which the asker can supervise itself."""

    sentence = N_("%(name)s是本单位的下级，请直接督办，不用提交申诉。")
