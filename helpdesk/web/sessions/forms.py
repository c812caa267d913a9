"""Forms of sessions. What the rules refuse is shown at its field; what was typed stays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TimeField,
    ValidationError,
    widgets,
)
from wtforms.validators import InputRequired, Optional

from helpdesk.kernel import ids
from helpdesk.kernel.instants import at_shanghai, in_shanghai
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import SCHOOL_KINDS, Kind, Subsystem
from helpdesk.people.rules import Post
from helpdesk.privacy import rules as privacy
from helpdesk.training.operations.acts import LONGEST_REASON
from helpdesk.training.operations.entries import SessionEntry
from helpdesk.training.rules.audience import KINDS, POSTS, Limits
from helpdesk.training.rules.sessions import MODE_NAMES, Mode
from helpdesk.web.people.words import post_text
from helpdesk.web.shell.fields import Needed, NoPersonalData, ShortEnough, once_field, words
from helpdesk.web.shell.marks import kind_text, named, subsystem_text

MOST_FILES = 10
# Nobody trains outside them; and the ends of all time are no instants elsewhere.
YEARS = range(2000, 2100)
NEEDED = InputRequired(_l("请填写这一项。"))
NO_DAY = _l("请写成 2026-09-01 的样子。")
NO_TIME = _l("请写成 09:00 的样子。")


class Day(DateField):
    """A day, also with slashes; the wrong form is said in our own words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read `2026-09-01`."""
        self.data = None
        text = (valuelist[0] if valuelist else "").strip().replace("/", "-")
        try:
            self.data = date.fromisoformat(text) if text else None
        except ValueError:
            raise ValueError(NO_DAY) from None
        if self.data is not None and self.data.year not in YEARS:
            self.data = None
            raise ValueError(NO_DAY)


class Hour(TimeField):
    """A time of the day; the wrong form is said in our own words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read `9:00`, also with a full-width colon."""
        self.data = None
        text = (valuelist[0] if valuelist else "").strip().replace("：", ":")
        try:
            self.data = time.fromisoformat(text.zfill(5)[:5]) if text else None
        except ValueError:
            raise ValueError(NO_TIME) from None


def line(label: Any, longest: int, *, needed: bool = False, **more: Any) -> StringField:
    """A guarded line of text."""
    checks: list[Any] = [Needed()] if needed else []
    return StringField(label, [*checks, ShortEnough(longest), NoPersonalData()], **more)


def ticks(label: Any, **more: Any) -> SelectMultipleField:
    """Several choices as tick boxes; the rules judge what was chosen."""
    return SelectMultipleField(
        label,
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
        validate_choice=False,
        **more,
    )


def number(label: Any, **more: Any) -> StringField:
    """A whole number, or nothing."""
    return StringField(label, [ShortEnough(9)], render_kw={"inputmode": "numeric"}, **more)


def whole(field: StringField) -> int | None:
    """What a number field says; nonsense is a number that every rule refuses."""
    text = (field.data or "").strip()
    if not text:
        return None
    found = ids.row_number(text)
    return -1 if found is None else found


class ActForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """What every form about a session carries."""

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


class WithFiles(ActForm):
    """Forms that bring materials along."""

    files = MultipleFileField(
        _l("培训材料"), description=_l("PNG、JPEG、PDF、XLSX、CSV、DOCX，参加的人都能下载。")
    )
    no_students = BooleanField(_l("图片里看不到学生信息"))

    def validate_files(self, field: Any) -> None:
        """Not more than a few at once."""
        if len([f for f in field.data or () if f and f.filename]) > MOST_FILES:
            raise ValidationError(_("一次最多传%(most)s个附件。", most=MOST_FILES))


class SessionForm(WithFiles):
    """A session: what, when, where, for whom."""

    title = line(_l("培训名称"), 120, needed=True)
    mode = RadioField(_l("方式"), [NEEDED], default=Mode.OFFLINE.value)
    day = Day(_l("日期"), [NEEDED])
    from_time = Hour(_l("开始时间"), [NEEDED])
    to_time = Hour(_l("结束时间"), [NEEDED])
    last_day = Day(_l("结束日期"), [Optional()], description=_l("当天结束就留空。"))
    minutes = number(_l("学时（分钟）"), description=_l("留空就从开始算到结束；跨天的要填。"))
    place = line(_l("地点"), 200, description=_l("线下培训填写。"))
    link = StringField(
        _l("网址"),
        [ShortEnough(500), NoPersonalData((privacy.Kind.ID_CARD, privacy.Kind.STUDENT_NO))],
        description=_l("线上培训填写，只给名单里的人看。"),
        render_kw={"inputmode": "url", "spellcheck": "false"},
    )
    capacity = number(_l("名额"), description=_l("不限就留空；报满后自动排候补。"))
    trainers = line(_l("主讲"), 300)
    about = words(_l("内容说明"), needed=False, longest=2000)
    subsystems = ticks(_l("涉及的子系统"))
    cards = ticks(_l("涉及的问题"))
    kinds = ticks(_l("机构类型"))
    posts = ticks(_l("岗位"))
    served = ticks(_l("使用的子系统"))
    nodes = ticks(_l("下级单位"))
    node_codes = StringField(
        _l("其他单位代码"),
        [ShortEnough(2000)],
        description=_l("只邀请这些单位和它们的下级；用空格隔开。"),
    )
    quiz = SelectField(_l("测验"), validate_choice=False)
    series_id = SelectField(_l("系列"), validate_choice=False)
    plan_id = SelectField(_l("培训计划"), validate_choice=False)

    def offer(
        self,
        organizer: BodyView,
        *,
        cards: Iterable[tuple[str, str]],
        offices: Iterable[BodyView],
        quizzes: Iterable[tuple[str, str]],
        series: Iterable[tuple[int, str]],
        plans: Iterable[tuple[int, str]],
    ) -> None:
        """Set what may be chosen for this organiser; what it cannot have is taken out."""
        everything = [(s.value, subsystem_text(s)) for s in Subsystem]
        self.mode.choices = [(mode.value, _(name)) for mode, name in MODE_NAMES.items()]
        self.subsystems.choices = self.served.choices = everything
        self.cards.choices = list(cards)
        self.posts.choices = [(p.value, post_text(p)) for p in Post if p in POSTS]
        self.quiz.choices = [("", _("不安排测验")), *quizzes]
        self.series_id.choices = [("", _("不属于系列")), *_in_chinese(series)]
        self.plan_id.choices = [("", _("不属于计划")), *_in_chinese(plans)]
        if organizer.kind in SCHOOL_KINDS:
            del self.kinds, self.nodes, self.node_codes
            return
        kinds = [*(k for k in Kind if k in KINDS), *(k for k in Kind if k not in KINDS)]
        self.kinds.choices = [(kind.value, kind_text(kind)) for kind in kinds]
        self.nodes.choices = [(str(body.id), named(body)) for body in offices]

    def fill(self, entry: SessionEntry, codes: Sequence[str]) -> None:
        """Show what is known. `codes`: nodes that are not offered as ticks."""
        starts, ends = in_shanghai(entry.starts_at), in_shanghai(entry.ends_at)
        for name in ("title", "place", "link", "trainers", "about", "quiz"):
            self[name].data = getattr(entry, name)
        self.mode.data = entry.mode.value
        self.day.data, self.from_time.data = starts.date(), starts.time()
        self.to_time.data = ends.time()
        self.last_day.data = None if ends.date() == starts.date() else ends.date()
        length = int((entry.ends_at - entry.starts_at).total_seconds() // 60)
        self.minutes.data = "" if entry.minutes in (None, length) else str(entry.minutes)
        self.capacity.data = "" if entry.capacity is None else str(entry.capacity)
        self.series_id.data = str(entry.series_id or "")
        self.plan_id.data = str(entry.plan_id or "")
        self.cards.data = list(entry.cards)
        self.subsystems.data = [s.value for s in entry.subsystems]
        self._fill_limits(entry.limits, codes)

    def _fill_limits(self, limits: Limits, codes: Sequence[str]) -> None:
        self.posts.data = sorted(limits.posts)
        self.served.data = sorted(limits.subsystems)
        if self.kinds is not None:
            self.kinds.data = sorted(limits.kinds)
            self.nodes.data = [str(i) for i in sorted(limits.nodes)]
            self.node_codes.data = " ".join(codes)

    def starts_at(self) -> datetime:
        """When it begins."""
        assert self.day.data is not None
        assert self.from_time.data is not None
        return at_shanghai(self.day.data, self.from_time.data)

    def ends_at(self) -> datetime:
        """When it ends: on the same day unless another is given."""
        last = self.last_day.data or self.day.data
        assert last is not None
        assert self.to_time.data is not None
        return at_shanghai(last, self.to_time.data)

    def codes(self) -> list[str]:
        """The codes that were typed."""
        text = (self.node_codes.data or "") if self.node_codes is not None else ""
        return text.upper().replace(",", " ").replace("，", " ").replace("、", " ").split()

    def entry(self, typed_nodes: Iterable[int]) -> SessionEntry:
        """What was filled in; words we do not know are left out. `typed_nodes`: of the codes."""
        ticked = self.nodes.data or () if self.nodes is not None else ()
        nodes = {found for one in ticked if (found := ids.row_number(one)) is not None}
        kinds = self.kinds.data or () if self.kinds is not None else ()
        return SessionEntry(
            title=self.title.data or "",
            mode=Mode(self.mode.data),
            starts_at=self.starts_at(),
            ends_at=self.ends_at(),
            about=self.about.data or "",
            minutes=whole(self.minutes),
            place=self.place.data or "",
            link=self.link.data or "",
            capacity=whole(self.capacity),
            trainers=self.trainers.data or "",
            quiz=self.quiz.data or "",
            series_id=_chosen(self.series_id),
            plan_id=_chosen(self.plan_id),
            cards=tuple(self.cards.data or ()),
            subsystems=_known(Subsystem, self.subsystems.data),
            limits=Limits(
                nodes=frozenset({*nodes, *typed_nodes}),
                kinds=frozenset(_known(Kind, kinds)),
                subsystems=frozenset(_known(Subsystem, self.served.data)),
                posts=frozenset(_known(Post, self.posts.data)),
            ),
        )


def _in_chinese(rows: Iterable[tuple[int, str]]) -> list[Any]:
    """Choices that people have named: Chinese on every page."""
    return [(str(number_of), title, {"lang": "zh-CN"}) for number_of, title in rows]


def _chosen(field: SelectField) -> int | None:
    text = field.data or ""
    if not text:
        return None
    found = ids.row_number(text)
    return 0 if found is None else found


def _known(kind: Any, values: Iterable[str] | None) -> tuple[Any, ...]:
    return tuple(kind(value) for value in values or () if value in set(kind))


class CopyForm(ActForm):
    """The same again, on another date."""

    day = Day(_l("新的日期"), [NEEDED])
    from_time = Hour(_l("开始时间"), [NEEDED])

    def starts_at(self) -> datetime:
        """When it begins."""
        assert self.day.data is not None
        assert self.from_time.data is not None
        return at_shanghai(self.day.data, self.from_time.data)


class OpenForm(ActForm):
    """Invitations go out."""

    only_untrained = BooleanField(_l("只邀请本年度还没有培训的人"))


class ReasonForm(ActForm):
    """A verb that says why."""

    reason = words(_l("原因"), longest=LONGEST_REASON, help_text=_l("名单里的人会看到。"))


class MaterialForm(WithFiles):
    """More files for a session."""


class WalkInForm(FlaskForm):  # type: ignore[misc]
    """Somebody who stands in the room."""

    staff_no = StringField(_l("工号"), [Needed(), ShortEnough(40)])
    name = StringField(_l("姓名"), [Needed(), ShortEnough(80)])


class SeriesForm(ActForm):
    """A series: its name, and how many sessions make one training."""

    title = line(_l("系列名称"), 120, needed=True)
    needed = number(_l("参加几次算一次培训"))
