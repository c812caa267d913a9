"""A form for each verb. Each carries the version its reader saw and a token of its own."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import InputRequired, Optional

from helpdesk.kernel import ids
from helpdesk.web.shell.fields import (
    LONGEST_LINE,
    Needed,
    NeededWhen,
    NoPersonalData,
    ShortEnough,
    once_field,
    words,
)

MOST_FILES = 5


class VerbForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """What all have."""

    version = HiddenField()
    once = once_field()

    @property
    def seen_version(self) -> int:
        """The version of the ticket that the reader saw; nonsense is a version nobody has."""
        return ids.version_number(self.version.data)

    def renew(self, version: int) -> None:
        """A fresh token, and the version the page shows now."""
        self.once.data = ids.token()
        self.version.data = str(version)


class WithFiles(VerbForm):
    """Verbs whose words may come with files."""

    files = MultipleFileField(
        _l("附件"),
        description=_l("PNG、JPEG、PDF、XLSX、CSV、DOCX。涉及学生的只写人数，不传名单。"),
    )
    no_students = BooleanField(_l("图片里看不到学生信息"))

    def validate_files(self, field: Any) -> None:
        """Not more than a few at once."""
        if len([f for f in field.data or () if f and f.filename]) > MOST_FILES:
            raise ValidationError(_("一次最多传%(most)s个附件。", most=MOST_FILES))


class WithArticle(WithFiles):
    """Answers: an article may come with them."""

    article = HiddenField()


class PlainForm(VerbForm):
    """Nothing to say: accept, take, release, resume."""


class ReplyForm(WithArticle):
    text = words(_l("回复内容"))


class NoteForm(WithFiles):
    text = words(_l("备注内容"))


class AskForm(VerbForm):
    body_id = SelectField(_l("向谁追问"), coerce=int, validators=[InputRequired()])
    text = words(_l("追问内容"))


class SupplyForm(WithFiles):
    text = words(_l("补充内容"))


class HandUpForm(WithFiles):
    reason = words(_l("上报理由"), help_text=_l("为什么本单位解决不了。"))
    tried = words(
        _l("已做的尝试"), help_text=_l("查过什么、试过什么、结果怎样，上级不用再问一遍。")
    )


class ReturnForm(VerbForm):
    reason = words(_l("退回原因"))
    missing = words(_l("还缺什么"), help_text=_l("写清要补的内容，对方补齐后直接回到这里。"))


class RedirectForm(VerbForm):
    card_code = SelectField(_l("问题类型"), validators=[InputRequired()])
    reason = words(_l("改类型的原因"))


class ReasonForm(VerbForm):
    """One text; its label is the verb's own."""

    reason = words(_l("原因"))


class AssignForm(VerbForm):
    person_id = SelectField(_l("指派给"), coerce=int, validators=[InputRequired()])


class DelegateForm(VerbForm):
    step_id = RadioField(_l("派哪个步骤"), coerce=int, validators=[InputRequired()])
    body_id = SelectField(_l("派给"), coerce=int, validators=[Optional()])
    name = StringField(
        _l("步骤名称"),
        [NeededWhen("step_id", 0), ShortEnough(LONGEST_LINE), NoPersonalData()],
        description=_l("另加步骤时填写。"),
    )
    question = words(_l("需要对方做什么"), needed=False)


class CompleteStepForm(WithFiles):
    step_id = RadioField(_l("哪个步骤"), coerce=int, validators=[InputRequired()])
    answer = words(_l("步骤结果"))


class RecordStepForm(WithFiles):
    step_id = RadioField(_l("哪个步骤"), coerce=int, validators=[InputRequired()])
    answer = words(_l("步骤结果"))
    source = StringField(
        _l("答复来源"),
        [ShortEnough(LONGEST_LINE), NoPersonalData()],
        description=_l("谁答复的、怎样答复的，例如：县学籍办电话答复。本单位自己的步骤不用填。"),
    )
    source_on = DateField(_l("答复日期"), [Optional()])


class FeedbackForm(WithArticle):
    text = words(_l("反馈内容"))
    end = RadioField(_l("反馈结果"), validators=[InputRequired()])
    promised_on = DateField(
        _l("承诺解决日期"),
        [NeededWhen("end", "promised"), Optional()],
        description=_l("能解决时填写。"),
    )
    because = words(
        _l("无法解决的原因"),
        when=NeededWhen("end", "cannot"),
        help_text=_l("无法解决时填写。"),
    )


class ResolveForm(WithArticle):
    text = words(_l("答复内容"))
    proof = words(_l("办结依据"))


class ConfirmForm(VerbForm):
    call_back = words(
        _l("回访记录"), needed=False, help_text=_l("代没有账号的提问人确认时，写明何时、怎样回访。")
    )


class MergeForm(VerbForm):
    number = StringField(
        _l("并入哪个编号"), [Needed(), ShortEnough(20)], description=_l("例如 2026-0004711。")
    )
    reason = words(_l("并入原因"))


class UrgeForm(VerbForm):
    text = words(_l("催办说明"), needed=False)


class PriorityForm(VerbForm):
    urgency = RadioField(_l("缓急"), validators=[InputRequired()])


class PauseForm(VerbForm):
    event_name = StringField(
        _l("等待的外部事项"),
        [Needed(), ShortEnough(LONGEST_LINE), NoPersonalData()],
        description=_l("写明等谁、等什么，例如：等统一用户管理平台恢复。"),
    )
