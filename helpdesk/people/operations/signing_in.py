"""Signing in, and what the owner of an account does with it: password, sessions, own address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import reading, session
from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.instants import in_shanghai
from helpdesk.kernel.statements import changed
from helpdesk.kernel.text import N_
from helpdesk.kernel.unit_of_work import separate_unit_of_work
from helpdesk.people import rules
from helpdesk.people.access.scope import in_service
from helpdesk.people.models import Account, Person, SignIn, Throttle
from helpdesk.people.operations import hashing, records, throttling
from helpdesk.people.operations.entries import MailWrong, MobileWrong
from helpdesk.people.rules import ADDRESS_LIMIT, NAME_LIMIT, Act, SignInOutcome

LONGEST_SECRET = 256
FORGET_AFTER = timedelta(days=1)


class WrongCredentials(RuleBroken):
    """Unknown name or wrong password: nobody learns which."""

    sentence = N_(
        "用户名或密码不对。请核对大小写后再试；连续%(attempts)s次不对，要等%(minutes)s分钟。"
    )


class TooManyAttempts(RuleBroken):
    """The name or the address is blocked for a while."""

    sentence = N_(
        "尝试次数太多，北京时间%(until)s以前不能登录。到时再试，或请单位管理员解除锁定、重新发放口令。"
    )
    status = 429


class CodeExpired(RuleBroken):
    """The one-time code was right but too old."""

    sentence = N_("一次性口令已过期（有效期7天）。请单位管理员重新发放。")


class AccountClosed(RuleBroken):
    """The password was right, the account is disabled."""

    sentence = N_("这个账号已停用。需要恢复的，请联系单位管理员。")


class NoLongerInService(RuleBroken):
    """The password was right, the person's appointments have ended."""

    sentence = N_("您登记的任职都已结束，不能登录。调到新单位的，请新单位的管理员登记任职。")


class SamePassword(RuleBroken):
    """The new one is the old one."""

    sentence = N_("新密码不能和现在的密码（或一次性口令）相同。请换一个。")


_REFUSALS: dict[SignInOutcome, type[RuleBroken]] = {
    SignInOutcome.CODE_EXPIRED: CodeExpired,
    SignInOutcome.DISABLED: AccountClosed,
    SignInOutcome.NOT_IN_SERVICE: NoLongerInService,
}


@dataclass(frozen=True)
class Proof:
    """Somebody knew the secret of this account. `digest`: a fresh one, where costs have changed."""

    account_id: int
    address: str
    digest: str | None


@dataclass(frozen=True)
class _Found:
    account: Account
    in_service: bool


