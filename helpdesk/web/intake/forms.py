"""The one form of the guided way: the fields of the problem card, and what every question has."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import (
    BooleanField,
    Field,
    Form,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)

# The stubs are older than the class.
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import StopValidation
from wtforms.widgets import DateInput, DateTimeLocalInput

from helpdesk.catalog.rules import Card, FieldKind
from helpdesk.catalog.rules import Field as CardField
from helpdesk.intake.rules import questions as rules
from helpdesk.intake.rules.questions import Answers
from helpdesk.kernel import ids
from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.instants import in_shanghai, parse_instant
from helpdesk.organizations.queries import BodyView
from helpdesk.privacy.rules import mask
from helpdesk.web.doors import request_now
from helpdesk.web.files.uploads import chosen
from helpdesk.web.shell.errors import sentence_of
from helpdesk.web.shell.fields import LONGEST, LONGEST_LINE, Needed, ShortEnough
from helpdesk.web.shell.language import current
from helpdesk.web.shell.marks import named, subsystem_text

_CALLER = ("callback_name", "callback_number")


def in_words(zh: str, en: str) -> str:
    """The half of a bilingual text for this page."""
    return en if current() == "en" and en else zh


class Answered:
    """The answer fits what the card asks for."""

    def __init__(self, asked: CardField) -> None:
        self.asked = asked
        # The page marks what may be left out; `required` would also stop a saved draft.
        self.field_flags = {"asked": asked.required}

    def __call__(self, form: Form, field: Field) -> None:
        if isinstance(form, DetailsForm) and form.half and not (field.data or "").strip():
            raise StopValidation
        sentence = rules.problem(self.asked, field.data or "")
        if sentence:
            raise ValidationError(_(sentence, label=field.label.text, most=LONGEST))


class DetailsForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """What every question has. `half`: a draft is kept as it is, with gaps."""

    half = False
    card_keys: tuple[str, ...] = ()
    offices: tuple[int, ...] = ()
    subsystems: tuple[str, ...] = ()

    text = TextAreaField(
        _l("情况说明"),
        [ShortEnough()],
        description=_l("做了哪一步，看到什么，已经试过什么。涉及学生时只写人数。"),
    )
    title = StringField(
        _l("一句话标题"),
        [ShortEnough(LONGEST_LINE)],
        description=_l("不填就用问题类型作标题。"),
    )
    subsystem = SelectField(_l("哪个子系统"), validate_choice=False)
    accused = RadioField(_l("被反映的部门"), validate_choice=False)
    callback_name = StringField(_l("联系人"), [ShortEnough(40)])
    callback_number = StringField(
        _l("回访电话"),
        [ShortEnough(40)],
        description=_l("办理的部门打这个号码核实。手机或座机都可以。"),
        render_kw={"inputmode": "tel", "autocomplete": "tel"},
    )
    received_at = StringField(_l("接到的时间"), widget=DateTimeLocalInput())
    received_how = StringField(
        _l("怎样接到的"),
        [ShortEnough(LONGEST_LINE)],
        description=_l("例如：来电；传真件，次日补登。会写进办理记录。"),
    )
    previous_number = HiddenField(validators=[ShortEnough(20)])
    typed = HiddenField()
    files = MultipleFileField(_l("截图或附件"))
    clear = BooleanField(_l("截图里看不到学生信息"))
    kept = HiddenField()
    sure = BooleanField(_l("我看过了，这些不是学生信息"))

    def validate_text(self, field: Field) -> None:
        """Needed where the card asks for no words of its own."""
        if not self.half and field.flags.asked and not (field.data or "").strip():
            raise ValidationError(_("请填写“%(label)s”。", label=field.label.text))

    def validate_subsystem(self, field: Field) -> None:
        """One of those the body uses."""
        if field.data not in self.subsystems:
            raise ValidationError(_(rules.NOT_OFFERED, label=field.label.text))

    def validate_callback_number(self, field: Field) -> None:
        """A number somebody can be called on, and nothing else."""
        said = (field.data or "").strip()
        if not said and self.half:
            return
        if not rules.is_callback(said):
            raise ValidationError(_(rules.NOT_A_PHONE, label=field.label.text))

    def validate_callback_name(self, field: Field) -> None:
        """Of somebody on the telephone we need the name."""
        if self.is_phone and not self.half:
            Needed()(self, field)

    def validate_accused(self, field: Field) -> None:
        """A complaint is about an office."""
        if not self.half and self.accused_body_id() is None:
            raise ValidationError(_("请选择“%(label)s”。", label=field.label.text))

    def validate_received_at(self, field: Field) -> None:
        """A time on Beijing clocks, not in the future."""
        said = (field.data or "").strip()
        if not said:
            return
        try:
            rules.check_received(parse_instant(said), request_now())
        except ValueError:
            raise ValidationError(
                _("“%(label)s”请按 2026-09-22 10:20 的样子填写。", label=field.label.text)
            ) from None
        except RuleBroken as refusal:
            raise ValidationError(sentence_of(refusal)) from None

    def validate_received_how(self, field: Field) -> None:
        """The history says why a report counts from another time."""
        if not self.half and self.is_phone and (self.received_at.data or "").strip():
            Needed()(self, field)

    def validate_files(self, field: Field) -> None:
        """A handful, counting those that are kept already."""
        if len(chosen(field.data or ())) + len(self.kept_ids()) > rules.MOST_FILES:
            raise ValidationError(
                _("一个问题最多附%(most)s个文件。请去掉不需要的。", most=rules.MOST_FILES)
            )

    @property
    def is_phone(self) -> bool:
        """Is it written down for somebody else?"""
        return "received_at" in self

    @property
    def card_fields(self) -> list[Field]:
        """The fields of the card, in its order."""
        return [self[rules.field_name(key)] for key in self.card_keys]

    def kept_ids(self) -> list[int]:
        """Files that an earlier try has left here."""
        # One more than may be kept is enough to say that it is too many.
        words = (self.kept.data or "").split(",", rules.MOST_FILES + 1)[: rules.MOST_FILES + 1]
        numbers = map(ids.row_number, words)
        return [number for number in numbers if number is not None]

    def accused_body_id(self) -> int | None:
        """The office complained of: one of those offered, or none yet."""
        chosen = self.accused.data if "accused" in self else None
        return next((i for i in self.offices if str(i) == chosen), None)

    def answers(self) -> Answers:
        """What has been filled in."""
        received = (self.received_at.data or "").strip() if self.is_phone else ""
        return Answers(
            title=(self.title.data or "").strip(),
            text=(self.text.data or "").strip(),
            fields={
                key: (self[rules.field_name(key)].data or "").strip() for key in self.card_keys
            },
            subsystem=(self.subsystem.data or "") if "subsystem" in self else "",
            callback_name=(self.callback_name.data or "").strip(),
            callback_number=(self.callback_number.data or "").strip(),
            accused_body_id=self.accused_body_id(),
            received_at=_instant(received),
            received_how=(self.received_how.data or "").strip() if self.is_phone else "",
            previous_number=(self.previous_number.data or "").strip(),
            # Not on the page, so nobody could mend it: masked here.
            typed=mask(self.typed.data or "").strip()[:LONGEST_LINE],
        )

    def put(self, answers: Answers) -> None:
        """Write answers into the fields: a draft taken up again, or a masked copy."""
        for name in (
            "title",
            "text",
            "callback_name",
            "callback_number",
            "previous_number",
            "typed",
        ):
            self[name].data = getattr(answers, name)
        for key in self.card_keys:
            self[rules.field_name(key)].data = answers.fields.get(key, "")
        if "subsystem" in self:
            self.subsystem.data = answers.subsystem or None
        if "accused" in self:
            self.accused.data = str(answers.accused_body_id or "")
        if self.is_phone:
            self.received_how.data = answers.received_how
            if answers.received_at is not None:
                self.received_at.data = local_text(answers.received_at)


def local_text(moment: datetime) -> str:
    """An instant as an input of type datetime-local writes it, on Beijing clocks."""
    return in_shanghai(moment).strftime("%Y-%m-%dT%H:%M")


def _instant(text: str) -> datetime | None:
    try:
        return parse_instant(text) if text else None
    except ValueError:
        return None


def _numbers(value: Any) -> Any:
    return rules.count(value) if isinstance(value, str) else value


def _narrow(value: Any) -> Any:
    return rules.narrow(value) if isinstance(value, str) else value


def _field_of(asked: CardField) -> Any:
    """The control for one of the card's questions."""
    label = in_words(asked.label_zh, asked.label_en)
    how: dict[str, Any] = {
        "validators": [Answered(asked)],
        "description": in_words(asked.help_zh, asked.help_en),
    }
    if asked.kind is FieldKind.NUMBER:
        return StringField(label, filters=[_numbers], render_kw={"inputmode": "numeric"}, **how)
    if asked.kind is FieldKind.DATE:
        return StringField(label, filters=[_narrow], widget=DateInput(), **how)
    if asked.kind is FieldKind.TEXT:
        return TextAreaField(label, **how)
    if asked.kind is FieldKind.BOOL:
        choices = [SelectChoice(rules.YES, _("是")), SelectChoice(rules.NO, _("否"))]
    else:
        choices = [SelectChoice(o.value, in_words(o.label_zh, o.label_en)) for o in asked.options]
    # Whether the answer was offered is said by Answered, in our words.
    return RadioField(label, choices=choices, validate_choice=False, **how)


