"""Forms of signing in and of passwords."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo, Length

_NOT_EMPTY = DataRequired(_l("请填写这一项。"))
_LONGEST = Length(max=256, message=_l("太长了，最多256个字符。"))


class SignInForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """User name and password (or one-time code)."""

    user_name = StringField(
        _l("用户名"),
        [_NOT_EMPTY, _LONGEST],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("密码或一次性口令"),
        [_NOT_EMPTY, _LONGEST],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


class NewPasswordForm(FlaskForm):  # type: ignore[misc]
    """A password of one's own choice, twice."""

    new = PasswordField(
        _l("新密码"), [_NOT_EMPTY, _LONGEST], render_kw={"autocomplete": "new-password"}
    )
    again = PasswordField(
        _l("再输一次新密码"),
        [_NOT_EMPTY, _LONGEST, EqualTo("new", _l("两次输入的新密码不一样，请重新输入。"))],
        render_kw={"autocomplete": "new-password"},
    )


class ChangePasswordForm(NewPasswordForm):
    """The same for somebody who has a password already."""

    current = PasswordField(
        _l("现在的密码"), [_NOT_EMPTY, _LONGEST], render_kw={"autocomplete": "current-password"}
    )
