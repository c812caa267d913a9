"""Series of sessions that make one training together, and cascades down the tiers (S-3.3.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import delete, func, select

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session as database
from helpdesk.kernel.errors import Conflict, RuleBroken
from helpdesk.kernel.statements import changed
from helpdesk.kernel.text import N_
from helpdesk.organizations.models import Body
from helpdesk.organizations.rules import Kind
from helpdesk.training.models.sessions import Plan, PlanStage, Series, Session
from helpdesk.training.operations import acts, crediting
from helpdesk.training.operations.acts import Click
from helpdesk.training.operations.entries import FieldRefused, TitleMissing
from helpdesk.training.rules.sessions import HELD, Act

MOST_NEEDED = 30
# The tiers of a cascade, from the top down, and those that an office of each kind can charge.
TIERS = (Kind.PROVINCE_AID, Kind.CITY_AID, Kind.COUNTY_AID, Kind.SCHOOL)


class NeededWrong(FieldRefused):
    """So many sessions of a series make one training."""

    sentence = N_("请填写几次算一次培训（1到30）。")
    field = "needed"


class StageMissing(FieldRefused):
    """A cascade has at least one stage."""

    sentence = N_("请至少给一级单位定一个完成日期。")
    field = "stages"


class StagesOutOfOrder(FieldRefused):
    """Who is to train others is trained first."""

    sentence = N_("下级的完成日期不能早于上级的。请核对各级日期。")
    field = "stages"


class StageNotYours(FieldRefused):
    """A stage is of the owner's own tier or below."""

    sentence = N_("只能给本级和下级单位定日期。")
    field = "stages"


class PlanChangedMeanwhile(Conflict):
    """Somebody else saved first."""

    sentence = N_("您打开之后有人改过这个计划。下面是您填的内容，请核对后再保存一次。")


class NoSuchSession(RuleBroken):
    """A session of another organiser, or none."""

    sentence = N_("只能把本单位的培训加入系列。请刷新页面后重选。")
    field: ClassVar[str] = "sessions"


@dataclass(frozen=True)
class PlanEntry:
    """What a form says about a cascade: until when each kind of office holds its session."""

    title: str
    year: int
    about: str = ""
    stages: Mapping[Kind, date] | None = None


def make_series(*, organizer: Body, title: str, needed: int, once: str, now: datetime) -> Series:
    """A series; `needed` of its sessions make one training. The same `once`: the same series."""
    done = database().scalar(select(Series).where(Series.once == once))
    if done is not None:
        return done
    made = Series(
        organizer_id=organizer.id,
        title=_titled(title),
        needed=_counted(needed),
        created_at=now,
        once=once,
    )
    database().add(made)
    database().flush()
    return made


def _titled(title: str) -> str:
    found = " ".join(title.split())
    if not 0 < len(found) <= 120:
        raise TitleMissing
    return found


def _counted(needed: int) -> int:
    if not 1 <= needed <= MOST_NEEDED:
        raise NeededWrong
    return needed


def edit_series(*, series: Series, title: str, needed: int, now: datetime) -> None:
    """Another name, or another number of sessions: who was there is counted anew."""
    before = series.needed
    series.title, series.needed = _titled(title), _counted(needed)
    database().flush()
    if before != needed:
        _settle(series, now)


def add_session(*, series: Series, session: Session, click: Click) -> None:
    """The session becomes one of the series. Raises NoSuchSession, NotNow."""
    if session.organizer_id != series.organizer_id:
        raise NoSuchSession
    if session.series_id == series.id:
        return
    acts.claim(session, Act.EDITED, click)
    acts.require(session, Act.EDITED)
    session.series_id = series.id
    database().flush()
    _settle(series, click.now)


def _settle(series: Series, now: datetime) -> None:
    held = select(Session.id).where(Session.series_id == series.id, Session.state.in_(sorted(HELD)))
    crediting.settle(acts.attended(list(database().scalars(held))), now=now)


def make_plan(*, actor: Actor, owner: Body, entry: PlanEntry, once: str, now: datetime) -> Plan:
    """A cascade below `owner`. The same `once` again gives the same plan. Raises a FieldRefused."""
    done = database().scalar(select(Plan).where(Plan.once == once))
    if done is not None:
        return done
    stages = _stages(owner, entry)
    made = Plan(
        owner_id=owner.id,
        year=entry.year,
        title=_titled(entry.title),
        about=entry.about.strip(),
        created_by=actor.person_id,
        created_at=now,
        once=once,
    )
    database().add(made)
    database().flush()
    _write_stages(made, stages)
    return made


def edit_plan(*, plan: Plan, entry: PlanEntry, version: int) -> None:
    """Other words or days. Raises PlanChangedMeanwhile, a FieldRefused."""
    stages = _stages(database().get_one(Body, plan.owner_id), entry)
    taken = (
        database()
        .execute(select(Plan.version).where(Plan.id == plan.id).with_for_update())
        .scalar_one()
    )
    if taken != version:
        raise PlanChangedMeanwhile
    plan.title, plan.about, plan.year = _titled(entry.title), entry.about.strip(), entry.year
    plan.version = version + 1
    changed(delete(PlanStage).where(PlanStage.plan_id == plan.id))
    database().flush()
    _write_stages(plan, stages)


def tiers_of(owner: Kind) -> tuple[Kind, ...]:
    """The tiers that a plan of such an owner can charge, its own first."""
    return TIERS[TIERS.index(owner) :] if owner in TIERS else TIERS


def _stages(owner: Body, entry: PlanEntry) -> dict[Kind, date]:
    given = dict(entry.stages or {})
    if not given:
        raise StageMissing
    if not set(given) <= set(tiers_of(owner.kind)):
        raise StageNotYours
    days = [given[kind] for kind in TIERS if kind in given]
    if days != sorted(days):
        raise StagesOutOfOrder
    return given


def _write_stages(plan: Plan, stages: Mapping[Kind, date]) -> None:
    database().add_all(
        PlanStage(plan_id=plan.id, kind=kind.value, due_on=day) for kind, day in stages.items()
    )
    database().flush()


def drop_plan(*, plan: Plan) -> None:
    """A plan that no session belongs to may go. Raises PlanInUse."""
    used = select(func.count()).where(Session.plan_id == plan.id)
    if database().scalar(used):
        raise PlanInUse
    database().delete(plan)
    database().flush()


class PlanInUse(Conflict):
    """Sessions belong to it."""

    sentence = N_("已有培训属于这个计划，不能删除。请先在那些培训里改选计划。")
