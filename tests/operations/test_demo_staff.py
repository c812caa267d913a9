"""Whole rosters and shared accounts: the rules of one by one, a constant number of statements."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from helpdesk.kernel import events
from helpdesk.kernel.actor import SYSTEM, Actor
from helpdesk.kernel.errors import Forbidden, NotFound, Refusal
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations.operations.editing import set_status
from helpdesk.organizations.rules import BodyStatus, Subsystem
from helpdesk.people import queries
from helpdesk.people.access import lists
from helpdesk.people.events import StaffChanged
from helpdesk.people.operations import entries, signing_in
from helpdesk.people.operations.accounts import UserNameTaken, UserNameWrong
from helpdesk.people.operations.demonstration import open_accounts
from helpdesk.people.operations.entries import PersonEntry, WorkEntry
from helpdesk.people.operations.roster import BodyClosed
from helpdesk.people.operations.rosters import NewStaff, add_staff
from helpdesk.people.rules import PasswordTooShort, Post
from tests.factories.organizations import body, tree
from tests.support.queries import Queries

TODAY = date(2026, 9, 22)


@pytest.fixture(autouse=True)
def _tree(session: Session, now: datetime) -> None:
    tree(now)


def staff(number: str, code: str = "2142900001", **over: Any) -> NewStaff:
    entry = PersonEntry(name=over.pop("name", "王老师(演示)"), staff_no=number)
    words = {"joined_on": TODAY, "posts": frozenset({Post.OPERATOR}), **over}
    return NewStaff(body(code).id, entry, WorkEntry(**words))


def test_everybody_stands_on_the_roster(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    facts: list[Any] = []
    monkeypatch.setattr(events, "publish", facts.append)
    rows = [
        staff("DEMO-1", subsystems=frozenset({Subsystem.COMPULSORY})),
        staff("DEMO-2", name="李校长(演示)", posts=frozenset({Post.FIRST_RESPONSIBLE})),
        staff("DEMO-3", "420102", posts=frozenset({Post.MANAGER})),
    ]
    ids = add_staff(actor=SYSTEM, rows=rows, now=now)
    assert list(ids) == ["DEMO-1", "DEMO-2", "DEMO-3"]
    assert queries.person(ids["DEMO-2"]).name == "李校长(演示)"
    assert queries.first_responsible_of(body("2142900001").id) == (ids["DEMO-2"],)
    school = lists.roster(SYSTEM, "2142900001").rows
    assert {row.work.staff_no for row in school} == {"DEMO-1", "DEMO-2"}
    assert next(row.work for row in school if row.work.staff_no == "DEMO-1").subsystems == (
        Subsystem.COMPULSORY,
    )
    bodies = (body("2142900001").id, body("420102").id)
    assert facts == [StaffChanged(tuple(ids.values()), bodies, now)]


def test_nobody_is_nobody(now: datetime) -> None:
    assert add_staff(actor=SYSTEM, rows=[], now=now) == {}


REFUSED: list[tuple[dict[str, Any], type[Refusal]]] = [
    ({"number": "DEMO-1"}, entries.StaffNoTaken),  # twice in the lot
    ({"number": ""}, entries.StaffNoWrong),
    ({"number": "P00000001"}, entries.StaffNoWrong),  # a number that only we give
    ({"number": "13800000000"}, entries.StaffNoWrong),
    ({"name": "王"}, entries.NameWrong),
    ({"posts": frozenset()}, entries.PostMissing),
    ({"posts": frozenset({Post.AGENT})}, entries.PostDoesNotFit),
    ({"subsystems": frozenset({Subsystem.POSTGRADUATE})}, entries.SubsystemDoesNotFit),
    ({"joined_on": date(2026, 9, 23)}, entries.JoinedWrong),
    ({"on_leave_until": TODAY}, entries.LeaveWrong),
    ({"posts": frozenset({Post.FIRST_RESPONSIBLE})}, entries.FirstResponsibleTaken),
]


@pytest.mark.parametrize(("over", "refusal"), REFUSED)
def test_one_wrong_row_refuses_all(
    now: datetime, over: dict[str, Any], refusal: type[Refusal]
) -> None:
    head = staff("DEMO-1", posts=frozenset({Post.FIRST_RESPONSIBLE}))
    with pytest.raises(refusal):
        add_staff(actor=SYSTEM, rows=[head, staff(over.pop("number", "DEMO-2"), **over)], now=now)
    assert lists.roster(SYSTEM, "2142900001").rows == []


def test_who_stands_there_already_counts(now: datetime) -> None:
    head = staff("DEMO-1", posts=frozenset({Post.FIRST_RESPONSIBLE}))
    add_staff(actor=SYSTEM, rows=[head], now=now)
    with pytest.raises(entries.StaffNoTaken):
        add_staff(actor=SYSTEM, rows=[staff("DEMO-1")], now=now)
    second = replace(head, entry=PersonEntry(name="李校长(演示)", staff_no="DEMO-2"))
    with pytest.raises(entries.FirstResponsibleTaken, match="王老师"):
        add_staff(actor=SYSTEM, rows=[second], now=now)


def test_range_and_closed_bodies(now: datetime) -> None:
    path = body("420103").path
    neighbour = Actor(None, "邻县", grants=frozenset({(Permission.ROSTER_MANAGE, path)}))
    with pytest.raises(Forbidden):
        add_staff(actor=neighbour, rows=[staff("DEMO-1")], now=now)
    with pytest.raises(NotFound):
        add_staff(actor=SYSTEM, rows=[replace(staff("DEMO-1"), body_id=0)], now=now)
    set_status(
        actor=SYSTEM, body=body("2142900001"), version=1, status=BodyStatus.CLOSED,
        since_on=TODAY, reason="停办", now=now,
    )  # fmt: skip
    with pytest.raises(BodyClosed):
        add_staff(actor=SYSTEM, rows=[staff("DEMO-1")], now=now)


def test_statements_do_not_grow_with_the_lot(now: datetime, queries: Queries) -> None:
    few = [staff(f"A-{n:04d}") for n in range(2)]
    many = [staff(f"B-{n:04d}") for n in range(90)]
    queries.clear()
    add_staff(actor=SYSTEM, rows=few, now=now)
    number = len(queries)
    queries.clear()
    add_staff(actor=SYSTEM, rows=many, now=now)
    assert len(queries) == number


def test_shared_accounts(session: Session, now: datetime) -> None:
    ids = add_staff(actor=SYSTEM, rows=[staff("DEMO-1"), staff("DEMO-2")], now=now)
    names = {ids["DEMO-1"]: "demo-one", ids["DEMO-2"]: "demo-two"}
    opened = open_accounts(actor=SYSTEM, user_names=names, password="all the same", now=now)
    assert set(opened) == set(ids.values())
    session.commit()
    for name in names.values():
        proof = signing_in.prove(
            user_name=name, password="all the same", address="127.0.0.1", now=now
        )
        assert proof.account_id in opened.values()


SHARED: list[tuple[str, str, type[Refusal]]] = [
    ("demo-one", "all the same", UserNameTaken),
    ("X", "all the same", UserNameWrong),
    ("demo-two", "short", PasswordTooShort),
]


@pytest.mark.parametrize(("name", "password", "refusal"), SHARED)
def test_shared_accounts_refused(
    now: datetime, name: str, password: str, refusal: type[Refusal]
) -> None:
    ids = add_staff(actor=SYSTEM, rows=[staff("DEMO-1"), staff("DEMO-2")], now=now)
    first = {ids["DEMO-1"]: "demo-one"}
    open_accounts(actor=SYSTEM, user_names=first, password="all the same", now=now)
    with pytest.raises(refusal):
        open_accounts(actor=SYSTEM, user_names={ids["DEMO-2"]: name}, password=password, now=now)
