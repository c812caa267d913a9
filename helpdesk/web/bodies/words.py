"""Words for what happened to bodies and for values of settings."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from helpdesk.kernel.text import N_
from helpdesk.organizations.rules import BodyStatus, Change
from helpdesk.settings.rules import Key, Sort
from helpdesk.web.shell.marks import days_text, subsystem_text

CHANGES: dict[Change, str] = {
    Change.ADDED: N_("添加"),
    Change.EDITED: N_("修改资料"),
    Change.MOVED: N_("调整隶属关系"),
    Change.STATUS: N_("调整状态"),
}
STATUSES: dict[BodyStatus, str] = {
    BodyStatus.ACTIVE: N_("正常"),
    BodyStatus.INVALID: N_("无效"),
    BodyStatus.CLOSED: N_("已停办"),
}
# In the order in which they are told; what is not named here stays inside the record.
FIELDS: dict[str, str] = {
    "name": N_("名称"),
    "name_en": N_("英文名称"),
    "parent_name": N_("上级"),
    "approval_no": N_("批准文号"),
    "status": N_("状态"),
    "since": N_("自何日起"),
    "subsystems": N_("子系统"),
    "region_code": N_("行政区划代码"),
    "plan_city": N_("计划单列市"),
}


def change_text(change: Change) -> str:
    """`调整隶属关系`."""
    return str(_(CHANGES[change]))


def status_text(status: BodyStatus) -> str:
    """`无效`."""
    return str(_(STATUSES[status]))


def changed_text(row: Any) -> str:
    """`状态：正常 → 无效；...` of a ChangeView."""
    told = []
    for field, label in FIELDS.items():
        if field in row.after:
            after = _value(field, row.after[field])
            before = _value(field, row.before[field]) if field in row.before else ""
            told.append(f"{_(label)}: {before} → {after}" if before else f"{_(label)}: {after}")
    return "; ".join(told)


def _value(field: str, value: Any) -> str:
    if field == "status":
        return status_text(BodyStatus(value))
    if field == "subsystems":
        return ", ".join(subsystem_text(one) for one in value)
    if isinstance(value, bool):
        return str(_("是")) if value else str(_("否"))
    return str(value) or "—"


def setting_text(text: str | None, key: Key[Any]) -> str:
    """A written value in words: `3个工作日`, `17:30`, `是`; nothing set here: a dash."""
    if text is None:
        return "—"
    if key.sort is Sort.DAYS:
        return days_text(int(text))
    labels = {choice.value: choice.label for choice in key.choices}
    return str(_(labels[text])) if text in labels else text
