"""Forms of the tree. The rules judge; what they refuse is shown at the field it is about."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
    widgets,
)

from helpdesk.kernel import ids
from helpdesk.kernel.errors import RuleBroken
from helpdesk.organizations import rules
from helpdesk.organizations.operations import adding, editing, moving, record
from helpdesk.organizations.rules import SCHOOL_KINDS, BodyStatus, Kind, Subsystem
from helpdesk.settings import operations as settings
from helpdesk.settings import rules as setting_rules
from helpdesk.web.bodies.words import STATUSES
from helpdesk.web.shell.fields import Needed, NoPersonalData, ShortEnough
from helpdesk.web.shell.marks import subsystem_text

_FIELDS: dict[type[RuleBroken], str] = {
    rules.CodeNotTenDigits: "code",
    rules.CodeKindUnknown: "code",
    rules.CodeProvinceUnknown: "code",
    rules.CodeOfOtherProvince: "code",
    rules.CodeNotHigherEducation: "code",
    rules.CodeWithoutSequence: "code",
    rules.OfficeCodeWrong: "code",
    adding.CodeTaken: "code",
    adding.ProvinceNeedsRegion: "region_code",
    rules.RegionCodeWrong: "region_code",
    rules.NameMissing: "name",
    rules.SubsystemMissing: "subsystems",
    rules.WrongParent: "parent_code",
    rules.ParentNotActive: "parent_code",
    rules.AlreadyThere: "parent_code",
    rules.BelowItself: "parent_code",
    moving.NotYourMove: "parent_code",
    moving.ApprovalMissing: "approval_no",
    moving.BeforeLastMove: "since_on",
    record.DateInFuture: "since_on",
    record.ReasonMissing: "reason",
    editing.SameStatus: "status",
    editing.OnlySchoolsAreInvalid: "status",
    editing.NotYourVerdict: "status",
    editing.HasActiveChildren: "status",
    setting_rules.NotADayCount: "text",
    setting_rules.NotATime: "text",
    setting_rules.NotAChoice: "text",
    setting_rules.OpensAfterClosing: "text",
    settings.SettingReasonMissing: "reason",
}


def field_of(refusal: RuleBroken) -> str:
    """The name of the field that a refusal is about; empty for the form as a whole."""
    return next((name for kind, name in _FIELDS.items() if isinstance(refusal, kind)), "")


class Day(DateField):
    """A day, also with slashes; the wrong form is said in our own words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read `2026-09-01`."""
        self.data = None
        text = (valuelist[0] if valuelist else "").strip().replace("/", "-")
        try:
            self.data = date.fromisoformat(text) if text else None
        except ValueError:
            raise ValueError(_l("请写成 2026-09-01 的样子。")) from None


def _line(label: Any, longest: int, *, needed: bool = True, help_text: Any = "") -> StringField:
    checks: list[Any] = [Needed()] if needed else []
    return StringField(
        label, [*checks, ShortEnough(longest), NoPersonalData()], description=help_text
    )


def _reason(help_text: Any) -> TextAreaField:
    return TextAreaField(
        _l("原因"), [Needed(), ShortEnough(300), NoPersonalData()], description=help_text
    )


class Versioned(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """A form that remembers which version of the body its page showed."""

    version = HiddenField()

    def remember(self, version: int) -> None:
        """Write the version into the page."""
        self.version.data = str(version)

    def seen_version(self) -> int:
        """The version; nonsense is a version nobody has."""
        return ids.version_number(str(self.version.data))


class BodyForm(Versioned):
    """What a body is called and uses; fields that its kind does not have are taken out."""

    name = _line(_l("名称"), 80)
    name_en = _line(_l("英文名称"), 160, needed=False, help_text=_l("英文页面上显示；没有就留空。"))
    region_code = StringField(
        _l("行政区划代码"),
        [ShortEnough(20)],
        description=_l("6位国标代码；开发区、师市等没有代码的留空。"),
        render_kw={"inputmode": "numeric"},
    )
    subsystems = SelectMultipleField(
        _l("使用的子系统"),
        [Needed()],
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
        validate_choice=False,
    )
    plan_city = BooleanField(_l("计划单列市"))

    def suit(self, kind: Kind) -> None:
        """Keep the fields that a body of this kind has."""
        self.subsystems.choices = [(s.value, subsystem_text(s)) for s in Subsystem]
        if kind not in SCHOOL_KINDS:
            del self.subsystems
        if kind is not Kind.CITY_AID:
            del self.plan_city

    def used(self) -> tuple[Subsystem, ...]:
        """The subsystems that were ticked."""
        ticked = self.subsystems.data or () if self.subsystems is not None else ()
        return tuple(Subsystem(word) for word in ticked if word in set(Subsystem))

    def is_plan_city(self) -> bool:
        """Was the mark of a plan city set?"""
        return bool(self.plan_city and self.plan_city.data)


class NewBodyForm(BodyForm):
    """A body to be added: with its code, and for the Corps with its mark."""

    code = StringField(_l("代码"), [Needed(), ShortEnough(40)])
    bingtuan = BooleanField(_l("兵团"))

    def suit(self, kind: Kind) -> None:
        """Ten digits for schools; the mark of the Corps for province-level offices."""
        super().suit(kind)
        self.code.description = (
            _l("10位学校（机构）代码：两位类型、两位省份、六位顺序码。登记后不能修改。")
            if kind in SCHOOL_KINDS
            else _l("资助部门用6位行政区划代码；其他部门用字母、数字和短横。登记后不能修改。")
        )
        if kind is not Kind.PROVINCE_AID:
            del self.bingtuan


class StatusForm(Versioned):
    """无效, closed, or active again."""

    status = RadioField(_l("新的状态"), [Needed()], validate_choice=False)
    since_on = Day(_l("自何日起"), [Needed()], description=_l("从这一天起计入或退出统计。"))
    reason = _reason(_l("留在变更记录里，例如：学籍系统在校生为零，已核实。"))

    def offer(self, kind: Kind, now: BodyStatus) -> None:
        """The statuses that a body of this kind can take from the present one."""
        fitting = [
            status
            for status in BodyStatus
            if status is not now and (status is not BodyStatus.INVALID or kind in SCHOOL_KINDS)
        ]
        self.offered = {status.value for status in fitting}
        self.status.choices = [(s.value, _l(STATUSES[s])) for s in fitting]

    def validate_status(self, field: RadioField) -> None:
        """One of those offered."""
        if field.data not in self.offered:
            raise ValidationError(_l("请从列出的状态中选择。"))


class MoveForm(Versioned):
    """To which office, on whose approval, since when, why."""

    parent_code = StringField(
        _l("新的上级单位代码"),
        [Needed(), ShortEnough(40)],
        description=_l("资助部门用6位行政区划代码，例如420100；可以从列表里选。"),
        render_kw={"list": "offices", "autocomplete": "off"},
    )
    approval_no = _line(_l("批准文号"), 80)
    since_on = Day(_l("批准日期"), [Needed()], description=_l("新的隶属关系从这一天起。"))
    reason = _reason(_l("留在变更记录里，例如：区划调整、学校划转。"))
    sure = HiddenField()


class SettingForm(FlaskForm):  # type: ignore[misc]
    """A value of a setting on one node, in written form."""

    text: Any = StringField(_l("本级的值"), [ShortEnough(40)])
    reason = _reason(_l("留在设置的变更记录里。"))
    seen = HiddenField()


class ChoiceForm(SettingForm):
    """The same for a closed list."""

    text: Any = RadioField(_l("本级的值"), validate_choice=False)
