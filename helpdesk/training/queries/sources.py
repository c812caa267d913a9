"""Three places to read coverage from, with the same columns: what is counted now, what the closing
of a year stored, and the rows themselves as of any day.

As of D: appointments of day D, trainings of the year held up to D, the tree and the status of
bodies of day D, all as known now (semantics 7).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    String,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from helpdesk.kernel.actor import ROOT_PATH
from helpdesk.kernel.instants import at_shanghai
from helpdesk.kernel.paths import below
from helpdesk.organizations.models import Affiliation, Body, BodySubsystem
from helpdesk.organizations.rules import BodyStatus, Kind, Shelf
from helpdesk.people.models import Appointment, AppointmentPost, AppointmentSubsystem
from helpdesk.training.models.attendance import Trained
from helpdesk.training.models.closing import ClosedBody, ClosedWork
from helpdesk.training.models.counting import CountedBody, CountedWork
from helpdesk.training.rules.coverage import (
    CENTRAL,
    COUNTED_KINDS,
    COUNTED_POSTS,
    ROOT_NODE,
    TIERS,
    Standing,
)


@dataclass(frozen=True)
class Source:
    """`works`: columns of WorkColumns and appointment_id; `bodies`: of BodyColumns and body_id;
    `lines`: (office_id, node_id), every office with each node in whose range it lies.

    `stored`: `path` is a column that an index serves.
    """

    works: FromClause
    bodies: FromClause
    lines: FromClause
    stored: bool = True

    def scope(self, path: Any, top: str) -> ColumnElement[bool]:
        """Rows whose path lies in the range of `top`."""
        if self.stored or top == ROOT_PATH:
            return below(path, top)
        # A path put together here is compared by the collation of the database, a range is not.
        return path.startswith(top, autoescape=True)  # type: ignore[no-any-return]

    def narrowed(self, *, body_id: int | None = None, office_id: int | None = None,
                 kinds: Any = ()) -> Source:  # fmt: skip
        """Only one body, or the bodies of these kinds directly at an office, for the root node."""

        def some(table: FromClause) -> FromClause:
            chosen = select(table)
            if body_id is not None:
                return chosen.where(table.c.body_id == body_id).subquery()
            return chosen.where(
                table.c.office_id == office_id, table.c.kind.in_(list(kinds))
            ).subquery()

        # Everything left lies in the root, whatever office it hangs on.
        everywhere = select(
            some(self.bodies).c.office_id, literal(ROOT_NODE).label("node_id")
        ).distinct()
        side = select(some(self.works).c.office_id, literal(ROOT_NODE)).distinct()
        return Source(
            some(self.works), some(self.bodies), everywhere.union(side).subquery(), self.stored
        )


def counted() -> Source:
    """What is counted now."""
    return Source(CountedWork.__table__, CountedBody.__table__, lines(None))


def closed(label: int) -> Source:
    """What the closing of a year stored."""
    works = select(ClosedWork.__table__).where(ClosedWork.year == label).subquery()
    bodies = select(ClosedBody.__table__).where(ClosedBody.year == label).subquery()
    offices = select(bodies.c.body_id.label("id"), bodies.c.parent_id).where(
        bodies.c.kind.in_(list(TIERS))
    )
    return Source(works, bodies, _lines(offices.subquery()))


def of_rows(day: date, label: int, today: date) -> Source:
    """The rows as of a day of the year `label`."""
    past = day if day < today else None
    works = works_of(day, label, past).subquery()
    return Source(works, _bodies(day, past, works).subquery(), lines(past), past is None)


# --- the tree of a day -----------------------------------------------------------------------


def _moved(day: date) -> FromClause:
    """Bodies that belonged elsewhere on that day: body_id, parent_id. Of two affiliations of one
    day the later one holds."""
    later = aliased(Affiliation)
    overtaken = exists().where(
        later.body_id == Affiliation.body_id, later.id > Affiliation.id, later.since_on <= day
    )
    return (
        select(Affiliation.body_id, Affiliation.parent_id)
        .where(Affiliation.since_on <= day, Affiliation.until_on >= day, ~overtaken)
        .subquery()
    )


def _parents(past: date | None) -> Any:
    """Every body with its parent on that day (None: now): id, parent_id and the row `Body`."""
    if past is None:
        return select(Body.id, Body.parent_id)
    moved = _moved(past)
    parent = func.coalesce(moved.c.parent_id, Body.parent_id)
    return select(Body.id, parent.label("parent_id")).outerjoin(moved, moved.c.body_id == Body.id)


def lines(past: date | None) -> FromClause:
    """Every office with the nodes in whose range it lay on that day (None: now)."""
    return _lines(_parents(past).where(Body.shelf == Shelf.OFFICE).subquery())


def _lines(offices: FromClause) -> FromClause:
    start = select(
        offices.c.id.label("office_id"), offices.c.id.label("node_id"),
        offices.c.parent_id.label("above"),
    )  # fmt: skip
    up = start.cte(recursive=True)
    up = up.union_all(
        select(up.c.office_id, offices.c.id, offices.c.parent_id).join(
            offices, offices.c.id == up.c.above
        )
    )
    root = literal(ROOT_NODE, Integer)
    return union_all(
        select(up.c.office_id, up.c.node_id),
        select(offices.c.id, root),
        select(root.label("office_id"), root.label("node_id")),
    ).subquery()


def _paths(past: date) -> FromClause:
    """Offices of that day: id, kind and path, put together from the top."""
    offices = (
        _parents(past)
        .add_columns(Body.kind, cast(Body.id, Text).label("word"))
        .where(Body.shelf == Shelf.OFFICE)
        .subquery()
    )
    top = select(
        offices.c.id, offices.c.kind, (literal("/", Text) + offices.c.word + "/").label("path")
    ).where(offices.c.parent_id.is_(None))
    tree = top.cte(recursive=True)
    return tree.union_all(
        select(offices.c.id, offices.c.kind, tree.c.path + offices.c.word + "/").join(
            tree, tree.c.id == offices.c.parent_id
        )
    )


def places(day: date, past: date | None) -> Select[Any]:
    """Bodies active on that day, where they stood: body_id, kind, parent_id, office_id, tier, path,
    side."""
    of = _parents(past).subquery()
    office_id = case(
        (Body.shelf == Shelf.OFFICE, Body.id), else_=func.coalesce(of.c.parent_id, ROOT_NODE)
    )
    office, kind, path = _office(past)
    return (
        select(
            Body.id.label("body_id"),
            Body.kind,
            of.c.parent_id,
            office_id.label("office_id"),
            _tier(kind).label("tier"),
            path.label("path"),
            Body.kind.not_in(list(COUNTED_KINDS)).label("side"),
        )
        .join(of, of.c.id == Body.id)
        .outerjoin(office, office_id == (office.id if past is None else office.c.id))
        .where(_was_active(day))
    )


def _office(past: date | None) -> tuple[Any, Any, Any]:
    """The office of a body on that day, its kind, and the path of the body."""
    if past is None:
        now = aliased(Body)
        return now, now.kind, Body.path
    then = _paths(past)
    above = func.coalesce(then.c.path, literal(ROOT_PATH, Text))
    path = case(
        (Body.shelf == Shelf.OFFICE, then.c.path),
        else_=above + cast(Body.id, Text) + "/",
    )
    return then, then.c.kind, path


def _tier(office_kind: Any) -> ColumnElement[str]:
    words = [(office_kind == kind, literal(tier, String)) for kind, tier in TIERS.items()]
    central = (Body.kind == Kind.CENTRAL_HEI, literal(CENTRAL, String))
    return case(central, *words, else_=literal("", String))


def _was_active(day: date) -> ColumnElement[bool]:
    # By `status_since` alone: what was set later than the day was active before, if it was there.
    end = at_shanghai(day + timedelta(days=1), time())
    return or_(
        and_(Body.status == BodyStatus.ACTIVE, Body.status_since <= day),
        and_(Body.status != BodyStatus.ACTIVE, Body.status_since > day, Body.created_at < end),
    )


# --- who is counted --------------------------------------------------------------------------


def works_of(day: date, label: int, past: date | None) -> Select[Any]:
    """Appointments counted on that day, with the training of the year held up to it."""
    place = places(day, past).subquery()
    counted_post = exists().where(
        AppointmentPost.appointment_id == Appointment.id, AppointmentPost.post.in_(COUNTED_POSTS)
    )
    held = and_(
        Trained.person_id == Appointment.person_id,
        Trained.year == label,
        Trained.trained_on <= day,
        Trained.void.is_(False),
    )
    return (
        select(
            Appointment.id.label("appointment_id"), Appointment.person_id, Appointment.body_id,
            place.c.path, place.c.kind, place.c.tier, place.c.office_id, place.c.side,
            _posts().label("posts"), _subsystems().label("subsystems"), Appointment.joined_on,
            Appointment.on_leave_since, Appointment.on_leave_until, Trained.trained_on,
            Trained.mode,
        )
        .join(place, place.c.body_id == Appointment.body_id)
        .outerjoin(Trained, held)
        .where(
            Appointment.joined_on <= day,
            or_(Appointment.left_on.is_(None), Appointment.left_on > day),
            or_(place.c.side, counted_post),
        )
    )  # fmt: skip


def _posts() -> ColumnElement[str]:
    words = select(func.aggregate_strings(cast(AppointmentPost.post, String), " ")).where(
        AppointmentPost.appointment_id == Appointment.id
    )
    return func.coalesce(words.correlate(Appointment).scalar_subquery(), "")


def _subsystems() -> ColumnElement[str]:
    # Who names none works with all of the school.
    own = select(func.aggregate_strings(cast(AppointmentSubsystem.subsystem, String), " ")).where(
        AppointmentSubsystem.appointment_id == Appointment.id
    )
    school = used_by(Appointment.body_id)
    return func.coalesce(own.correlate(Appointment).scalar_subquery(), school, "")


def used_by(body_id: Any) -> ColumnElement[str]:
    """The subsystems of a body as words with blanks; NULL: none."""
    words = select(func.aggregate_strings(cast(BodySubsystem.subsystem, String), " "))
    return words.where(BodySubsystem.body_id == body_id).scalar_subquery()


def _bodies(day: date, past: date | None, works: FromClause) -> Select[Any]:
    place = places(day, past).subquery()
    persons = (
        select(
            works.c.body_id,
            func.count(works.c.person_id.distinct()).label("active"),
            func.count(trained_person(works).distinct()).label("trained"),
        )
        .where(~works.c.side)
        .group_by(works.c.body_id)
        .subquery()
    )
    active = func.coalesce(persons.c.active, 0)
    trained = func.coalesce(persons.c.trained, 0)
    return (
        select(
            place.c.body_id, place.c.parent_id, place.c.path, place.c.kind, place.c.tier,
            place.c.office_id, func.coalesce(used_by(place.c.body_id), "").label("subsystems"),
            active.label("active"), trained.label("trained"),
            _standing(active, trained).label("standing"),
        )
        .outerjoin(persons, persons.c.body_id == place.c.body_id)
        .where(~place.c.side)
    )  # fmt: skip


def trained_person(works: FromClause) -> ColumnElement[int]:
    """The person where trained, NULL where not: to be counted."""
    return case((works.c.mode.is_not(None), works.c.person_id), else_=null())


def _standing(active: Any, trained: Any) -> ColumnElement[Any]:
    return cast(
        case(
            (active == 0, Standing.NO_ROSTER.value),
            (trained == 0, Standing.NONE_TRAINED.value),
            (trained == active, Standing.ALL_TRAINED.value),
            else_=Standing.SOME_TRAINED.value,
        ),
        CountedBody.standing.type,
    )
