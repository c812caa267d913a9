"""Forms of the roster, of accounts and of roles. What the rules refuse is shown at its field."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    widgets,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from helpdesk.kernel import ids
from helpdesk.kernel.errors import Refusal
from helpdesk.organizations.rules import Subsystem
from helpdesk.people import rules
from helpdesk.people.access.lists import WorkRow
from helpdesk.people.operations.entries import FieldRefused, PersonEntry, WorkEntry
from helpdesk.people.rules import Post
from helpdesk.web.people.words import post_text, role_text
from helpdesk.web.shell.errors import sentence_of
from helpdesk.web.shell.fields import once_field
from helpdesk.web.shell.marks import subsystem_text

NEEDED = DataRequired(_l("请填写这一项。"))
# Only asks whether anything was typed: what was typed wrong has its own sentence.
NEEDED_DAY = InputRequired(_l("请填写这一项。"))
NO_DAY = _l("请写成 2026-09-01 的样子。")


def _text(label: str, checks: Sequence[Any] = (), **more: Any) -> StringField:
    """A line of text."""
    return StringField(label, [*checks], **more)


def _ticks(label: str) -> SelectMultipleField:
    """Several choices as tick boxes; the rules judge what was chosen."""
    return SelectMultipleField(
        label,
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
        validate_choice=False,
    )


class Day(DateField):
    """A day; the wrong form is said in our own words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read `2026-09-01`, also with slashes; empty is no day."""
        self.data = None
        text = (valuelist[0] if valuelist else "").strip().replace("/", "-")
        if not text:
            return
        try:
            self.data = date.fromisoformat(text)
        except ValueError:
            raise ValueError(NO_DAY) from None


class WorkForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """An appointment: posts, subsystems, since when, leave."""

    posts = _ticks(_l("岗位"))
    subsystems = _ticks(_l("使用的子系统"))
    joined_on = Day(_l("到岗日期"), [NEEDED_DAY])

    def offer(self, posts: Sequence[Post], subsystems: Sequence[Subsystem]) -> None:
        """Set the choices that this body has."""
        self.posts.choices = [SelectChoice(post.value, post_text(post)) for post in posts]
        self.subsystems.choices = [SelectChoice(s.value, subsystem_text(s)) for s in subsystems]

    def entry(self) -> WorkEntry:
        """What was filled in; words we do not know are left out and then missed by the rules."""
        assert self.joined_on.data is not None
        return WorkEntry(
            joined_on=self.joined_on.data,
            posts=frozenset(Post(p) for p in self.posts.data or () if p in set(Post)),
            subsystems=frozenset(
                Subsystem(s) for s in self.subsystems.data or () if s in set(Subsystem)
            ),
        )


class PersonForm(FlaskForm):  # type: ignore[misc]
    """Name, number, telephone, mail. Never an ID number."""

    name = _text(_l("姓名"), [NEEDED, Length(max=80, message=_l("姓名最多80个字。"))])
    staff_no = _text(
        _l("工号"),
        [Length(max=40)],
        description=_l("本系统内的编号，不是身份证号。没有就留空，由系统编号。"),
    )
    mobile = _text(_l("电话"), [Length(max=40)], render_kw={"inputmode": "tel"})
    mail = _text(
        _l("邮箱"),
        [Length(max=254)],
        description=_l("通知发到这里。"),
        render_kw={"inputmode": "email", "spellcheck": "false"},
    )
    version = HiddenField()

    def person(self) -> PersonEntry:
        """What was filled in."""
        return PersonEntry(
            name=self.name.data or "",
            staff_no=self.staff_no.data or "",
            mobile=self.mobile.data or "",
            mail=self.mail.data or "",
        )


class NewPersonForm(PersonForm, WorkForm):
    """A person with a first appointment."""

    existing = BooleanField(_l("是同一个人，给已有人员增加任职"))
    once = once_field()


class EditWorkForm(WorkForm):
    """An appointment with its leave."""

    on_leave_since = Day(_l("请假开始"), [Optional()])
    on_leave_until = Day(
        _l("请假结束"), [Optional()], description=_l("请假的最后一天；还不知道就留空。")
    )

    def entry(self) -> WorkEntry:
        """What was filled in."""
        given = super().entry()
        return WorkEntry(
            joined_on=given.joined_on,
            posts=given.posts,
            subsystems=given.subsystems,
            on_leave_since=self.on_leave_since.data,
            on_leave_until=self.on_leave_until.data,
        )

    def show(self, work: WorkRow) -> None:
        """Fill in what is known."""
        self.posts.data = [post.value for post in work.posts]
        self.subsystems.data = [s.value for s in work.subsystems]
        self.joined_on.data = work.joined_on
        self.on_leave_since.data = work.on_leave_since
        self.on_leave_until.data = work.on_leave_until


class BodyCodeForm(FlaskForm):  # type: ignore[misc]
    """Which body: by its code."""

    body_code = _text(
        _l("机构代码"),
        [NEEDED, Length(max=20)],
        description=_l("学校填10位学校（机构）代码，资助部门填单位代码；在“机构”页可以查到。"),
    )


class LeaveBodyForm(FlaskForm):  # type: ignore[misc]
    """The first day on which the person is no longer here."""

    left_on = Day(
        _l("离岗日期"), [NEEDED_DAY], description=_l("从这一天起不在岗。本单位的角色随之撤销。")
    )


class OpenAccountForm(FlaskForm):  # type: ignore[misc]
    """The user name of a new account."""

    user_name = _text(
        _l("用户名"),
        [NEEDED, Length(max=64)],
        description=_l("3至64位小写字母、数字和 . _ @ -。口令由系统生成，不会等于用户名。"),
        render_kw={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"},
    )


class GrantForm(FlaskForm):  # type: ignore[misc]
    """A role on a node, from those that fit."""

    grant = SelectField(_l("角色"), [NEEDED], validate_choice=False)

    def offer(self, nodes: Sequence[tuple[str, str, Sequence[rules.Role]]]) -> None:
        """Choices by node: (`12` or `root`, name of the node, roles that fit)."""
        self.grant.choices = [
            SelectChoice(f"{node}:{role}", role_text(role), optgroup=name)
            for node, name, fitting in nodes
            for role in fitting
        ]

    def chosen(self) -> tuple[int | None, rules.Role] | None:
        """(body id or None for the root, role), or None when it was none of ours."""
        node, _colon, role = (self.grant.data or "").partition(":")
        body_id = ids.row_number(node)
        if role not in set(rules.Role) or (body_id is None and node != "root"):
            return None
        return body_id, rules.Role(role)


class MergeForm(FlaskForm):  # type: ignore[misc]
    """The numbers of two records of one person."""

    kept = _text(_l("保留的工号"), [NEEDED, Length(max=40)])
    merged = _text(_l("并入的工号"), [NEEDED, Length(max=40)])


def refuse(form: FlaskForm, refusal: Refusal) -> str:
    """Put a refusal at the field it is about; the sentence for the top where there is none."""
    sentence = sentence_of(refusal)
    field = form._fields.get(refusal.field) if isinstance(refusal, FieldRefused) else None
    if field is None:
        return sentence
    field.errors = [*field.errors, sentence]
    return ""
