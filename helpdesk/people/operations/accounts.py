"""Opening, closing and repairing accounts. A secret leaves here once, as a one-time code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from helpdesk.kernel.actor import SYSTEM, Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Conflict, RuleBroken
from helpdesk.kernel.ids import token, typed_code
from helpdesk.kernel.pinyin import sort_key
from helpdesk.kernel.text import N_
from helpdesk.people import rules
from helpdesk.people.access.scope import in_service
from helpdesk.people.models import Account, Person, Throttle
from helpdesk.people.operations import hashing, records, roles
from helpdesk.people.operations.entries import FieldRefused, PersonEntry, checked
from helpdesk.people.operations.records import NotYourself
from helpdesk.people.operations.roles import NotInService
from helpdesk.people.rules import Act, Role


class UserNameWrong(FieldRefused):
    """Not a user name."""

    sentence = N_(
        "用户名由3至64位小写字母、数字和 . _ @ - 组成，以字母或数字开头，不能用身份证号。"
    )
    field = "user_name"


class UserNameTaken(FieldRefused):
    """Another account has it."""

    sentence = N_("用户名%(user_name)s已被使用。请换一个，例如在后面加上岗位或序号。")
    field = "user_name"


class AlreadyHasAccount(Conflict):
    """One account per person."""

    sentence = N_(
        "%(name)s已经有账号（%(user_name)s）。一次性口令只显示一次；没有抄下来，请重新发放。"
    )


class AccountDisabled(RuleBroken):
    """First enable, then give a code."""

    sentence = N_("%(name)s的账号已停用。请先恢复账号，再重新发放一次性口令。")


class AlreadyDisabled(Conflict):
    """The account is closed."""

    sentence = N_("%(name)s的账号已经停用，不用再办。请刷新页面查看。")


class AlreadyEnabled(Conflict):
    """The account is open."""

    sentence = N_("%(name)s的账号正在使用，不用恢复。请刷新页面查看。")


class NoAccount(RuleBroken):
    """The person has no account."""

    sentence = N_("%(name)s还没有账号。请先开通账号。")


@dataclass(frozen=True)
class IssuedCode:
    """A one-time code in plain text: to be shown once and kept nowhere."""

    account_id: int
    user_name: str
    code: str
    expires_at: datetime


def open_account(*, actor: Actor, person: Person, user_name: str, now: datetime) -> IssuedCode:
    """An account whose one-time code is changed at the first sign-in.

    Raises NotInService, AlreadyHasAccount, UserNameWrong, UserNameTaken.
    """
    name = rules.user_name_key(user_name)
    if not rules.is_user_name(name):
        raise UserNameWrong
    _check_free(person, name)
    code = _code_for(name)
    account = Account(
        person_id=person.id,
        user_name=name,
        one_time_code_hash=hashing.digest(code),
        code_expires_at=now + rules.CODE_LIFE,
        session_epoch=1,
        created_at=now,
    )
    session().add(account)
    records.flush_or(AlreadyHasAccount(name=person.name, user_name=name))
    records.about_person(
        Act.ACCOUNT_OPENED,
        actor=actor,
        person_id=person.id,
        now=now,
        details={"user_name": name},
    )
    return IssuedCode(account.id, name, code, now + rules.CODE_LIFE)


def issue_code(*, actor: Actor, person: Person, now: datetime) -> IssuedCode:
    """A new one-time code in place of the password; sessions end, a lock-out ends too.

    Raises NotYourself, NoAccount, AccountDisabled.
    """
    account = _account_of(actor, person)
    if account.disabled_at is not None:
        raise AccountDisabled(name=person.name)
    code = _code_for(account.user_name)
    account.password_hash = None
    account.one_time_code_hash = hashing.digest(code)
    account.code_expires_at = now + rules.CODE_LIFE
    account.session_epoch += 1
    _forget_attempts(account)
    records.about_person(Act.CODE_ISSUED, actor=actor, person_id=person.id, now=now)
    return IssuedCode(account.id, account.user_name, code, account.code_expires_at)


def disable_account(*, actor: Actor, person: Person, now: datetime) -> None:
    """Close the account; its sessions end at once and its roles stop to count.

    Raises NotYourself, NoAccount, AlreadyDisabled.
    """
    account = _account_of(actor, person)
    if account.disabled_at is not None:
        raise AlreadyDisabled(name=person.name)
    account.disabled_at = now
    account.session_epoch += 1
    records.about_person(Act.ACCOUNT_DISABLED, actor=actor, person_id=person.id, now=now)


def enable_account(*, actor: Actor, person: Person, now: datetime) -> None:
    """Open a closed account again. Raises NotYourself, NoAccount, AlreadyEnabled."""
    account = _account_of(actor, person)
    if account.disabled_at is None:
        raise AlreadyEnabled(name=person.name)
    account.disabled_at = None
    records.about_person(Act.ACCOUNT_ENABLED, actor=actor, person_id=person.id, now=now)


def unlock_account(*, actor: Actor, person: Person, now: datetime) -> None:
    """Forget the failed attempts with this user name. Raises NotYourself, NoAccount."""
    account = _account_of(actor, person)
    _forget_attempts(account)
    records.about_person(Act.ACCOUNT_UNLOCKED, actor=actor, person_id=person.id, now=now)


def create_admin(*, user_name: str, name: str, now: datetime) -> IssuedCode:
    """The first administrator of the whole tree, on no roster; from the command line only.

    Raises UserNameWrong, UserNameTaken, NameWrong.
    """
    given = checked(PersonEntry(name=name))
    person = Person(
        staff_no=f"?{token()}", name=given.name, sort_key=sort_key(given.name), created_at=now
    )
    session().add(person)
    session().flush()
    person.staff_no = rules.own_staff_no(person.id)
    records.about_person(Act.PERSON_ADDED, actor=SYSTEM, person_id=person.id, now=now)
    issued = open_account(actor=SYSTEM, person=person, user_name=user_name, now=now)
    roles.grant_role(actor=SYSTEM, person=person, role=Role.NODE_ADMIN, body_id=None, now=now)
    return issued


def _check_free(person: Person, user_name: str) -> None:
    if not session().scalar(select(Person.id).where(Person.id == person.id, in_service())):
        raise NotInService(name=person.name)
    rows = session().scalars(
        select(Account).where((Account.person_id == person.id) | (Account.user_name == user_name))
    )
    for account in rows:
        if account.person_id == person.id:
            raise AlreadyHasAccount(name=person.name, user_name=account.user_name)
        raise UserNameTaken(user_name=user_name)


def _account_of(actor: Actor, person: Person) -> Account:
    if actor.person_id == person.id:
        raise NotYourself
    account = session().scalar(
        select(Account)
        .where(Account.person_id == person.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if account is None:
        raise NoAccount(name=person.name)
    return account


def _code_for(user_name: str) -> str:
    # A code equal to the user name would be no secret at all (domain 5: "reset danger").
    while (code := typed_code()).casefold() == user_name:
        continue
    return code


def _forget_attempts(account: Account) -> None:
    session().execute(delete(Throttle).where(Throttle.key == rules.name_key(account.user_name)))
