"""Forms of an article: writing it, the words that come with a verb, whether it helped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, Form, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields import Field
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Optional

from helpdesk.catalog import queries as catalog
from helpdesk.filing.queries import tables
from helpdesk.kernel.errors import NotFound
from helpdesk.knowledge.rules.articles import (
    AUDIENCE_NAMES,
    LONGEST_BODY,
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    LONGEST_WORDS,
    WHY_NAMES,
    Audience,
    Content,
    Why,
)
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import Subsystem
from helpdesk.web.cases.forms import ActForm, named_choice, ticks
from helpdesk.web.shell.fields import Needed, NoPersonalData, ShortEnough, words
from helpdesk.web.shell.marks import named_text, subsystem_text

_SPLIT = re.compile(r"[\s,，、;；]+")
_CLAUSE = re.compile(r"S-\d+(?:\.\d+){1,3}[A-Z]?", re.ASCII)


class _KnownItems:
    """Ids of filing items, as they stand in the calendar."""

    def __call__(self, _form: Form, field: Field) -> None:
        for word in _listed(field.data):
            try:
                tables.item(word.upper())
            except NotFound as unknown:
                message = _("没有编号为“%(id)s”的填报事项。编号见填报日历的附件原文对照。", id=word)
                raise ValidationError(message) from unknown


class _Clauses:
    """Clauses of the notice, as articles cite them."""

    def __call__(self, _form: Form, field: Field) -> None:
        for word in _listed(field.data):
            if not _CLAUSE.fullmatch(word.upper()):
                raise ValidationError(_("“%(word)s”不是条款号，请写成 S-2.1.4。", word=word))


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(word for word in _SPLIT.split(text or "") if word)


class ArticleForm(ActForm):
    """An article; all but the title may wait until it is submitted."""

    body_id = SelectField(_l("哪个单位的文章"), validate_choice=False)
    title = StringField(
        _l("标题"),
        [Needed(), ShortEnough(LONGEST_TITLE), NoPersonalData()],
        description=_l("用提问的人会说的话，最多40个字。"),
    )
    summary = StringField(
        _l("一句话说明"),
        [ShortEnough(LONGEST_SUMMARY), NoPersonalData()],
        description=_l("列表和搜索结果里显示，最多80个字。"),
    )
    body = TextAreaField(
        _l("正文"),
        [ShortEnough(LONGEST_BODY), NoPersonalData()],
        description=_l(
            "先写两三句答案，再分“## 小标题”。步骤写“1. 2. 3.”；要复制的内容放在`反引号`里；"
            "表格用竖线；链接写成[标题](article:howto/two-accounts)、(item:VO-08)、(card:ACC-4a)。"
        ),
    )
    cards = ticks(_l("问题卡片"), description=_l("回答哪类问题；提问时按卡片推荐给用户。"))
    subsystems = ticks(_l("子系统"), description=_l("都不选就是全部子系统。"))
    audience = ticks(_l("写给谁看"), description=_l("都不选就是所有人。"))
    items = StringField(
        _l("填报事项编号"), [_KnownItems()], description=_l("例如 VO-08，几个编号用逗号隔开。")
    )
    clauses = StringField(
        _l("依据的条款"), [_Clauses()], description=_l("例如 S-2.1.4，几个条款用逗号隔开。")
    )
    why = StringField(
        _l("改了什么"),
        [ShortEnough(LONGEST_WORDS), NoPersonalData()],
        description=_l("写给以后看版本的人。"),
    )

    def offer(self, bodies: Sequence[BodyView]) -> None:
        """Set the choices. Bodies: whose article it is; nothing to choose where there is one."""
        self.body_id.choices = [named_choice(body) for body in bodies]
        self.subsystems.choices = [SelectChoice(s.value, subsystem_text(s)) for s in Subsystem]
        self.audience.choices = [SelectChoice(a.value, _(AUDIENCE_NAMES[a])) for a in Audience]
        self.cards.choices = [
            SelectChoice(card.code, f"{card.code} {named_text(card)}") for card in catalog.cards()
        ]

    def show(self, content: Content) -> None:
        """Fill in what is known."""
        for name in ("title", "summary", "body"):
            self[name].data = getattr(content, name)
        self.cards.data = list(content.cards)
        self.subsystems.data = [word.value for word in content.subsystems]
        self.audience.data = [word.value for word in content.audience]
        self.items.data = ", ".join(content.items)
        self.clauses.data = ", ".join(content.clauses)

    def content(self) -> Content:
        """What was filled in; words we do not know are left out."""
        codes = {card.code for card in catalog.cards()}
        return Content(
            title=self.title.data or "",
            summary=self.summary.data or "",
            body=self.body.data or "",
            cards=tuple(code for code in self.cards.data or () if code in codes),
            subsystems=tuple(Subsystem(s) for s in self.subsystems.data or () if s in _SUBSYSTEMS),
            audience=tuple(Audience(a) for a in self.audience.data or () if a in _AUDIENCES),
            items=tuple(word.upper() for word in _listed(self.items.data)),
            clauses=tuple(word.upper() for word in _listed(self.clauses.data)),
        )


_SUBSYSTEMS = frozenset(Subsystem)
_AUDIENCES = frozenset(Audience)


class WordsForm(ActForm):
    """A verb that may say something."""

    words = words(_l("说明"), needed=False, longest=LONGEST_WORDS)


class ReasonForm(ActForm):
    """A verb that must say why."""

    words = words(_l("原因"), longest=LONGEST_WORDS)


def _review_day(*checks: Any) -> Any:
    return DateField(
        _l("下次复核日期"), [*checks], description=_l("到这一天提醒本单位再看一遍是否还适用。")
    )


class PublishForm(ActForm):
    """Published now, looked at again later."""

    review_on = _review_day(Optional())
    words = words(_l("说明"), needed=False, longest=LONGEST_WORDS)

    def suggest(self, today: date) -> None:
        """Half a year from now is soon enough for most rules."""
        self.review_on.data = self.review_on.data or today + timedelta(days=182)


class KeepForm(PublishForm):
    """It was read again and still holds."""

    review_on = _review_day(Needed())


class HelpedForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """Why an article did not help."""

    why = SelectField(_l("哪里不合适"), validate_choice=False)
    words = words(_l("还想说的"), needed=False, longest=LONGEST_WORDS)

    def offer(self) -> None:
        """Set the choices."""
        self.why.choices = [("", _("请选择")), *((w.value, _(WHY_NAMES[w])) for w in Why)]

    def reason(self) -> Why | None:
        """What was chosen."""
        return Why(self.why.data) if self.why.data in set(Why) else None
