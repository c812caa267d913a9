"""One's own telephone, mail and language."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Length

LANGUAGE_NAMES = [SelectChoice("zh", _l("中文")), SelectChoice("en", "English")]


class OwnForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """What a person may change about themselves."""

    mobile = StringField(
        _l("电话"),
        [Length(max=40)],
        render_kw={"inputmode": "tel", "autocomplete": "tel"},
    )
    mail = StringField(
        _l("邮箱"),
        [Length(max=254)],
        description=_l("通知发到这里。"),
        render_kw={"inputmode": "email", "autocomplete": "email", "spellcheck": "false"},
    )
    locale = RadioField(_l("界面和邮件的语言"), choices=LANGUAGE_NAMES, default="zh")