def prove(*, user_name: str, password: str, address: str, now: datetime) -> Proof:
    """Check name and secret outside any transaction; counters and refusals are kept at once.

    The attempt is counted before the secret is looked at, so that a hundred at the same moment
    are a hundred. Unknown names cost the same time. Raises TooManyAttempts, WrongCredentials,
    CodeExpired, AccountClosed, NoLongerInService.
    """
    name = rules.user_name_key(user_name)
    _count(name, address, now)
    found = _find(name)
    outcome = _outcome(found, password[:LONGEST_SECRET], now)
    if outcome is SignInOutcome.OK and found is not None:
        stored = found.account.password_hash
        fresh = hashing.digest(password) if stored and hashing.is_outdated(stored) else None
        return Proof(found.account.id, address, fresh)
    if found is not None:
        _keep_refusal(found.account.id, address, outcome, now)
    if outcome in _REFUSALS:
        raise _REFUSALS[outcome]
    raise WrongCredentials(
        attempts=NAME_LIMIT.attempts, minutes=int(NAME_LIMIT.block.total_seconds() // 60)
    )


def sign_in(*, proof: Proof, now: datetime) -> int:
    """Write a proven sign-in down, forget the failed attempts; the epoch for the new session."""
    account = session().get_one(Account, proof.account_id)
    account.last_signed_in_at = now
    if proof.digest and account.password_hash:
        account.password_hash = proof.digest
    session().add(
        SignIn(at=now, account_id=account.id, address=proof.address, outcome=SignInOutcome.OK)
    )
    _forgive(account.user_name, proof.address)
    return account.session_epoch


def change_password(*, actor: Actor, new: str, now: datetime) -> int:
    """A password of the owner's own choice; all other sessions end. Returns the new epoch.

    Raises a refusal of rules.check_password, or SamePassword.
    """
    account = _own(actor)
    rules.check_password(new, user_name=account.user_name)
    if hashing.matches(account.password_hash, new) or hashing.matches(
        account.one_time_code_hash, _as_code(new)
    ):
        raise SamePassword
    account.password_hash = hashing.digest(new)
    account.one_time_code_hash = None
    account.code_expires_at = None
    account.password_changed_at = now
    account.session_epoch += 1
    records.about_person(Act.PASSWORD_CHANGED, actor=actor, person_id=account.person_id, now=now)
    return account.session_epoch


def sign_out_everywhere(*, actor: Actor, now: datetime) -> None:
    """End every session of the account, this one included."""
    account = _own(actor)
    account.session_epoch += 1
    records.about_person(
        Act.SIGNED_OUT_EVERYWHERE, actor=actor, person_id=account.person_id, now=now
    )


def edit_own(*, actor: Actor, mobile: str, mail: str, locale: str, now: datetime) -> None:
    """The owner's own telephone, mail and language. Raises MobileWrong, MailWrong."""
    mobile, mail = rules.plain(mobile), rules.plain(mail)
    if mobile and not rules.is_phone(mobile):
        raise MobileWrong(text=mobile)
    if mail and not rules.is_mail(mail):
        raise MailWrong(text=mail)
    person = session().get_one(Person, actor.person_id)
    new = {"mobile": mobile, "mail": mail, "locale": locale}
    changed = sorted(key for key, value in new.items() if getattr(person, key) != value)
    for key in changed:
        setattr(person, key, new[key])
    if changed:
        person.version += 1
        records.about_person(
            Act.PERSON_EDITED,
            actor=actor,
            person_id=person.id,
            now=now,
            details={"fields": changed},
        )


def forget_old_attempts(*, now: datetime) -> int:
    """Remove counters nobody needs any more; the number removed."""
    return changed(delete(Throttle).where(Throttle.since < now - FORGET_AFTER))


def _own(actor: Actor) -> Account:
    return (
        session()
        .scalars(
            select(Account)
            .where(Account.id == actor.account_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        .one()
    )


def _find(name: str) -> _Found | None:
    with reading():
        row = (
            session()
            .execute(select(Account, in_service()).join(Person).where(Account.user_name == name))
            .one_or_none()
        )
        # Nothing stays open while the digest is computed: SQLite has one writer.
        session().rollback()
    return _Found(row[0], row[1]) if row else None


def _outcome(found: _Found | None, secret: str, now: datetime) -> SignInOutcome:
    account = found.account if found else None
    if account is not None and account.one_time_code_hash is not None:
        known = hashing.matches(account.one_time_code_hash, _as_code(secret))
    else:
        known = hashing.matches(account.password_hash if account else None, secret)
    if not known or found is None or account is None:
        return SignInOutcome.WRONG
    if account.disabled_at is not None:
        return SignInOutcome.DISABLED
    if account.code_expires_at is not None and account.code_expires_at <= now:
        return SignInOutcome.CODE_EXPIRED
    return SignInOutcome.OK if found.in_service else SignInOutcome.NOT_IN_SERVICE


def _as_code(text: str) -> str:
    """A code as it was made, however it was typed: small letters, groups, full width."""
    return re.sub(r"[\s-]", "", rules.plain(text)).upper()


def _count(name: str, address: str, now: datetime) -> None:
    keys = {
        rules.name_key(name): NAME_LIMIT,
        rules.throttle_key("address", address): ADDRESS_LIMIT,
    }
    with separate_unit_of_work() as own:
        until = throttling.count(own, keys, now)
    if until is not None:
        raise TooManyAttempts(until=f"{in_shanghai(until):%H:%M}")


def _forgive(user_name: str, address: str) -> None:
    session().execute(delete(Throttle).where(Throttle.key == rules.name_key(user_name)))
    # The address only gets this attempt back: one right password excuses no thousand wrong ones.
    session().execute(
        update(Throttle)
        .where(
            Throttle.key == rules.throttle_key("address", address),
            Throttle.attempts > 0,
            Throttle.blocked_until.is_(None),
        )
        .values(attempts=Throttle.attempts - 1)
    )


def _keep_refusal(account_id: int, address: str, outcome: SignInOutcome, now: datetime) -> None:
    with separate_unit_of_work() as own:
        own.add(SignIn(at=now, account_id=account_id, address=address, outcome=outcome))
