"""Sending what was written down, after its commit, by any number of processes."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import select, update

from helpdesk.kernel.db import reading, session
from helpdesk.kernel.statements import changed
from helpdesk.outbox import rules
from helpdesk.outbox.models import Message
from helpdesk.outbox.rules import Channel, Letter, Outcome, Rendered, State, Verdict
from helpdesk.people import queries as people

log = logging.getLogger(__name__)

_CANDIDATES = 10


class Renderer(Protocol):
    """Puts a message into words of a locale (`zh` or `en`)."""

    def __call__(
        self, *, message: str, params: Mapping[str, Any], locale: str, about: str
    ) -> Rendered: ...


class Run(Protocol):
    """A channel during one delivery run."""

    def send(self, letter: Letter) -> Outcome: ...


class Transport(Protocol):
    """A channel that sends letters."""

    @property
    def ready(self) -> bool: ...

    def run(self) -> AbstractContextManager[Run]: ...


# Asked again before sending; the answer "no" drops the message. Takes its `about` and params, with
# the person it is for as `recipient_id`.
Check = Callable[[str, Mapping[str, Any]], bool]


@dataclass(frozen=True)
class Equipment:
    """What only the app has: words, ways, and the checks of `wiring.py`."""

    render: Renderer
    transports: Mapping[Channel, Transport] = field(default_factory=dict)
    checks: Mapping[str, Check] = field(default_factory=dict)


@dataclass
class Tally:
    """What one delivery run did."""

    sent: int = 0
    later: int = 0
    dead: int = 0
    dropped: int = 0
    outage: str = ""

    def count(self, state: State | None) -> None:
        """One more letter ended its attempt in `state` (None: another process had taken it)."""
        match state:
            case State.SENT:
                self.sent += 1
            case State.QUEUED:
                self.later += 1
            case State.DEAD:
                self.dead += 1
            case State.DROPPED:
                self.dropped += 1

    def summary(self) -> str:
        """One line for the heartbeat; empty when nothing was due."""
        counted = {"sent": self.sent, "later": self.later, "dead": self.dead}
        counted["dropped"] = self.dropped
        parts = [f"{name} {number}" for name, number in counted.items() if number]
        return ", ".join([*parts, *([f"outage: {self.outage}"] if self.outage else [])])


@dataclass(frozen=True)
class Claimed:
    """A row that this process may send until its claim ends. `attempts` counts this one."""

    id: int
    event_key: str
    recipient_id: int
    message: str
    channel: Channel
    about: str
    params: Mapping[str, Any]
    locale: str
    attempts: int
    put_at: datetime
    good_until: datetime


def deliver(
    *,
    tools: Equipment,
    clock: Callable[[], datetime],
    transaction: Callable[[], AbstractContextManager[object]],
    limit: int = 200,
) -> Tally:
    """Send what is due, oldest first: `limit` letters or LONGEST_RUN, until there is an outage.

    Each letter takes three short transactions, lent by the door: claim it, prepare it, write
    down how it went. None is open while the mail server is waited for. Several processes may run
    this at once: a conditional update decides who sends. A process that dies between sending and
    writing down makes the letter leave twice, with the same Message-ID.
    """
    tally, end = Tally(), clock() + rules.LONGEST_RUN
    with contextlib.ExitStack() as stack:
        runs = {
            channel: stack.enter_context(transport.run())
            for channel, transport in tools.transports.items()
            if transport.ready
        }
        for _ in range(limit):
            if clock() > end:
                break
            with transaction():
                claimed = claim(channels=tuple(runs), now=clock())
            if claimed is None:
                break
            with reading(), transaction():
                letter = _prepared(claimed, tools, clock())
            outcome = letter if isinstance(letter, Outcome) else runs[claimed.channel].send(letter)
            with transaction():
                tally.count(record(claimed=claimed, outcome=outcome, now=clock()))
            if outcome.verdict is Verdict.OUTAGE:
                tally.outage = outcome.reason
                break
    return tally


def claim(*, channels: tuple[Channel, ...], now: datetime) -> Claimed | None:
    """Take the oldest due row for this process, or None when nothing is due."""
    while candidates := _due(channels, now):
        for row in candidates:
            # The race: others have read the same candidates. The row belongs to whom the
            # database says it changed one row; everybody else goes on to the next.
            taken = (
                update(Message)
                .where(Message.id == row.id, Message.next_at <= now)
                .values(
                    state=State.SENDING,
                    attempts=Message.attempts + 1,
                    next_at=now + rules.CLAIM,
                )
            )
            if changed(taken) == 1:
                return _claimed(row.id)
    return None


def _due(channels: tuple[Channel, ...], now: datetime) -> list[Any]:
    return list(
        session().execute(
            select(Message.id)
            .where(Message.next_at <= now, Message.channel.in_(channels))
            .order_by(Message.next_at, Message.id)
            .limit(_CANDIDATES)
        )
    )


def _claimed(message_id: int) -> Claimed:
    names = Claimed.__dataclass_fields__
    row = session().execute(
        select(*(getattr(Message, name) for name in names)).where(Message.id == message_id)
    )
    return Claimed(*row.one())


def _prepared(claimed: Claimed, tools: Equipment, now: datetime) -> Letter | Outcome:
    """The letter, or why there is none."""
    if now > claimed.good_until:
        return Outcome(Verdict.POINTLESS, "expired")
    if claimed.attempts > rules.MOST_ATTEMPTS:
        # Its earlier processes died on it before they could write anything down.
        return Outcome(Verdict.NEVER, "tried too often")
    check = tools.checks.get(claimed.message)
    params = {**claimed.params, "recipient_id": claimed.recipient_id}
    if check is not None and not check(claimed.about, params):
        return Outcome(Verdict.POINTLESS, "reason lost")
    person = people.person(claimed.recipient_id)
    if not person.mail:
        return Outcome(Verdict.POINTLESS, "no address")
    try:
        rendered = tools.render(
            message=claimed.message,
            params=claimed.params,
            locale=claimed.locale,
            about=claimed.about,
        )
    except Exception as error:
        # One template that cannot be rendered must not hold up everybody's mail.
        log.exception("message %s (%s) cannot be rendered", claimed.id, claimed.message)
        return Outcome(Verdict.NEVER, f"not rendered: {type(error).__name__}")
    return Letter(
        identity=rules.identity(
            claimed.event_key, claimed.recipient_id, claimed.message, claimed.channel
        ),
        address=person.mail,
        rendered=rendered,
        written_at=claimed.put_at,
    )


def record(*, claimed: Claimed, outcome: Outcome, now: datetime) -> State | None:
    """Write down how an attempt went. None: the claim had ended and the row was taken over."""
    state, next_at = rules.settled(outcome, now, claimed.attempts)
    statement = (
        update(Message)
        .where(
            Message.id == claimed.id,
            Message.state == State.SENDING,
            Message.attempts == claimed.attempts,
        )
        .values(
            state=state,
            next_at=next_at,
            sent_at=now if state is State.SENT else None,
            reason=outcome.reason,
        )
    )
    if changed(statement) == 1:
        return state
    log.warning("message %s: the claim ended before its attempt did", claimed.id)
    return None
