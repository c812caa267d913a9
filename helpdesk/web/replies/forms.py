"""The form of a reply kept ready."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectMultipleField, StringField, widgets

from helpdesk.catalog import queries as catalog
from helpdesk.kernel import ids
from helpdesk.knowledge.rules.replies import LONGEST, LONGEST_TITLE
from helpdesk.web.shell.fields import Needed, NoPersonalData, ShortEnough, once_field, words
from helpdesk.web.shell.marks import named_text

if TYPE_CHECKING:
    from helpdesk.knowledge.models.replies import OwnReply


class ReplyForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """Title, text with variables, the cards it is meant for."""

    version = HiddenField()
    once = once_field()
    title = StringField(_l("标题"), [Needed(), ShortEnough(LONGEST_TITLE), NoPersonalData()])
    text = words(_l("回复内容"), longest=LONGEST)
    cards: Any = SelectMultipleField(
        _l("适用的问题卡片"),
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
        description=_l("都不选时，所有问题都可以用。"),
    )

    def begin(self, reply: OwnReply | None = None) -> None:
        """A fresh token, and what is there already."""
        self.once.data = ids.token()
        self.version.data = str(reply.version if reply else 1)
        if reply is not None:
            self.title.data, self.text.data = reply.title, reply.text
            self.cards.data = list(reply.cards)

    def offer(self) -> None:
        """Every card."""
        self.cards.choices = [(c.code, f"{c.code} {named_text(c)}") for c in catalog.cards()]

    @property
    def said(self) -> dict[str, Any]:
        """As arguments of the operations."""
        return {"title": self.title.data, "text": self.text.data, "cards": self.cards.data or []}
