"""What every form of ours asks of its texts: filled in, not too long, nobody's personal data."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask_babel import gettext as _
from wtforms import Form, HiddenField, TextAreaField, ValidationError
from wtforms.fields import Field
from wtforms.validators import StopValidation

from helpdesk.kernel import ids
from helpdesk.privacy import rules as privacy
from helpdesk.web.shell.language import current

LONGEST = 4000
LONGEST_LINE = 200


def once_field() -> Any:
    """The token of a form; a second click brings the same. Nobody's token is longer than ours."""
    return HiddenField(filters=[lambda text: text[: ids.LONGEST_TOKEN] if text else text])


class Needed:
    """The field must say something; blanks alone are nothing."""

    field_flags = {"required": True}  # noqa: RUF012  # read by WTForms, changed by nobody

    def __call__(self, _form: Form, field: Field) -> None:
        if field.data is None or (isinstance(field.data, str) and not field.data.strip()):
            raise StopValidation(_("请填写“%(label)s”。", label=field.label.text))


class NeededWhen:
    """Must say something where another field of the form has this value."""

    field_flags = {"asked": True}  # noqa: RUF012  # read by WTForms, changed by nobody

    def __init__(self, other: str, value: Any) -> None:
        self.other = other
        self.value = value

    def __call__(self, form: Form, field: Field) -> None:
        typed = "".join(str(text) for text in field.raw_data or ()).strip()
        if form[self.other].data == self.value and not typed:
            raise StopValidation(_("请填写“%(label)s”。", label=field.label.text))


class NoPersonalData:
    """semantics 6: what looks like a number of a person is shown masked, and not stored.

    `only`: these kinds alone, where other long numbers are at home (addresses of meetings).
    """

    def __init__(self, only: Collection[privacy.Kind] = tuple(privacy.Kind)) -> None:
        self.only = only

    def __call__(self, _form: Form, field: Field) -> None:
        found = [one for one in privacy.find(field.data or "") if one.kind in self.only]
        if not found:
            return
        english = current() == "en"
        shown = [f"{f.masked} ({f.reason_en})" if english else f"{f.masked}（{f.reason_zh}）"
                 for f in found]  # fmt: skip
        raise ValidationError(
            _("有个人信息，没有保存，请删去后再提交：%(found)s", found="；".join(shown))
        )


class ShortEnough:
    """At most so many characters, said in our words."""

    def __init__(self, longest: int = LONGEST) -> None:
        self.longest = longest
        self.field_flags = {"maxlength": longest}

    def __call__(self, _form: Form, field: Field) -> None:
        if len(field.data or "") > self.longest:
            raise ValidationError(
                _("写得太长，最多%(most)s个字；请分开写或放进附件。", most=self.longest)
            )


def words(
    label: Any,
    *,
    needed: bool = True,
    when: NeededWhen | None = None,
    help_text: Any = "",
    longest: int = LONGEST,
) -> Any:
    """A text of several lines, guarded."""
    checks: list[Any] = [when] if when else [Needed()] if needed else []
    return TextAreaField(
        label, [*checks, ShortEnough(longest), NoPersonalData()], description=help_text
    )
