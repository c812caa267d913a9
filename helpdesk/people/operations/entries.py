"""What a form says about a person and an appointment, and what is refused in it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import select

from helpdesk.kernel.db import session
from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.text import N_
from helpdesk.organizations.models import Body, BodySubsystem
from helpdesk.organizations.rules import SCHOOL_KINDS, Subsystem
from helpdesk.people import rules
from helpdesk.people.models import Appointment, AppointmentPost, Person
from helpdesk.people.rules import Post

EARLIEST_JOINING = date(1960, 1, 1)


class FieldRefused(RuleBroken):
    """One field of a form is wrong; `field` is its name."""

    field: ClassVar[str] = ""


class NameWrong(FieldRefused):
    """Two to eighty characters, and no number of a document."""

    sentence = N_("请填写姓名（2至80个字），不要填证件号码。")
    field = "name"


class MobileWrong(FieldRefused):
    """Not a telephone number."""

    sentence = N_("“%(text)s”不像电话号码。请填手机号，或带区号的座机号，例如 010-12345678。")
    field = "mobile"


class MailWrong(FieldRefused):
    """Not a mail address."""

    sentence = N_("“%(text)s”不像邮箱地址。请写成 name@example.cn 的样子，或者留空。")
    field = "mail"


class StaffNoWrong(FieldRefused):
    """Not a staff number."""

    sentence = N_(
        "工号由3至14位大写字母、数字和短横组成，不能用身份证号或手机号；没有工号请留空，由系统编号。"
    )
    field = "staff_no"


class StaffNoTaken(FieldRefused):
    """The number belongs to somebody of another name."""

    sentence = N_(
        "工号%(staff_no)s已经登记给另一个姓名。请核对工号和姓名；没有工号请留空，由系统编号。"
    )
    field = "staff_no"


class SamePersonPerhaps(FieldRefused):
    """The number belongs to somebody of the same name: one person with two appointments?"""

    sentence = N_(
        "工号%(staff_no)s已有同名人员。是同一个人的，请勾选“给已有人员增加任职”后再提交。"
    )
    field = "staff_no"


class PostMissing(FieldRefused):
    """An appointment has at least one post."""

    sentence = N_("请至少选择一个岗位。")
    field = "posts"


class PostDoesNotFit(FieldRefused):
    """The kind of body has no such post."""

    sentence = N_("%(body)s没有这个岗位。请从列出的岗位中选择。")
    field = "posts"


class FirstResponsibleTaken(FieldRefused):
    """One first responsible person per body (S-3.2.2)."""

    sentence = N_("第一责任人已经是%(name)s。每个单位一人；换人时请先改掉%(name)s的岗位。")
    field = "posts"


class SubsystemDoesNotFit(FieldRefused):
    """The school does not use that subsystem."""

    sentence = N_("%(body)s没有使用这个子系统。请从列出的子系统中选择。")
    field = "subsystems"


class JoinedWrong(FieldRefused):
    """Joined in the future, or before anybody could have."""

    sentence = N_("到岗日期要在1960年以后、不晚于今天。提前登记的，请到岗当天再填。")
    field = "joined_on"


class LeftWrong(FieldRefused):
    """Left before joining or in the future."""

    sentence = N_("离岗日期要在%(joined)s（到岗）以后、不晚于今天。提前知道的，请到当天再办。")
    field = "left_on"


class LeaveWrong(FieldRefused):
    """Leave without a beginning, or ending before it begins."""

    sentence = N_("请假要有开始日期，且不早于到岗日期；结束日期不能早于开始日期，未定可以留空。")
    field = "on_leave_since"


@dataclass(frozen=True)
class PersonEntry:
    """What a form says about a person. Empty `staff_no`: we give a number."""

    name: str
    staff_no: str = ""
    mobile: str = ""
    mail: str = ""


@dataclass(frozen=True)
class WorkEntry:
    """What a form says about an appointment."""

    joined_on: date
    posts: frozenset[Post]
    subsystems: frozenset[Subsystem] = field(default_factory=frozenset)
    on_leave_since: date | None = None
    on_leave_until: date | None = None


def checked(entry: PersonEntry, known: str = "") -> PersonEntry:
    """The entry, cleaned. `known`: the number the person has. Raises a FieldRefused."""
    name, mobile, mail = (rules.plain(t) for t in (entry.name, entry.mobile, entry.mail))
    staff_no = rules.plain(entry.staff_no).upper()
    if not 2 <= len(name) <= 80 or rules.has_id_number(name):
        raise NameWrong
    if mobile and not rules.is_phone(mobile):
        raise MobileWrong(text=mobile)
    if mail and not rules.is_mail(mail):
        raise MailWrong(text=mail)
    if staff_no and staff_no != known and not rules.is_staff_no(staff_no):
        raise StaffNoWrong
    return PersonEntry(name=name, staff_no=staff_no, mobile=mobile, mail=mail)


def refuse_taken(entry: PersonEntry) -> None:
    """Raises SamePersonPerhaps, StaffNoTaken or StaffNoWrong (a number that only we give)."""
    name = session().scalar(select(Person.name).where(Person.staff_no == entry.staff_no))
    if name is not None:
        kind = SamePersonPerhaps if name == entry.name else StaffNoTaken
        raise kind(staff_no=entry.staff_no)
    if rules.is_own_number(entry.staff_no):
        raise StaffNoWrong


def check_work(body: Body, work: WorkEntry, now: datetime, *, person_id: int) -> None:
    """Raises a FieldRefused when the appointment does not fit the body or the calendar."""
    check_fit(body, _used_by(body.id), work, now)
    if Post.FIRST_RESPONSIBLE in work.posts:
        _refuse_second_responsible(body.id, person_id)


def check_fit(body: Body, used: Collection[Subsystem], work: WorkEntry, now: datetime) -> None:
    """The same as far as it needs no look at other persons; `used`: subsystems of the body."""
    if not work.posts:
        raise PostMissing
    if not work.posts <= set(rules.posts_for(body.kind)):
        raise PostDoesNotFit(body=body)
    if body.kind in SCHOOL_KINDS and not work.subsystems <= set(used):
        raise SubsystemDoesNotFit(body=body)
    if not EARLIEST_JOINING <= work.joined_on <= shanghai_date(now):
        raise JoinedWrong
    since, until = work.on_leave_since, work.on_leave_until
    if (until and (since is None or until < since)) or (since and since < work.joined_on):
        raise LeaveWrong


def _refuse_second_responsible(body_id: int, person_id: int) -> None:
    name = session().scalar(
        select(Person.name)
        .join(Appointment, Appointment.person_id == Person.id)
        .join(AppointmentPost, AppointmentPost.appointment_id == Appointment.id)
        .where(
            Appointment.body_id == body_id,
            Appointment.left_on.is_(None),
            AppointmentPost.post == Post.FIRST_RESPONSIBLE,
            Person.id != person_id,
        )
    )
    if name is not None:
        raise FirstResponsibleTaken(name=name)


def _used_by(body_id: int) -> set[Subsystem]:
    query = select(BodySubsystem.subsystem).where(BodySubsystem.body_id == body_id)
    return set(session().scalars(query))
