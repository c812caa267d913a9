"""Signing in by telephone: the ticket that a scan gave, who shows it, and who only guesses."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from helpdesk.kernel.actor import ANONYMOUS, Actor
from helpdesk.kernel.db import reading
from helpdesk.kernel.db import session as database
from helpdesk.kernel.errors import Conflict, NotFound, RuleBroken
from helpdesk.kernel.ids import token
from helpdesk.kernel.instants import in_shanghai
from helpdesk.kernel.statements import insert_once
from helpdesk.kernel.text import N_
from helpdesk.kernel.unit_of_work import separate_unit_of_work
from helpdesk.people import rules as people
from helpdesk.people.models import Throttle
from helpdesk.people.operations import throttling
from helpdesk.training.models.scanning import SignInTicket
from helpdesk.training.models.sessions import Session
from helpdesk.training.operations import marking
from helpdesk.training.operations.marking import Entry, Marked
from helpdesk.training.queries import attendance
from helpdesk.training.queries.attendance import belongs
from helpdesk.training.rules import scanning as rules
from helpdesk.training.rules.attendance import Flag, Presence, Way
from helpdesk.training.rules.sessions import State


class CodeTooOld(RuleBroken):
    """A photo of the code, a code of another session, or one that was never ours."""

    sentence = N_("二维码已过期，请扫屏幕上现在的码。")


class SessionIsOver(RuleBroken):
    """Whoever was there and is not on record comes to the desk: a code proves nothing any more."""

    sentence = N_("这期培训已结束，不能再扫码签到。到过场的，请到签到台补登记。")


class TicketTooOld(RuleBroken):
    """Ten minutes have passed since the scan, or the ticket is another browser's."""

    sentence = N_("签到页已失效（扫码后10分钟内有效，只能在扫码的手机上用）。请重新扫屏幕上的码。")


class TicketUsed(Conflict):
    """One scan, one person."""

    sentence = N_("这次扫码已经签过到了。还有人要签到的，请重新扫屏幕上的码。")


class NobodyLikeThat(RuleBroken):
    """No such number, or not this name: nobody learns which."""

    sentence = N_("工号和姓名对不上。请核对后再试；忘记工号的，请到签到台登记。")


class TooManyTries(RuleBroken):
    """The browser or the address is blocked for a while."""

    sentence = N_("试的次数太多，北京时间%(until)s以前不能扫码签到。请到签到台登记。")
    status = 429


def scanned(session_id: int) -> Session:
    """The session of a scan: its code or ticket is the lock. NotFound."""
    found = database().get(Session, session_id)
    if found is None:
        raise NotFound
    return found


def trade(*, session: Session, code: str, browser: str, now: datetime) -> rules.Ticket:
    """A ticket of this browser for the code on the screen. Nothing is stored until it is used.

    Raises CodeTooOld, and what check_open raises.
    """
    if not rules.is_current(session.code_seed, session.id, code, now):
        raise CodeTooOld
    check_open(session, now)
    return rules.Ticket(session.id, token(), browser, now)


def check_open(session: Session, now: datetime) -> None:
    """May people scan? Raises SessionIsOver, and what marking.check_open raises.

    A ticket of before the end still serves its ten minutes.
    """
    marking.check_open(session, now)
    if session.state is State.CLOSED:
        raise SessionIsOver


def identify(*, ticket: rules.Ticket, staff_no: str, name: str, address: str, now: datetime) -> int:
    """The person with this number and name. Every try is counted before it is looked at.

    Outside any transaction. Raises TooManyTries, NobodyLikeThat.
    """
    _count(ticket, address, now)
    with reading():
        found = attendance.by_staff_no(rules.staff_no_key(staff_no))
        # Also where there is nobody a name is compared: both answers take the same time.
        known = rules.same_name(found.name if found else "\u0000", name)
        person_id = found.id if found else None
        database().rollback()
    if not known or person_id is None:
        raise NobodyLikeThat
    return person_id


def sign_in(
    *, actor: Actor, session: Session, ticket: rules.Ticket, person_id: int,
    address: str | None, now: datetime,
) -> Marked:  # fmt: skip
    """Use the ticket for this person; a second person of the same browser is flagged.

    `address`: from where the person was identified; None: signed in, so no try was counted.
    Raises TicketTooOld, TicketUsed, and what marking.mark raises.
    """
    if ticket.session_id != session.id or ticket.expired(now):
        raise TicketTooOld
    by = actor if actor.person_id == person_id else ANONYMOUS
    # The row of the session is locked before anything refers to it: see be_running.
    marking.be_running(by, session, now)
    # Whoever is signed in on this browser has it in the hand: for somebody else, or not alone.
    lent = actor.person_id is not None and actor.person_id != person_id
    second = _use(ticket, person_id, now) or lent
    known = belongs(session, [person_id])
    flag = Flag.SAME_BROWSER if second else None if person_id in known else Flag.WALK_IN
    entry = Entry(person_id, Presence.PRESENT, Way.QR, flag=flag, at=ticket.issued_at,
                  once=rules.digest(ticket.token)[:40])  # fmt: skip
    (marked,) = marking.mark(actor=by, session=session, entries=[entry], now=now)
    if address is not None:
        _forgive(ticket, address)
    return marked


def _use(ticket: rules.Ticket, person_id: int, now: datetime) -> bool:
    """Write the use down; the database judges. True: the browser has signed somebody else in."""
    values = {
        "session_id": ticket.session_id,
        "token_hash": rules.digest(ticket.token),
        "browser_hash": ticket.browser,
        "person_id": person_id,
        "used_at": now,
    }
    if _inserted(second=False, **values):
        return False
    first = database().scalar(
        select(SignInTicket.person_id).where(
            SignInTicket.session_id == ticket.session_id,
            SignInTicket.browser_hash == ticket.browser,
            SignInTicket.second.is_(False),
        )
    )
    if not _inserted(second=True, **values):
        raise TicketUsed
    return first != person_id


def _inserted(**values: object) -> bool:
    statement = insert_once(SignInTicket).values(**values).returning(SignInTicket.id)
    return database().scalar(statement) is not None


def _keys(ticket: rules.Ticket, address: str) -> dict[str, people.Limit]:
    return {
        people.throttle_key("scan-browser", ticket.browser): rules.BROWSER_LIMIT,
        people.throttle_key("scan-address", address): rules.ADDRESS_LIMIT,
    }


def _count(ticket: rules.Ticket, address: str, now: datetime) -> None:
    with separate_unit_of_work() as own:
        until = throttling.count(own, _keys(ticket, address), now)
    if until is not None:
        raise TooManyTries(until=f"{in_shanghai(until):%H:%M}")


def _forgive(ticket: rules.Ticket, address: str) -> None:
    """A hall full of people behind one address: who was right takes back the own try."""
    database().execute(
        update(Throttle)
        .where(
            Throttle.key.in_(list(_keys(ticket, address))),
            Throttle.attempts > 0,
            Throttle.blocked_until.is_(None),
        )
        .values(attempts=Throttle.attempts - 1)
        .execution_options(synchronize_session=False)
    )
