"""Clocks on subjects of their own, without tickets around them.

offices = offices(now)                     # two handlers: the call centre, an office in Guangxi
clock = started(offices, "2026-09-18 15:00")
facts = Heard(monkeypatch)                 # what is published, wiring left out
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TypeVar

import pytest

from helpdesk.kernel import events
from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.instants import in_shanghai, parse_instant
from helpdesk.organizations.operations.adding import add_bodies
from helpdesk.organizations.rules import Kind
from helpdesk.sla.events import ClockFact
from helpdesk.sla.operations import clocks
from helpdesk.sla.rules import ClockView, Promise
from helpdesk.workdays import operations as workdays
from helpdesk.workdays.events import WorkdaysChanged
from tests.factories.organizations import new

CLOSE, OPENING = time(17, 30), time(8, 30)
Fact = TypeVar("Fact")


@dataclass(frozen=True)
class Offices:
    """Ids of two bodies that handle tickets."""

    call_centre: int
    guangxi: int


def offices(now: datetime) -> Offices:
    """The call centre and the aid office of Guangxi, with the working days as shipped."""
    workdays.seed(now=now)
    rows = (
        new("CALL", Kind.CALL_CENTRE, None, "呼叫中心"),
        new("450000", Kind.PROVINCE_AID, None, "广西壮族自治区资助中心", region_code="450000"),
    )
    ids = add_bodies(actor=SYSTEM, rows=rows, now=now)
    return Offices(ids["CALL"], ids["450000"])


def started(
    where: Offices,
    received: str,
    *,
    subject: str = "ticket:12",
    promise: Promise = Promise.LEGAL,
    days: int | None = 5,
    region: str = "CN",
    entered: str | None = None,
    due_on: date | None = None,
    close: time = CLOSE,
) -> ClockView:
    """Start a clock as a ticket would: received and entered are Beijing times."""
    return clocks.start(
        subject=subject,
        promise=promise,
        body_id=where.call_centre if region == "CN" else where.guangxi,
        region=region,
        days=None if due_on else days,
        close_of_business=close,
        opening=OPENING,
        received_at=at(received),
        now=at(entered or received),
        due_on=due_on,
    )


def at(text: str) -> datetime:
    """A Beijing time; without a year it is 2026."""
    return parse_instant(text if text[4:5] == "-" and len(text) > 11 else f"2026-{text}")


def written(moment: datetime | None) -> str:
    """`09-24 17:30` on Beijing clocks, empty for none."""
    return f"{in_shanghai(moment):%m-%d %H:%M}" if moment else ""


class Heard(list[object]):
    """Every fact about clocks and calendars that is published; nobody else hears it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        monkeypatch.setattr(events, "publish", self._hear)

    def _hear(self, fact: object) -> None:
        if isinstance(fact, ClockFact | WorkdaysChanged):
            self.append(fact)

    def of(self, kind: type[Fact]) -> list[Fact]:
        """Those of one kind, in order."""
        return [fact for fact in self if isinstance(fact, kind)]
