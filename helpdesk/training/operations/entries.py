"""What a form says about a session, and what is refused in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, Final

from sqlalchemy import select

from helpdesk.catalog import queries as catalog
from helpdesk.kernel.actor import within
from helpdesk.kernel.db import session as database
from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.text import N_
from helpdesk.organizations.models import Body
from helpdesk.organizations.rules import SCHOOL_KINDS, Kind, Subsystem
from helpdesk.training.access import range_of
from helpdesk.training.models.sessions import Plan, Series
from helpdesk.training.queries import quizzes
from helpdesk.training.rules.audience import EVERYBODY, Limits
from helpdesk.training.rules.sessions import Mode

LONGEST_DAY: Final = timedelta(hours=12)
LONGEST: Final = timedelta(days=120)
MOST_MINUTES: Final = 60 * 24 * 10
MOST_PLACES: Final = 100_000
_LINK: Final = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)


class FieldRefused(RuleBroken):
    """One field of a form is wrong; `field` is its name."""

    field: ClassVar[str] = ""


class TitleMissing(FieldRefused):
    """A session has a name."""

    sentence = N_("请填写培训名称（最多120个字）。")
    field = "title"


class TimesWrong(FieldRefused):
    """It ends after it begins, and does not last for ever."""

    sentence = N_("结束时间要晚于开始时间，一期最长120天。请核对两个时间。")
    field = "ends_at"


class MinutesMissing(FieldRefused):
    """What lasts for days has minutes of its own."""

    sentence = N_("跨天的培训请填写学时（分钟）。")
    field = "minutes"


class MinutesWrong(FieldRefused):
    """More minutes than there are between beginning and end, or none."""

    sentence = N_("学时要大于0分钟，并且不超过开始到结束的时间。")
    field = "minutes"


class PlaceMissing(FieldRefused):
    """Who is to come must know where."""

    sentence = N_("线下培训请填写地点。")
    field = "place"


class LinkMissing(FieldRefused):
    """Who is to take part online must know where."""

    sentence = N_("线上培训请填写网址。")
    field = "link"


class LinkWrong(FieldRefused):
    """Only addresses that a browser opens as a page."""

    sentence = N_("网址要以 http:// 或 https:// 开头。请从会议或学习平台复制完整网址。")
    field = "link"


class CapacityWrong(FieldRefused):
    """A number of places, or no limit."""

    sentence = N_("名额请填1到100000的整数，不限就留空。")
    field = "capacity"


class CapacityTaken(FieldRefused):
    """More people are enrolled than that."""

    sentence = N_("已有%(taken)s人报名，名额不能少于这个数。请先把多出的人移出名单。")
    field = "capacity"


class UnknownCard(FieldRefused):
    """No such problem card."""

    sentence = N_("没有问题卡片“%(code)s”。请从列出的问题中选择。")
    field = "cards"


class NodeOutside(FieldRefused):
    """An audience lies below its organiser."""

    sentence = N_("对象范围只能选本单位以下的单位。没有找到的代码：%(code)s。请核对后重填。")
    field = "nodes"


class KindOutside(FieldRefused):
    """A school trains its own staff only."""

    sentence = N_("学校只培训本校人员，不用再选机构类型和地区。")
    field = "kinds"


class QuizMissing(FieldRefused):
    """The setting asks for a check, so the session names one."""

    sentence = N_("按本单位的设置，参训须测验合格。请选择一份测验。")
    field = "quiz"


class UnknownQuiz(FieldRefused):
    """No such pool of questions."""

    sentence = N_("没有这份测验。请从列出的测验中选择。")
    field = "quiz"


class HeldAlready(FieldRefused):
    """What made trainings of it would change without a word of why."""

    sentence = N_("这期培训已结束，日期、方式和学时不能再改。确实写错的，请先重新打开并写明原因。")
    field = "day"


class SeriesElsewhere(FieldRefused):
    """A series belongs to its organiser."""

    sentence = N_("没有这个系列。请选择本单位的系列。")
    field = "series_id"


class PlanElsewhere(FieldRefused):
    """A session belongs to a plan of its own or an upper office."""

    sentence = N_("没有这个培训计划。请选择本单位或上级的计划。")
    field = "plan_id"


@dataclass(frozen=True)
class SessionEntry:
    """What a form says. `minutes` None: from beginning to end; `capacity` None: no limit."""

    title: str
    mode: Mode
    starts_at: datetime
    ends_at: datetime
    about: str = ""
    minutes: int | None = None
    place: str = ""
    link: str = ""
    capacity: int | None = None
    trainers: str = ""
    quiz: str = ""
    series_id: int | None = None
    plan_id: int | None = None
    cards: tuple[str, ...] = ()
    subsystems: tuple[Subsystem, ...] = ()
    limits: Limits = EVERYBODY


def checked(organizer: Body, entry: SessionEntry, *, check_required: bool) -> SessionEntry:
    """The entry, trimmed and judged; `minutes` is filled in. Raises a FieldRefused."""
    given = replace(
        entry,
        title=" ".join(entry.title.split()),
        place=entry.place.strip(),
        link=entry.link.strip(),
        trainers=entry.trainers.strip(),
        about=entry.about.strip(),
    )
    if not 0 < len(given.title) <= 120:
        raise TitleMissing
    given = replace(given, minutes=_minutes(given))
    _check_place(given)
    _check_topics(given, check_required=check_required)
    _check_limits(organizer, given.limits)
    _check_groups(organizer, given)
    return given


def _minutes(given: SessionEntry) -> int:
    length = given.ends_at - given.starts_at
    if not timedelta(0) < length <= LONGEST:
        raise TimesWrong
    whole = int(length.total_seconds() // 60)
    if given.minutes is None and length > LONGEST_DAY:
        raise MinutesMissing
    minutes = whole if given.minutes is None else given.minutes
    if not 0 < minutes <= min(whole, MOST_MINUTES):
        raise MinutesWrong
    return minutes


def _check_place(given: SessionEntry) -> None:
    if given.mode is not Mode.ONLINE and not given.place:
        raise PlaceMissing
    if given.mode is not Mode.OFFLINE and not given.link:
        raise LinkMissing
    if given.link and not _LINK.fullmatch(given.link):
        raise LinkWrong
    if given.capacity is not None and not 0 < given.capacity <= MOST_PLACES:
        raise CapacityWrong


def _check_topics(given: SessionEntry, *, check_required: bool) -> None:
    known = {card.code for card in catalog.cards()}
    for code in given.cards:
        if code not in known:
            raise UnknownCard(code=code)
    if given.quiz and given.quiz not in {pool.key for pool in quizzes.pools()}:
        raise UnknownQuiz
    if check_required and not given.quiz:
        raise QuizMissing


def _check_limits(organizer: Body, limits: Limits) -> None:
    if organizer.kind in SCHOOL_KINDS and organizer.kind is not Kind.CENTRAL_HEI:
        if limits.kinds or limits.nodes:
            raise KindOutside
        return
    rows = select(Body.id, Body.path).where(Body.id.in_(limits.nodes))
    inside = {i for i, path in database().execute(rows) if within(path, range_of(organizer))}
    outside = limits.nodes - inside
    if outside:
        raise NodeOutside(code=", ".join(map(str, sorted(outside))))


def _check_groups(organizer: Body, given: SessionEntry) -> None:
    if given.series_id is not None:
        series = database().get(Series, given.series_id)
        if series is None or series.organizer_id != organizer.id:
            raise SeriesElsewhere
    if given.plan_id is not None:
        plan = database().get(Plan, given.plan_id)
        if plan is None or not within(organizer.path, _range_of(plan)):
            raise PlanElsewhere


def _range_of(plan: Plan) -> str:
    return range_of(database().get_one(Body, plan.owner_id))
