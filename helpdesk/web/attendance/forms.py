"""Forms of corrections and of uploads. What the rules refuse is said in their words."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Optional

from helpdesk.kernel import ids
from helpdesk.training.operations.correcting import LONGEST_REASON, Correction
from helpdesk.training.queries.attendance import RecordView
from helpdesk.training.rules.attendance import Presence
from helpdesk.training.rules.sessions import Mode
from helpdesk.web.attendance import words
from helpdesk.web.shell.fields import Needed, NoPersonalData, ShortEnough, once_field

ONLINE, HERE = "online", "here"


class Whole(IntegerField):
    """A whole number; what is none is said in our words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read digits of any width."""
        text = (valuelist[0] if valuelist else "").strip()
        self.data = None
        if not text:
            return
        if not text.isdecimal() or len(text) > 6:
            raise ValueError(str(_l("请填写整数。")))
        self.data = int(text)


class CorrectionForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """What the record should say, and why."""

    presence = SelectField(_l("出勤"), validate_choice=True)
    online = BooleanField(_l("线上完成（不在现场）"))
    minutes = Whole(
        _l("参加分钟数"), [Optional()], description=_l("早退和线上完成的要填。"),
        render_kw={"inputmode": "numeric"},
    )  # fmt: skip
    percent = Whole(
        _l("完成百分比"), [Optional()], description=_l("线上完成的要填，0至100。"),
        render_kw={"inputmode": "numeric"},
    )  # fmt: skip
    reason = StringField(
        _l("理由"), [Needed(), ShortEnough(LONGEST_REASON), NoPersonalData()],
        description=_l("别人以后会看到，例如：本人电话请假。"),
    )  # fmt: skip
    seen = HiddenField()
    once = once_field()

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.presence.choices = [SelectChoice(p.value, words.presence_text(p)) for p in Presence]

    def offer(self, mode: Mode) -> None:
        """What is held in a room alone cannot be completed online."""
        if mode is Mode.OFFLINE:
            del self.online
            del self.percent

    def show(self, record: RecordView | None) -> None:
        """Fill in what stands there."""
        self.once.data = ids.token()
        self.saw(record)
        if record is None:
            return
        self.presence.data = record.presence.value
        self.minutes.data = record.minutes
        if "online" in self:
            self.online.data, self.percent.data = record.online, record.percent

    def saw(self, record: RecordView | None) -> None:
        """Remember which version is on the screen."""
        self.seen.data = str(record.version if record else 0)

    def correction(self) -> Correction:
        """What was filled in."""
        online = "online" in self and bool(self.online.data)
        percent = self.percent.data if "percent" in self else None
        return Correction(Presence(self.presence.data), online, self.minutes.data, percent)


class UploadForm(FlaskForm):  # type: ignore[misc]
    """A file of a meeting tool."""

    file = FileField(
        _l("出勤表"), [], description=_l("XLSX 或 CSV，会议软件导出的原样即可，有标题行也没关系。"),
        render_kw={"accept": ".xlsx,.csv"},
    )  # fmt: skip
    held = RadioField(_l("表里的人怎样参加"), validate_choice=True)
    once = once_field()

    def offer(self, mode: Mode) -> None:
        """Only what the session has."""
        ways = {HERE: _l("在现场"), ONLINE: _l("在线上")}
        offered = {Mode.OFFLINE: (HERE,), Mode.ONLINE: (ONLINE,), Mode.BOTH: (HERE, ONLINE)}[mode]
        self.held.choices = [SelectChoice(way, ways[way]) for way in offered]
        if not self.held.data:
            self.held.data = offered[-1]
