"""The notice as it is typed or pasted."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField

from helpdesk.web.shell.fields import Needed, ShortEnough

LONGEST_NOTICE = 20_000


class NoticeForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """`seen`: fingerprint of what the preview showed; empty until there was one."""

    text = TextAreaField(
        _l("放假安排"),
        [Needed(), ShortEnough(LONGEST_NOTICE)],
        description=_l("每天一行；off 写放假的日期，works 写调休上班的周六、周日。"),
        render_kw={"spellcheck": "false", "autocomplete": "off"},
    )
    seen = HiddenField()