def form_for(
    card: Card, body: BodyView, *, offices: tuple[BodyView, ...], for_others: bool, half: bool
) -> DetailsForm:
    """The form of a card for one body; only the fields that are needed are on it."""
    fields = {rules.field_name(f.key): _field_of(f) for f in card.fields}
    kind = type("CardForm", (DetailsForm,), fields)
    form: DetailsForm = kind()
    form.card_keys = tuple(f.key for f in card.fields)
    form.half = half
    form.offices = tuple(office.id for office in offices)
    form.subsystems = tuple(s.value for s in body.subsystems)
    form.text.flags.asked = rules.text_needed(card)
    form.callback_number.flags.asked = True
    form.callback_name.flags.asked = for_others
    form.received_at.flags.asked = form.received_how.flags.asked = False
    if len(body.subsystems) > 1:
        form.subsystem.choices = [SelectChoice(s.value, subsystem_text(s)) for s in body.subsystems]
        form.subsystem.flags.asked = True
    else:
        del form.subsystem
    if card.needs_accused:
        form.accused.choices = [SelectChoice(str(office.id), named(office)) for office in offices]
        form.accused.flags.asked = True
    else:
        del form.accused
    if for_others:
        form.callback_name.label.text = _("来电人")
    else:
        del form.received_at, form.received_how
    return form
