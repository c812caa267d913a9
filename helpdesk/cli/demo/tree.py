"""Plants the demonstration tree and lets its history happen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from helpdesk.cli.demo import plan
from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.datafiles import Node, read
from helpdesk.kernel.instants import shanghai_date
from helpdesk.organizations import access
from helpdesk.organizations.operations.adding import NewBody, add_bodies
from helpdesk.organizations.operations.editing import set_status
from helpdesk.organizations.operations.moving import move_body
from helpdesk.organizations.rules import BodyStatus


@dataclass(frozen=True)
class Planted:
    """The bodies as they were planned, their ids by code, and the instant of planting."""

    rows: tuple[NewBody, ...]
    ids: dict[str, int]
    at: datetime


def plant(now: datetime) -> Planted:
    """Add every body as of `planted_days_ago`."""
    rows = plan.rows()
    at = now - timedelta(days=_history()["planted_days_ago"].number())
    return Planted(rows, add_bodies(actor=SYSTEM, rows=rows, now=at), at)


def live_on(now: datetime) -> None:
    """Schools set 无效, closed and moved since then, each on its day."""
    history = _history()
    for status, name in ((BodyStatus.INVALID, "invalid"), (BodyStatus.CLOSED, "closed")):
        for found, at in _acts(history[name], ("school", "days_ago", "reason"), now):
            school = access.body(SYSTEM, found["school"].text())
            set_status(
                actor=SYSTEM,
                body=school,
                version=school.version,
                status=status,
                since_on=shanghai_date(at),
                reason=found["reason"].text(),
                now=at,
            )
    fields = ("school", "to", "days_ago", "approval", "reason")
    for found, at in _acts(history["moved"], fields, now):
        school = access.body(SYSTEM, found["school"].text())
        move_body(
            actor=SYSTEM,
            body=school,
            new_parent=access.destination(SYSTEM, found["to"].text()),
            version=school.version,
            approval_no=found["approval"].text(),
            since_on=shanghai_date(at),
            reason=found["reason"].text(),
            now=at,
        )


def _history() -> dict[str, Node]:
    return read(plan.FOLDER / "history.yaml").mapping(
        ("planted_days_ago", "invalid", "closed", "moved")
    )


def _acts(
    node: Node, fields: tuple[str, ...], now: datetime
) -> Iterator[tuple[dict[str, Node], datetime]]:
    for item in node.items():
        found = item.mapping(fields)
        yield found, now - timedelta(days=found["days_ago"].number())
