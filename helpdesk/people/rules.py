"""Who may do what: roles, the bodies they fit, posts, and the rules of passwords and sign-in."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.permissions import Permission as May
from helpdesk.kernel.text import N_, printable
from helpdesk.organizations.rules import AID_OFFICES, SCHOOL_KINDS, Kind

# --- posts and roles ------------------------------------------------------------------------


class Post(StrEnum):
    """What a person does in a body, as its roster says; a post opens no door by itself."""

    OPERATOR = "operator"
    REVIEWER = "reviewer"
    MANAGER = "manager"
    FIRST_RESPONSIBLE = "first_responsible"  # S-3.2.2
    IT_ENGINEER = "it_engineer"
    ENROLMENT_OFFICER = "enrolment_officer"
    AGENT = "agent"


class Role(StrEnum):
    """A set of permissions that is granted to a person on a node of the tree."""

    SCHOOL_STAFF = "school_staff"
    OFFICE_HANDLER = "office_handler"
    OFFICE_LEAD = "office_lead"
    IT_ENGINEER = "it_engineer"
    ENROLMENT_OFFICER = "enrolment_officer"
    CALL_CENTRE_AGENT = "call_centre_agent"
    CALL_CENTRE_LEAD = "call_centre_lead"
    TRAINING_COORDINATOR = "training_coordinator"
    SUPERVISOR = "supervisor"
    NODE_ADMIN = "node_admin"
    AUDITOR = "auditor"
    SYSTEM_OPERATOR = "system_operator"


_OFFICES: Final = frozenset(AID_OFFICES)
_CENTRES: Final = frozenset({Kind.NATIONAL_AID_CENTRE, Kind.MOE_IT_CENTRE})
_IT: Final = frozenset({Kind.PROVINCE_IT, Kind.MOE_IT_CENTRE})
_BESIDE: Final = frozenset({Kind.ENROLMENT_OFFICE, Kind.FINANCE_OFFICE})
_EVERYWHERE: Final = frozenset(Kind)

POST_FITS: Final[Mapping[Post, frozenset[Kind]]] = {
    Post.OPERATOR: SCHOOL_KINDS | _OFFICES | _CENTRES | _BESIDE,
    Post.REVIEWER: SCHOOL_KINDS | _OFFICES | _CENTRES | _BESIDE,
    Post.MANAGER: _EVERYWHERE,
    Post.FIRST_RESPONSIBLE: _EVERYWHERE,
    Post.IT_ENGINEER: _IT,
    Post.ENROLMENT_OFFICER: frozenset({Kind.ENROLMENT_OFFICE}),
    Post.AGENT: frozenset({Kind.CALL_CENTRE}),
}

_ASKING: Final = frozenset(
    {May.TICKET_CREATE, May.TICKET_CONFIRM, May.TICKET_WITHDRAW, May.TICKET_URGE, May.TICKET_SUPPLY}
)
_READING: Final = frozenset(
    {May.TICKET_READ, May.TICKET_READ_RESTRICTED, May.BODY_READ, May.ROSTER_READ}
)
# What everybody does who works on somebody else's question, holder or step body.
_WORKING: Final = _READING | {
    May.QUEUE_READ, May.TICKET_TAKE, May.TICKET_ACCEPT, May.TICKET_REPLY, May.TICKET_NOTE,
    May.TICKET_ASK, May.TICKET_COMPLETE_STEP, May.TICKET_RESOLVE, May.TICKET_RETURN,
    May.TICKET_HAND_UP, May.TICKET_REDIRECT, May.TICKET_PAUSE, May.ARTICLE_WRITE, May.REPLY_WRITE,
}  # fmt: skip
_HANDLING: Final = _WORKING | {May.TICKET_DELEGATE, May.TICKET_MERGE, May.TICKET_CREATE_FOR_OTHERS}
_TRAINING: Final = frozenset(
    {
        May.COVERAGE_READ, May.SESSION_MANAGE, May.ATTENDANCE_MARK, May.ATTENDANCE_CORRECT,
        May.TRAINING_REMIND,
    }
)  # fmt: skip
_COVERAGE: Final = frozenset({May.COVERAGE_READ, May.REPORT_READ})
_LEADING: Final = (
    frozenset({May.TICKET_ASSIGN, May.CASE_REVIEW, May.FILING_MANAGE, May.ARTICLE_REVIEW})
    | _TRAINING
    | _COVERAGE
)
# Somebody on the telephone is confirmed for by the one who filed it.
_AGENT: Final = _HANDLING | {May.TICKET_FEEDBACK, May.TICKET_CONFIRM, May.BOARD_READ}

ROLE_PERMISSIONS: Final[Mapping[Role, frozenset[May]]] = {
    Role.SCHOOL_STAFF: _ASKING | _READING | _TRAINING | {May.TICKET_REPLY, May.ROSTER_MANAGE},
    Role.OFFICE_HANDLER: _HANDLING | _ASKING | _COVERAGE | {May.CASE_SUBMIT},
    Role.OFFICE_LEAD: _HANDLING | _ASKING | _LEADING | {May.CASE_SUBMIT},
    Role.IT_ENGINEER: _WORKING | _ASKING | {May.TICKET_DELEGATE, May.TICKET_MERGE},
    Role.ENROLMENT_OFFICER: _WORKING | _ASKING,
    Role.CALL_CENTRE_AGENT: _AGENT,
    Role.CALL_CENTRE_LEAD: _AGENT | {May.TICKET_ASSIGN, May.ARTICLE_REVIEW},
    Role.TRAINING_COORDINATOR: _TRAINING
    | _COVERAGE
    | {May.BODY_READ, May.ROSTER_READ, May.CASE_SUBMIT, May.CASE_REVIEW},
    Role.SUPERVISOR: _COVERAGE
    | {May.TICKET_READ, May.BOARD_READ, May.BODY_READ, May.ROSTER_READ},
    Role.NODE_ADMIN: frozenset(
        {
            May.BODY_READ, May.BODY_MANAGE, May.ROSTER_READ, May.ROSTER_MANAGE, May.ACCOUNT_MANAGE,
            May.ROLE_GRANT, May.SETTING_MANAGE, May.COVERAGE_READ, May.FILING_MANAGE,
        }
    ),
    Role.AUDITOR: frozenset({May.AUDIT_READ}),
    Role.SYSTEM_OPERATOR: frozenset({May.OUTBOX_READ, May.WORKDAYS_MANAGE, May.AUDIT_READ}),
}  # fmt: skip

ROLE_FITS: Final[Mapping[Role, frozenset[Kind]]] = {
    Role.SCHOOL_STAFF: SCHOOL_KINDS,
    Role.OFFICE_HANDLER: _OFFICES | {Kind.NATIONAL_AID_CENTRE},
    Role.OFFICE_LEAD: _OFFICES | _CENTRES | _IT | _BESIDE,
    Role.IT_ENGINEER: _IT,
    Role.ENROLMENT_OFFICER: _BESIDE,
    Role.CALL_CENTRE_AGENT: frozenset({Kind.CALL_CENTRE}),
    Role.CALL_CENTRE_LEAD: frozenset({Kind.CALL_CENTRE}),
    Role.TRAINING_COORDINATOR: _OFFICES | _CENTRES | {Kind.CENTRAL_HEI},
    Role.SUPERVISOR: _OFFICES | _CENTRES,
    Role.NODE_ADMIN: _EVERYWHERE,
    Role.AUDITOR: _OFFICES,
    Role.SYSTEM_OPERATOR: frozenset(),
}
ROOT_ROLES: Final = frozenset(
    {
        Role.TRAINING_COORDINATOR, Role.SUPERVISOR, Role.NODE_ADMIN, Role.AUDITOR,
        Role.SYSTEM_OPERATOR,
    }
)  # fmt: skip
# Work for one body: only for those who stand on that body's roster.
BODY_ROLES: Final = frozenset(Role) - ROOT_ROLES
# Separation of duties: who manages accounts, who keeps the machine and who audits both.
APART: Final = frozenset({Role.NODE_ADMIN, Role.AUDITOR, Role.SYSTEM_OPERATOR})
# Wherever they are granted, only an administrator of the whole tree hands them out.
ROOT_ADMIN_GRANTS: Final = frozenset({Role.AUDITOR, Role.SYSTEM_OPERATOR})


def role_fits(role: Role, kind: Kind | None) -> bool:
    """Can `role` be granted on a body of `kind` (None: on the root of the tree)?"""
    return role in ROOT_ROLES if kind is None else kind in ROLE_FITS[role]


def roles_for(kind: Kind | None) -> tuple[Role, ...]:
    """Roles that fit a body of `kind` (None: the root), in the order of the enum."""
    return tuple(role for role in Role if role_fits(role, kind))


def posts_for(kind: Kind) -> tuple[Post, ...]:
    """Posts that a body of `kind` has, in the order of the enum."""
    return tuple(post for post in Post if kind in POST_FITS[post])


def clashing_role(held: Iterable[Role], role: Role) -> Role | None:
    """A role the person holds that must never be together with `role`, or None."""
    if role not in APART:
        return None
    return next((other for other in sorted(held) if other in APART and other != role), None)


def roles_with(permission: May) -> frozenset[Role]:
    """Roles that hold `permission`."""
    return frozenset(role for role in Role if permission in ROLE_PERMISSIONS[role])


HANDLER_ROLES: Final = roles_with(May.TICKET_ACCEPT)
LEAD_ROLES: Final = roles_with(May.TICKET_ASSIGN)


# --- names, numbers, addresses --------------------------------------------------------------

_STAFF_NO = re.compile(r"[A-Z0-9](?:[A-Z0-9-]{1,12})[A-Z0-9]", re.ASCII)
_OWN_NUMBER = re.compile(r"P\d{8}", re.ASCII)
_USER_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{2,63}", re.ASCII)
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_PHONE = re.compile(r"\+?[0-9][0-9 -]{4,23}", re.ASCII)
_MAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250})\.[A-Za-z]{2,24}")
_ID_NUMBER = re.compile(r"(?<!\d)(?:\d{17}[\dX]|\d{15})(?!\d)", re.ASCII)


def plain(text: str) -> str:
    """Full-width forms made narrow, blanks at the ends gone, inner runs of blanks single."""
    return " ".join(unicodedata.normalize("NFKC", printable(text)).split())


def user_name_key(text: str) -> str:
    """A user name as it is stored and looked up: case and width do not matter."""
    return plain(text).casefold()


def is_user_name(text: str) -> bool:
    """3-64 letters, digits and `. _ @ -`; never an ID number."""
    return bool(_USER_NAME.fullmatch(text)) and not has_id_number(text)


def is_staff_no(text: str) -> bool:
    """3-14 capital letters, digits, hyphens: too short for an ID number, and no mobile number."""
    return bool(_STAFF_NO.fullmatch(text)) and not _MOBILE.fullmatch(text)


def own_staff_no(person_id: int) -> str:
    """The number we give when nobody brings one: P and the eight digits of the row."""
    return f"P{person_id:08d}"


def is_own_number(text: str) -> bool:
    """Does it look like a number that only we give?"""
    return bool(_OWN_NUMBER.fullmatch(text))


def is_phone(text: str) -> bool:
    """A mobile or fixed line number."""
    return bool(_PHONE.fullmatch(text)) and not has_id_number(text)


def is_mail(text: str) -> bool:
    """One address, with a host that has a dot."""
    return len(text) <= 254 and bool(_MAIL.fullmatch(text)) and not has_id_number(text)


def has_id_number(text: str) -> bool:
    """Digits in the form of a resident ID number (18 or 15 places), in any width or grouping."""
    narrow = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()
    return bool(_ID_NUMBER.search(narrow))


# --- passwords ------------------------------------------------------------------------------

PASSWORD_SHORTEST: Final = 8
PASSWORD_LONGEST: Final = 64
CODE_LIFE: Final = timedelta(days=7)
_TOO_COMMON: Final = frozenset(
    """
    password passw0rd p@ssword p@ssw0rd passwd letmein welcome iloveyou administrator admin admin888
    qwerty qwertyuiop asdfghjkl zxcvbnm qazwsx qazwsxedc 1qaz2wsx zaq12wsx woaini woaini1314
    wodemima zizhu xszz xszzzx ziszhu xuesheng xueshengzizhu mima abcd abc qwer asdf test user
    root guest changeme secret dragon monkey sunshine princess football master superman
    hello 5201314 1314520
    """.split()  # noqa: SIM905  # a block of words reads better than a list of strings
)
_ROWS: Final = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl")


class PasswordTooShort(RuleBroken):
    """Fewer than PASSWORD_SHORTEST characters."""

    sentence = N_("新密码太短：至少 %(shortest)s 个字符。可以用一句只有您知道的话。")


class PasswordTooLong(RuleBroken):
    """More than PASSWORD_LONGEST characters."""

    sentence = N_("新密码太长：最多 %(longest)s 个字符。")


class PasswordIsUserName(RuleBroken):
    """The user name, or little more than it: school codes are public."""

    sentence = N_("新密码不能是用户名，也不能只在用户名上加几个字符。请换一个。")


class PasswordTooCommon(RuleBroken):
    """On the list, one character repeated, or a row of the keyboard."""

    sentence = N_("这个密码太常见，很容易被猜到。请换一个，例如几个不相干的词连在一起。")


def check_password(password: str, *, user_name: str) -> None:
    """Raise the child of RuleBroken that says what is wrong with a new password."""
    if len(password) < PASSWORD_SHORTEST:
        raise PasswordTooShort(shortest=PASSWORD_SHORTEST)
    if len(password) > PASSWORD_LONGEST:
        raise PasswordTooLong(longest=PASSWORD_LONGEST)
    folded = user_name_key(password)
    name = user_name_key(user_name)
    if name and name in folded and len(folded) - len(name) < 4:
        raise PasswordIsUserName
    if _is_common(folded):
        raise PasswordTooCommon


def _is_common(folded: str) -> bool:
    # A few digits or signs behind a common word do not make it less common.
    core = folded.rstrip("0123456789!@#$%^&*.?") or folded
    if len(set(folded)) < 3 or folded in _TOO_COMMON or core in _TOO_COMMON:
        return True
    rows = _ROWS + tuple(row[::-1] for row in _ROWS)
    return any(folded in row or (len(core) > 3 and core in row) for row in rows)


# --- throttle -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Limit:
    """So many attempts within `window`; then nothing for `block`."""

    attempts: int
    window: timedelta
    block: timedelta


NAME_LIMIT: Final = Limit(attempts=5, window=timedelta(minutes=15), block=timedelta(minutes=15))
# A whole school sits behind one address.
ADDRESS_LIMIT: Final = Limit(attempts=60, window=timedelta(minutes=15), block=timedelta(minutes=15))


@dataclass(frozen=True)
class Counter:
    """Attempts since `since`; no attempt is looked at before `blocked_until`."""

    attempts: int
    since: datetime
    blocked_until: datetime | None = None


def blocked(counter: Counter, now: datetime) -> bool:
    """Is the counter closed at this moment?"""
    return counter.blocked_until is not None and now < counter.blocked_until


def counted(counter: Counter, limit: Limit, now: datetime) -> Counter:
    """The counter after one more attempt; the last one allowed closes it for the next.

    Attempts are counted before the password is looked at, so that many at once count as many.
    """
    if blocked(counter, now):
        return counter
    if counter.blocked_until is not None or now - counter.since >= limit.window:
        counter = Counter(attempts=0, since=now)
    counter = replace(counter, attempts=counter.attempts + 1)
    if counter.attempts < limit.attempts:
        return counter
    return replace(counter, blocked_until=now + limit.block)


def throttle_key(kind: str, text: str) -> str:
    """The digest under which attempts with a name or from an address are counted."""
    return hashlib.sha256(f"{kind}:{text}".encode()).hexdigest()


def name_key(user_name: str) -> str:
    """The key of a user name, whether an account has it or not."""
    return throttle_key("name", user_name_key(user_name))


# --- sessions -------------------------------------------------------------------------------


def session_is_over(
    *, issued_at: datetime, seen_at: datetime, now: datetime, idle: timedelta, absolute: timedelta
) -> bool:
    """Idle for too long, or signed in for too long."""
    return now - seen_at > idle or now - issued_at > absolute


# --- what is written down -------------------------------------------------------------------


class Act(StrEnum):
    """What somebody did to a person, an account or a grant."""

    PERSON_ADDED = "person_added"
    PERSON_EDITED = "person_edited"
    PERSONS_MERGED = "persons_merged"
    APPOINTMENT_ADDED = "appointment_added"
    APPOINTMENT_EDITED = "appointment_edited"
    APPOINTMENT_ENDED = "appointment_ended"
    APPOINTMENT_TRANSFERRED = "appointment_transferred"
    ACCOUNT_OPENED = "account_opened"
    CODE_ISSUED = "code_issued"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_ENABLED = "account_enabled"
    ACCOUNT_UNLOCKED = "account_unlocked"
    PASSWORD_CHANGED = "password_changed"
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"
    ROLE_GRANTED = "role_granted"
    ROLE_REVOKED = "role_revoked"


class SignInOutcome(StrEnum):
    """How an attempt to sign in to an existing account ended."""

    OK = "ok"
    WRONG = "wrong"
    CODE_EXPIRED = "code_expired"
    DISABLED = "disabled"
    NOT_IN_SERVICE = "not_in_service"
