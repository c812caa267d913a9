"""Forms of the filing calendar: an earlier date, taking it back, the way of the digest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    Form,
    HiddenField,
    SelectMultipleField,
    StringField,
    widgets,
)
from wtforms.fields import Field
from wtforms.validators import StopValidation

from helpdesk.kernel import ids
from helpdesk.web.shell.fields import Needed, NoPersonalData, ShortEnough

LONGEST_REASON = 300


class Day(DateField):
    """A day; what cannot be read is said in our words."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Refuse what is no day."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("这不是日期。请写成 2026-09-24。")) from None


class AtLeastOne:
    """One of the boxes must be ticked."""

    field_flags = {"asked": True}  # noqa: RUF012  # read by WTForms, changed by nobody

    def __call__(self, _form: Form, field: Field) -> None:
        if not field.data:
            raise StopValidation(_("请至少选一个期限。"))


class EarlierForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """Which dates, until when, why."""

    keys = SelectMultipleField(
        _l("提前哪些"),
        [AtLeastOne()],
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    due_on = Day(_l("提前到"), [Needed()])
    reason = StringField(_l("原因"), [Needed(), ShortEnough(LONGEST_REASON), NoPersonalData()])

    @property
    def day(self) -> date:
        """The day of a form that is valid."""
        assert self.due_on.data is not None
        return self.due_on.data

    def offer(self, choices: Sequence[tuple[str, str]], chosen: Sequence[str]) -> None:
        """The dates to choose from, those the reader came with ticked."""
        self.keys.choices = list(choices)
        if not self.is_submitted():
            self.keys.data = list(chosen)


class TakeBackForm(FlaskForm):  # type: ignore[misc]
    """Why the date of the notice counts again."""

    version = HiddenField()
    reason = StringField(_l("原因"), [Needed(), ShortEnough(LONGEST_REASON), NoPersonalData()])

    @property
    def seen_version(self) -> int:
        """The version that the reader saw."""
        return ids.version_number(self.version.data)


class DigestForm(FlaskForm):  # type: ignore[misc]
    """By mail as well?"""

    by_mail = BooleanField(_l("也发到我的邮箱"))
