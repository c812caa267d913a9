"""A session from plan to closing: planned, edited, copied, opened, held, closed, cancelled."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select

from helpdesk.files.queries import StoredFile
from helpdesk.kernel import events, ids
from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session as database
from helpdesk.kernel.instants import shanghai_date
from helpdesk.organizations.models import Body
from helpdesk.settings import queries as settings
from helpdesk.settings.rules import Key
from helpdesk.training.events import SessionCancelled, SessionChanged
from helpdesk.training.models.sessions import (
    Audience,
    Material,
    Session,
    SessionCard,
    SessionSubsystem,
)
from helpdesk.training.operations import acts, crediting, inviting, seats
from helpdesk.training.operations.acts import Click
from helpdesk.training.operations.entries import CapacityTaken, HeldAlready, SessionEntry, checked
from helpdesk.training.operations.inviting import Invited
from helpdesk.training.queries import audience
from helpdesk.training.queries.reminders import remind_times
from helpdesk.training.rules.sessions import HELD, Act, State, takes_enrolments

_TERMS: Final = (Key.TRAINING_SHARE, Key.TRAINING_ONLINE_SHARE, Key.TRAINING_CHECK)
# What those who come must be told when it changes.
_NEWS: Final = ("starts_at", "ends_at", "place", "link", "mode")
# What a training of those who were there depends on.
_COUNTS: Final = ("held_on", "mode", "minutes")
_OWN: Final = (
    "title", "about", "mode", "starts_at", "ends_at", "minutes", "place", "link", "capacity",
    "trainers", "quiz", "series_id", "plan_id",
)  # fmt: skip


def plan(
    *, actor: Actor, organizer: Body, entry: SessionEntry, once: str, now: datetime
) -> Session:
    """A new session, seen by its organiser alone until it is opened.

    Its terms are copied from the settings of the organiser. The same `once` again gives the same
    session. Raises a FieldRefused.
    """
    done = database().scalar(select(Session).where(Session.once == once))
    if done is not None:
        return done
    terms = settings.values(_TERMS, organizer.path)
    given = checked(organizer, entry, check_required=terms[Key.TRAINING_CHECK])
    made = Session(
        organizer_id=organizer.id,
        state=State.PLANNED,
        share_percent=terms[Key.TRAINING_SHARE],
        online_percent=terms[Key.TRAINING_ONLINE_SHARE],
        check_required=terms[Key.TRAINING_CHECK],
        code_seed=ids.token(),
        created_by=actor.person_id,
        created_at=now,
        once=once,
        **_columns(given, terms[Key.TRAINING_ONLINE_SHARE]),
    )
    database().add(made)
    database().flush()
    _describe(made, given)
    acts.write(made, Act.PLANNED, Click(actor, now))
    return made


def _columns(given: SessionEntry, online_percent: int) -> dict[str, Any]:
    minutes = given.minutes or 0
    return {
        **{name: getattr(given, name) for name in _OWN},
        "held_on": shanghai_date(given.starts_at),
        # Rounded up: nobody completes a part of a minute less than was asked.
        "online_minutes": -(-minutes * online_percent // 100),
    }


def _describe(of: Session, given: SessionEntry) -> None:
    """Topics and audience of a session, written anew."""
    for table in (SessionCard, SessionSubsystem, Audience):
        database().execute(delete(table).where(table.session_id == of.id))
    rows: list[Any] = [SessionCard(session_id=of.id, card_code=c) for c in sorted(set(given.cards))]
    rows += [SessionSubsystem(session_id=of.id, subsystem=s) for s in sorted(set(given.subsystems))]
    rows += [Audience(session_id=of.id, facet=f, value=v) for f, v in given.limits.words()]
    database().add_all(rows)
    database().flush()


def edit(*, session: Session, entry: SessionEntry, click: Click) -> None:
    """Change a session that is not cancelled. Who comes is told of another time or place.

    What counts of one that is over changes only after it was reopened, with a reason. Raises a
    FieldRefused, CapacityTaken, HeldAlready, NotNow, AlreadyDone, SessionChangedMeanwhile.
    """
    organizer = database().get_one(Body, session.organizer_id)
    acts.claim(session, Act.EDITED, click)
    acts.require(session, Act.EDITED)
    given = checked(organizer, entry, check_required=session.check_required)
    before = {name: getattr(session, name) for name in _OWN}
    columns = _columns(given, session.online_percent)
    over = session.state is State.CLOSED
    if over and any(getattr(session, name) != columns[name] for name in _COUNTS):
        raise HeldAlready
    for name, value in columns.items():
        setattr(session, name, value)
    if before["starts_at"] != session.starts_at:
        session.reminded_at = None
    _check_capacity(session, before["capacity"])
    _describe(session, given)
    if session.state is State.OPEN and any(before[n] != getattr(session, n) for n in _NEWS):
        events.publish(SessionChanged(session.id, click.now))
    if takes_enrolments(session.state, session.mode):
        seats.fill(session, click.now)
    _settle_series(session, before["series_id"], click.now)


def _check_capacity(session: Session, before: int | None) -> None:
    taken = seats.taken(session.id)
    shrunk = before is None or (session.capacity or 0) < before
    if session.capacity is not None and shrunk and session.capacity < taken:
        raise CapacityTaken(taken=taken)
    database().flush()


def _settle_series(session: Session, before: int | None, now: datetime) -> None:
    """Whoever was at this session, or at another of the old or the new series."""
    if session.state not in HELD:
        return
    groups = {series for series in (before, session.series_id) if series is not None}
    others = select(Session.id).where(Session.series_id.in_(groups))
    touched = {session.id, *(database().scalars(others) if before != session.series_id else ())}
    crediting.settle(acts.attended(touched), now=now)


def copy(
    *, actor: Actor, session: Session, starts_at: datetime, once: str, now: datetime
) -> Session:
    """The same again on another date, planned, with the terms that hold now."""
    organizer = database().get_one(Body, session.organizer_id)
    length = session.ends_at - session.starts_at
    entry = replace(entry_of(session), starts_at=starts_at, ends_at=starts_at + length)
    made = plan(actor=actor, organizer=organizer, entry=entry, once=once, now=now)
    have = set(database().scalars(_files(made)))
    for file_id in database().scalars(_files(session)).all():
        if file_id not in have:
            hand_out(actor=actor, session=made, file_id=file_id, now=now)
    return made


def _files(session: Session) -> Any:
    return select(Material.file_id).where(Material.session_id == session.id)


def entry_of(session: Session) -> SessionEntry:
    """A session as a form would send it."""
    cards = select(SessionCard.card_code).where(SessionCard.session_id == session.id)
    topics = select(SessionSubsystem.subsystem).where(SessionSubsystem.session_id == session.id)
    return SessionEntry(
        **{name: getattr(session, name) for name in _OWN},
        cards=tuple(database().scalars(cards.order_by(SessionCard.card_code))),
        subsystems=tuple(database().scalars(topics)),
        limits=audience.limits_of(session.id),
    )


# --- states ----------------------------------------------------------------------------------


def open_up(*, session: Session, click: Click, only_untrained: bool = False) -> Invited:
    """Invitations go out to the audience, people can enrol. A date that has passed invites nobody.

    Raises NotNow, AlreadyDone, SessionChangedMeanwhile.
    """
    _move(session, State.OPEN, Act.OPENED, click)
    if session.ends_at <= click.now:
        return Invited(0, more=False)
    if remind_times([session])[session.id] <= click.now:
        session.reminded_at = click.now  # the invitation itself is news enough
    by = Click(click.actor, click.now)  # the token stands on the act that opened it
    return inviting.invite(session=session, click=by, only_untrained=only_untrained)


def start(*, session: Session, click: Click) -> None:
    """It has begun: attendance counts from now on."""
    _move(session, State.RUNNING, Act.STARTED, click)
    _settle(session, click.now)


def close(*, session: Session, click: Click) -> None:
    """It is over."""
    _move(session, State.CLOSED, Act.CLOSED, click)
    session.closed_at = click.now
    _settle(session, click.now)


def reopen(*, session: Session, reason: str, click: Click) -> None:
    """A closed session runs again: attendance can be entered. Raises ReasonMissing."""
    _move(session, State.RUNNING, Act.REOPENED, click, reason=acts.said(reason))
    session.closed_at = None
    _settle(session, click.now)


def cancel(*, session: Session, reason: str, click: Click) -> None:
    """It will not be held; who stands on the list of an open one is told. Raises ReasonMissing."""
    told = session.state in (State.OPEN, State.RUNNING)
    why = acts.said(reason)
    _move(session, State.CANCELLED, Act.CANCELLED, click, reason=why)
    session.cancelled_why = why
    _settle(session, click.now)
    if told:
        events.publish(SessionCancelled(session.id, click.now))


def _move(session: Session, to: State, act: Act, click: Click, *, reason: str = "") -> None:
    acts.claim(session, act, click, reason=reason)
    acts.require(session, act)
    session.state = to
    database().flush()


def _settle(session: Session, now: datetime) -> None:
    database().flush()
    crediting.settle(acts.attended((session.id,)), now=now)


# --- materials -------------------------------------------------------------------------------


def hand_out(*, actor: Actor, session: Session, file_id: int, now: datetime) -> None:
    """Hang a kept file on the session."""
    database().add(
        Material(session_id=session.id, file_id=file_id, added_by=actor.person_id, added_at=now)
    )
    database().flush()


def hand_out_all(
    *, actor: Actor, session: Session, files: tuple[StoredFile, ...], now: datetime
) -> None:
    """Hang what came with a form on the session."""
    for file in files:
        hand_out(actor=actor, session=session, file_id=file.id, now=now)


def take_back(*, session: Session, file_id: int) -> None:
    """Take a file off the session; taking it off twice does nothing."""
    row = database().get(Material, (session.id, file_id))
    if row is not None:
        database().delete(row)
        database().flush()
