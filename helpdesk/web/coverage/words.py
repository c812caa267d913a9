"""Tiers, ways, lists and shades in words."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from helpdesk.kernel.text import N_
from helpdesk.web.coverage import drawing
from helpdesk.web.people.words import post_text
from helpdesk.web.shell.dates import _EN_MONTHS
from helpdesk.web.shell.language import current
from helpdesk.web.shell.marks import kind_text, subsystem_text

TIERS: Mapping[str, str] = {
    "central": N_("中央部属高校"),
    "province": N_("省级"),
    "city": N_("市级"),
    "county": N_("县级"),
}
MODES: Mapping[str, str] = {
    "offline": N_("线下"),
    "online": N_("线上"),
    "both": N_("线上线下结合"),
}
BODIES: Mapping[str, str] = {
    "none_trained": N_("没有一人培训"),
    "some_trained": N_("只培训了部分"),
    "all_trained": N_("全员已培训"),
    "reached": N_("至少1人已培训"),
    "no_roster": N_("没有名册"),
    "all": N_("全部机构"),
    "invalid": N_("无效学校"),
}
PERSONS: Mapping[str, str] = {
    "untrained": N_("未培训人员"),
    "trained": N_("已培训人员"),
    "on_leave": N_("请假人员"),
    "joined_lately": N_("新到岗未培训"),
    "left_untrained": N_("离岗未培训"),
    "side": N_("旁系机构和呼叫中心"),
}
# What would fill an empty list.
NO_BODIES: Mapping[str, str] = {
    "none_trained": N_("没有这样的机构：每个有名册的机构都有人培训过。"),
    "some_trained": N_("没有这样的机构。"),
    "all_trained": N_("还没有一个机构全员培训过。"),
    "reached": N_("还没有一个机构有人培训过。办完培训并登记签到后会出现在这里。"),
    "no_roster": N_("没有这样的机构：每个机构都有名册。"),
    "all": N_("范围内还没有机构。"),
    "invalid": N_("范围内没有无效学校。"),
}
NO_PERSONS: Mapping[str, str] = {
    "untrained": N_("没有未培训的人：应训人员都培训过了，或名册还是空的。"),
    "trained": N_("还没有人培训过。办完培训并登记签到后会出现在这里。"),
    "on_leave": N_("没有请假的人。"),
    "joined_lately": N_("没有新到岗还没培训的人。"),
    "left_untrained": N_("没有年内离岗而没培训过的人。"),
    "side": N_("旁系机构和呼叫中心没有登记人员。"),
}


def facet_text(facet: str) -> str:
    """`tier:county` -> `县级`, `post:operator` -> `业务操作员`."""
    name, _colon, value = facet.partition(":")
    if name == "tier":
        return str(_(TIERS[value]))
    if name == "mode":
        return str(_(MODES[value]))
    said = {"kind": kind_text, "subsystem": subsystem_text, "post": post_text}
    return said[name](value)


def month_text(month: int) -> str:
    """`9月` / `Sep`."""
    return _EN_MONTHS[month - 1] if current() == "en" else f"{month}月"


def shade_text(shade: int) -> str:
    """`80%到90%` for a shade of the tiles."""
    low = drawing.SHADES[shade - 1]
    if shade == len(drawing.SHADES):
        return str(_("%(low)s%%及以上", low=low))
    high = drawing.SHADES[shade]
    return str(_("不到%(high)s%%", high=high) if shade == 1 else f"{low}%–{high}%")


def grouped(number: int) -> str:
    """`33,812`."""
    return f"{number:,}"


def percent(rate: float) -> str:
    """`77.5` for a share between 0 and 1."""
    return f"{drawing.per_cent(rate):.1f}"
