"""Forms of a good case: writing it, and the words that come with a verb."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from markupsafe import escape
from wtforms import (
    BooleanField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    widgets,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from helpdesk.catalog import queries as catalog
from helpdesk.files.queries import StoredFile
from helpdesk.kernel import ids
from helpdesk.knowledge.queries.cases import CaseView
from helpdesk.knowledge.rules.cases import LONGEST_LINE, Entry
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import Subsystem
from helpdesk.web.shell.fields import Needed, NoPersonalData, ShortEnough, once_field, words
from helpdesk.web.shell.marks import named_text, subsystem_text, zh


def ticks(label: Any, **more: Any) -> SelectMultipleField:
    """Several choices as tick boxes."""
    return SelectMultipleField(
        label,
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
        validate_choice=False,
        **more,
    )


def named_choice(body: BodyView) -> SelectChoice:
    """An option holds no element: a name that is Chinese only is marked on the option itself."""
    words = named_text(body)
    chinese = zh(words) != escape(words)
    return SelectChoice(str(body.id), words, render_kw={"lang": "zh-CN"} if chinese else {})


class ActForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """What every form about a case carries."""

    version = HiddenField()
    once = once_field()

    @property
    def seen_version(self) -> int:
        """The version that the reader saw; nonsense is a version nobody has."""
        return ids.version_number(self.version.data)

    def renew(self, version: int) -> None:
        """A fresh token, and the version the page shows now."""
        self.once.data = ids.token()
        self.version.data = str(version)


class CaseForm(ActForm):
    """A case; all but the title may wait until it is submitted."""

    body_id = SelectField(_l("以哪个单位的名义"), validate_choice=False)
    title = StringField(_l("标题"), [Needed(), ShortEnough(LONGEST_LINE), NoPersonalData()])
    situation = words(
        _l("背景和问题"), needed=False, help_text=_l("什么情况、影响多大；涉及学生的只写人数。")
    )
    measures = words(_l("做法"), needed=False, help_text=_l("一步一步写，同行能照着做。"))
    result = words(_l("成效"), needed=False, help_text=_l("用数字说话，例如同类问题少了多少。"))
    advice = words(_l("给同行的建议"), needed=False)
    subsystems = ticks(_l("子系统"))
    cards = ticks(_l("问题卡片"), description=_l("问题卡片和子系统至少选一项，同行才找得到。"))
    kept = ticks(_l("已有附件"), description=_l("去掉勾选就不再附上。"))
    files = MultipleFileField(
        _l("附件"),
        description=_l("PNG、JPEG、PDF、XLSX、CSV、DOCX。涉及学生的只写人数，不传名单。"),
    )
    no_students = BooleanField(_l("图片里看不到学生信息"))

    def offer(self, bodies: Sequence[BodyView], files: Sequence[StoredFile] = ()) -> None:
        """Set the choices. Bodies: in whose name; nothing to choose where there is one."""
        self.body_id.choices = [named_choice(body) for body in bodies]
        self.subsystems.choices = [SelectChoice(s.value, subsystem_text(s)) for s in Subsystem]
        self.cards.choices = [
            SelectChoice(card.code, f"{card.code} {named_text(card)}") for card in catalog.cards()
        ]
        self.kept.choices = [SelectChoice(str(f.id), zh(f.name)) for f in files]

    def show(self, case: CaseView) -> None:
        """Fill in what is known."""
        entry = case.entry
        for name in ("title", "situation", "measures", "result", "advice"):
            self[name].data = getattr(entry, name)
        self.cards.data = list(entry.cards)
        self.subsystems.data = [word.value for word in entry.subsystems]
        self.kept.data = [str(file.id) for file in case.files]
        self.renew(case.version)

    def entry(self) -> Entry:
        """What was filled in; words we do not know are left out."""
        codes = {card.code for card in catalog.cards()}
        return Entry(
            title=self.title.data or "",
            situation=self.situation.data or "",
            measures=self.measures.data or "",
            result=self.result.data or "",
            advice=self.advice.data or "",
            cards=tuple(code for code in self.cards.data or () if code in codes),
            subsystems=tuple(Subsystem(s) for s in self.subsystems.data or () if s in _SUBSYSTEMS),
        )

    def kept_ids(self) -> tuple[int, ...]:
        """Files that stay."""
        numbers = map(ids.row_number, self.kept.data or ())
        return tuple(number for number in numbers if number is not None)


_SUBSYSTEMS = frozenset(Subsystem)


class WordsForm(ActForm):
    """A verb that may say something."""

    words = words(_l("说明"), needed=False)


class ReasonForm(ActForm):
    """A verb that must say why."""

    words = words(_l("原因"))
