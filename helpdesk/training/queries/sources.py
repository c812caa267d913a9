"""Three places to read coverage from, with the same columns: what is counted now, what the closing
of a year stored, and the rows themselves as of any day.

As of D: appointments of day D, trainings of the year held up to D, the tree and the status of
bodies of day D, all as known now (semantics 7).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    column,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
    values,
)
from sqlalchemy.orm import aliased

from helpdesk.kernel.actor import ROOT_PATH
from helpdesk.kernel.instants import at_shanghai
from helpdesk.kernel.paths import below
from helpdesk.organizations.models import Body, BodyChange, BodySubsystem
from helpdesk.organizations.rules import BodyStatus, Change, Kind, Shelf, ids_in
from helpdesk.people.models import Appointment, AppointmentPost, AppointmentSubsystem
from helpdesk.training.models.attendance import Trained
from helpdesk.training.models.closing import ClosedBody, ClosedWork
from helpdesk.training.models.counting import CountedBody, CountedWork
from helpdesk.training.queries.trees import Elsewhere, Tree, tree_of
from helpdesk.training.rules.coverage import (
    CENTRAL,
    COUNTED_KINDS,
    COUNTED_POSTS,
    ROOT_NODE,
    TIERS,
    Standing,
)

NOW: Final = Tree()


@dataclass(frozen=True)
class Source:
    """`works`: columns of WorkColumns and appointment_id; `bodies`: of BodyColumns and body_id;
    `lines`: (office_id, node_id), every office with each node in whose range it lies.

    `whole` False: it holds nothing outside the node that is asked about.
    """

    works: FromClause
    bodies: FromClause
    lines: FromClause
    whole: bool = True

    def scope(self, path: Any, top: str) -> ColumnElement[bool]:
        """Rows in the range of the node at `top`."""
        return below(path, top) if self.whole else true()

    def only(self, body_id: int) -> Source:
        """One body alone, for the root node."""
        works = select(self.works).where(self.works.c.body_id == body_id).subquery()
        bodies = select(self.bodies).where(self.bodies.c.body_id == body_id).subquery()
        # Everything left lies in the root, whatever office it hangs on.
        root = literal(ROOT_NODE).label("node_id")
        offices = select(works.c.office_id, root).union(select(bodies.c.office_id, root))
        return Source(works, bodies, offices.subquery(), self.whole)


def counted() -> Source:
    """What is counted now."""
    return Source(CountedWork.__table__, CountedBody.__table__, lines())


def closed(label: int) -> Source:
    """What the closing of a year stored."""
    works = select(ClosedWork.__table__).where(ClosedWork.year == label).subquery()
    bodies = select(ClosedBody.__table__).where(ClosedBody.year == label).subquery()
    offices = select(bodies.c.body_id.label("id"), bodies.c.parent_id).where(
        bodies.c.kind.in_(list(TIERS))
    )
    return Source(works, bodies, _lines(offices.subquery()))


def of_rows(day: date, label: int, today: date, top: str = ROOT_PATH) -> Source:
    """The rows as of a day of the year `label`, in the range of one node (three queries more where
    something was moved since)."""
    tree = tree_of(day, today, top)
    # Read once, however many figures are made of it.
    works = works_of(day, label, tree).cte("works")
    return Source(works, _bodies(day, tree, works).cte("bodies"), lines(tree), whole=False)


# --- the tree of a day -----------------------------------------------------------------------


def lines(tree: Tree = NOW) -> FromClause:
    """Every office with the nodes in whose range it lay."""
    offices = select(Body.id, Body.parent_id).where(Body.shelf == Shelf.OFFICE)
    then = [(one.body_id, node) for one in tree.moved if one.office_id == one.body_id
            for node in (ROOT_NODE, *ids_in(one.path))]  # fmt: skip
    if not then:
        return _lines(offices.subquery())
    # Below an office that was moved there are no offices.
    others = offices.where(Body.id.not_in({office for office, _node in then}))
    names = (column("office_id", Integer), column("node_id", Integer))
    moved = values(*names, name="moved_lines", literal_binds=True).data(then).cte()
    return union_all(select(_lines(others.subquery())), select(moved)).subquery()


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


def places(day: date, tree: Tree = NOW) -> Any:
    """Bodies of the node that were active on that day, where they stood: body_id, kind, parent_id,
    office_id, tier, path, side."""
    office = aliased(Body)
    office_id = case(
        (Body.shelf == Shelf.OFFICE, Body.id), else_=func.coalesce(Body.parent_id, ROOT_NODE)
    )
    here = {
        "parent_id": Body.parent_id, "office_id": office_id, "tier": _tier(office.kind),
        "path": Body.path,
    }  # fmt: skip
    moved = _elsewhere(tree)
    if moved is not None:
        here = {name: func.coalesce(moved.c[name], now) for name, now in here.items()}
    chosen: Any = (
        select(
            Body.id.label("body_id"),
            Body.kind,
            *(one.label(name) for name, one in here.items()),
            Body.kind.not_in(list(COUNTED_KINDS)).label("side"),
        )
        .outerjoin(office, office.id == office_id)
        .where(_was_active(day), _in_range(tree))
    )
    return chosen if moved is None else chosen.outerjoin(moved, moved.c.body_id == Body.id)


def _elsewhere(tree: Tree) -> Any:
    if not tree.moved:
        return None
    kinds = {"tier": String, "path": String}
    names = [column(name, kinds.get(name, Integer)) for name in Elsewhere._fields]
    return values(*names, name="elsewhere", literal_binds=True).data(list(tree.moved)).cte()


def _in_range(tree: Tree) -> ColumnElement[bool]:
    if tree.top == ROOT_PATH:
        return true()
    now = below(Body.path, tree.top)
    if not tree.moved:
        return now
    return or_(and_(now, Body.id.not_in(tree.gone)), Body.id.in_(tree.come))


def _tier(office_kind: Any) -> ColumnElement[str]:
    words = [(office_kind == kind, literal(tier, String)) for kind, tier in TIERS.items()]
    central = (Body.kind == Kind.CENTRAL_HEI, literal(CENTRAL, String))
    return case(central, *words, else_=literal("", String))


def _was_active(day: date) -> ColumnElement[bool]:
    end = at_shanghai(day + timedelta(days=1), time())
    return or_(
        and_(Body.status == BodyStatus.ACTIVE, Body.status_since <= day),
        and_(
            Body.status_since > day,
            Body.created_at < end,
            func.coalesce(_status_on(day), BodyStatus.ACTIVE.value) == BodyStatus.ACTIVE.value,
        ),
    )


def _status_on(day: date) -> ColumnElement[str]:
    """What the history says of a body whose status changed later; NULL: nothing yet, it was active.

    Of acts for days up to this one the last holds."""
    acts = select(BodyChange.after["status"].as_string()).where(
        BodyChange.body_id == Body.id,
        BodyChange.change == Change.STATUS,
        BodyChange.after["since"].as_string() <= day.isoformat(),
    )
    last = acts.order_by(BodyChange.id.desc()).limit(1)
    return last.correlate(Body).scalar_subquery()


# --- who is counted --------------------------------------------------------------------------


def works_of(day: date, label: int, tree: Tree = NOW) -> Select[Any]:
    """Appointments counted on that day, with the training of the year held up to it."""
    place = places(day, tree).subquery()
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


def _bodies(day: date, tree: Tree, works: FromClause) -> Select[Any]:
    place = places(day, tree).subquery()
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
