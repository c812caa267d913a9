"""Sessions to come that are for a person: of the offices above its bodies, the nearest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import or_, select

from helpdesk.kernel.actor import ROOT_PATH
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Named
from helpdesk.organizations.models import Body, BodySubsystem
from helpdesk.organizations.rules import Kind, ids_in
from helpdesk.people.models import Appointment, AppointmentPost, AppointmentSubsystem
from helpdesk.training.access import range_of
from helpdesk.training.models.sessions import Audience, Session, SessionCard
from helpdesk.training.queries.audience import at_work
from helpdesk.training.rules import audience
from helpdesk.training.rules.audience import Limits, Member
from helpdesk.training.rules.sessions import Facet, Mode, State

SHOWN: Final = 6
_LOOKED_AT: Final = 100


@dataclass(frozen=True)
class Near:
    """A session that somebody may come to. `fits_card`: the topic that was asked for is its."""

    session_id: int
    title: str
    starts_at: datetime
    mode: Mode
    spot: str
    organizer: Named
    fits_card: bool = False


def members(person_id: int, day: date) -> tuple[Member, ...]:
    """A person's appointments as an audience judges them. Four queries."""
    rows = (
        session()
        .execute(
            select(Appointment.id, Body.id, Body.path, Body.kind)
            .join(Body, Body.id == Appointment.body_id)
            .where(Appointment.person_id == person_id, at_work(day))
            .order_by(Appointment.id)
        )
        .all()
    )
    works, bodies = [row[0] for row in rows], {row[1] for row in rows}
    posts = _grouped(
        select(AppointmentPost.appointment_id, AppointmentPost.post).where(
            AppointmentPost.appointment_id.in_(works)
        )
    )
    own = _grouped(
        select(AppointmentSubsystem.appointment_id, AppointmentSubsystem.subsystem).where(
            AppointmentSubsystem.appointment_id.in_(works)
        )
    )
    served = _grouped(
        select(BodySubsystem.body_id, BodySubsystem.subsystem).where(
            BodySubsystem.body_id.in_(bodies)
        )
    )
    return tuple(
        Member(path, kind, frozenset(posts[work]), frozenset(own[work]), frozenset(served[body]))
        for work, body, path, kind in rows
    )


def _grouped(statement: Any) -> defaultdict[int, set[Any]]:
    found: defaultdict[int, set[Any]] = defaultdict(set)
    for key, value in session().execute(statement):
        found[key].add(value)
    return found


def sessions(
    people: Sequence[Member],
    now: datetime,
    *,
    without: Collection[int] = (),
    card: str = "",
    limit: int = SHOWN,
) -> tuple[Near, ...]:
    """Open sessions whose audience one of these appointments belongs to. Five queries.

    Those about `card` first, then the nearest organiser, then the earliest.
    """
    rows = _open(people, now, without)
    limits = _limits([of.id for of, _ in rows])
    paths = _paths({node for one in limits.values() for node in one.nodes})
    topical = _about(card, [of.id for of, _ in rows]) if card else frozenset()
    fitting = [
        (of, by) for of, by in rows if _for_one(people, by, limits.get(of.id, Limits()), paths)
    ]
    fitting.sort(key=lambda pair: (pair[0].id not in topical, _far(pair[1]), pair[0].starts_at))
    return tuple(_near(of, by, of.id in topical) for of, by in fitting[:limit])


def _open(
    people: Sequence[Member], now: datetime, without: Collection[int]
) -> list[tuple[Session, Body]]:
    above = sorted({body_id for one in people for body_id in ids_in(one.path)})
    national = select(Body.id).where(
        Body.kind == Kind.NATIONAL_AID_CENTRE, Body.parent_id.is_(None)
    )
    rows = session().execute(
        select(Session, Body)
        .join(Body, Body.id == Session.organizer_id)
        .where(
            Session.state == State.OPEN,
            Session.starts_at > now,
            Session.id.not_in(list(without)),
            or_(Session.organizer_id.in_(above), Session.organizer_id.in_(national)),
        )
        .order_by(Session.starts_at, Session.id)
        .limit(_LOOKED_AT)
    )
    return [(of, by) for of, by in rows]


def _limits(session_ids: Collection[int]) -> dict[int, Limits]:
    rows: dict[int, list[tuple[Facet, str]]] = defaultdict(list)
    found = session().execute(
        select(Audience.session_id, Audience.facet, Audience.value).where(
            Audience.session_id.in_(session_ids)
        )
    )
    for session_id, facet, value in found:
        rows[session_id].append((facet, value))
    return {session_id: audience.read(some) for session_id, some in rows.items()}


def _paths(node_ids: Collection[int]) -> dict[int, str]:
    rows = session().execute(select(Body.id, Body.path).where(Body.id.in_(node_ids)))
    return dict(iter(rows))


def _about(card: str, session_ids: Collection[int]) -> frozenset[int]:
    return frozenset(
        session().scalars(
            select(SessionCard.session_id).where(
                SessionCard.card_code == card, SessionCard.session_id.in_(session_ids)
            )
        )
    )


def _for_one(people: Iterable[Member], by: Body, limits: Limits, paths: dict[int, str]) -> bool:
    nodes = [paths[node] for node in limits.nodes if node in paths]
    return any(audience.fits(one, range_of(by), limits, nodes) for one in people)


def _far(by: Body) -> int:
    # Whose range is the whole country stands above every province.
    return 0 if range_of(by) == ROOT_PATH else -by.level


def _near(of: Session, by: Body, topical: bool) -> Near:
    return Near(
        session_id=of.id,
        title=of.title,
        starts_at=of.starts_at,
        mode=of.mode,
        spot=of.place,
        organizer=Named(by.name, by.name_en),
        fits_card=topical,
    )
