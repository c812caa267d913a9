"""Plainly invented people for every body: 王老师(演示), 李校长(演示)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import cycle

from helpdesk.cli.demo.accounts import demo_accounts
from helpdesk.cli.demo.plan import ASKING_COUNTIES
from helpdesk.cli.demo.tree import Planted
from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.instants import shanghai_date
from helpdesk.organizations.operations.adding import NewBody
from helpdesk.organizations.rules import AID_OFFICES, SCHOOL_KINDS, Kind
from helpdesk.people.operations.entries import PersonEntry, WorkEntry
from helpdesk.people.operations.rosters import NewStaff, add_staff
from helpdesk.people.rules import Post

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_HEADS = {"11": "园长", "41": "分管校领导", "42": "分管校领导", "91": "院长"}
# Every so many persons one is on leave, so that the lists have somebody to show.
_ON_LEAVE_EVERY = 197
# Every so many schools one has no roster at all: a gap that the year view must show.
_NO_ROSTER_EVERY = 67


def hire(planted: Planted) -> dict[str, int]:
    """Fill every roster: user names of the accounts to come -> person id."""
    joined = shanghai_date(planted.at)
    rows = list(_everybody(planted, joined))
    ids = add_staff(actor=SYSTEM, rows=rows, now=planted.at + timedelta(hours=1))
    numbered = zip(demo_accounts(), rows, strict=False)  # the account holders come first
    return {one.user_name: ids[row.entry.staff_no] for one, row in numbered}


def _everybody(planted: Planted, joined: date) -> Iterator[NewStaff]:
    filled: defaultdict[str, set[Post]] = defaultdict(set)
    number = 0
    for one in demo_accounts():
        number += 1
        filled[one.body] |= one.posts
        entry = PersonEntry(name=one.name, staff_no=f"DEMO-{number:06d}", mail=one.mail)
        yield NewStaff(planted.ids[one.body], entry, WorkEntry(joined, one.posts))
    surnames = cycle(_SURNAMES)
    for place, body in enumerate(planted.rows):
        if _has_no_roster(body, place) and body.code not in filled:
            continue
        for post, title in _team(body):
            if post in filled[body.code]:
                continue
            number += 1
            entry = PersonEntry(
                name=f"{next(surnames)}{title}(演示)", staff_no=f"DEMO-{number:06d}"
            )
            yield NewStaff(planted.ids[body.code], entry, _work(joined, post, number))


def another(body_id: int, number: int, joined_on: date) -> NewStaff:
    """A teacher who began lately."""
    name = f"{_SURNAMES[number % len(_SURNAMES)]}老师(演示)"
    entry = PersonEntry(name=name, staff_no=f"DEMO-N{number:05d}")
    return NewStaff(body_id, entry, WorkEntry(joined_on, frozenset({Post.OPERATOR})))


def _has_no_roster(body: NewBody, place: int) -> bool:
    # Schools that ask questions, those of whole counties with accounts, have somebody to ask.
    quiet = body.kind is Kind.SCHOOL and body.parent_code not in ASKING_COUNTIES
    return quiet and place % _NO_ROSTER_EVERY == 0


def _work(joined: date, post: Post, number: int) -> WorkEntry:
    since = joined + timedelta(days=400) if number % _ON_LEAVE_EVERY == 0 else None
    return WorkEntry(joined, frozenset({post}), on_leave_since=since)


def _team(body: NewBody) -> Iterable[tuple[Post, str]]:
    if body.kind in SCHOOL_KINDS:
        head = _HEADS.get(body.code[:2], "校长")
        return (
            (Post.OPERATOR, "老师"), (Post.REVIEWER, "老师"), (Post.FIRST_RESPONSIBLE, head),
        )  # fmt: skip
    if body.kind in AID_OFFICES:
        return ((Post.MANAGER, "经办"), (Post.FIRST_RESPONSIBLE, "主任"))
    return _SIDE_TEAMS.get(body.kind, ((Post.FIRST_RESPONSIBLE, "主任"),))


_SIDE_TEAMS: dict[Kind, tuple[tuple[Post, str], ...]] = {
    Kind.PROVINCE_IT: ((Post.IT_ENGINEER, "工程师"), (Post.FIRST_RESPONSIBLE, "主任")),
    Kind.ENROLMENT_OFFICE: ((Post.ENROLMENT_OFFICER, "学籍员"),),
    Kind.FINANCE_OFFICE: ((Post.OPERATOR, "会计"),),
}


def opened_at(planted: Planted) -> datetime:
    """The instant at which the accounts are opened: after the rosters."""
    return planted.at + timedelta(hours=2)
