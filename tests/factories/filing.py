"""Filing dates in tests: an occurrence by its key, an earlier date of an office."""

from __future__ import annotations

from datetime import date

from sqlalchemy import insert

from helpdesk.filing.models import EarlierDate
from helpdesk.filing.operations import overlaying
from helpdesk.filing.queries import tables
from helpdesk.filing.rules import dates
from helpdesk.filing.rules.annexes import Level
from helpdesk.filing.rules.dates import Occurrence
from helpdesk.kernel.db import session
from helpdesk.organizations.models import BodySubsystem
from helpdesk.organizations.rules import Subsystem
from tests.factories.country import Country


def occurrence(key: str) -> Occurrence:
    """`SH-06:school:2026-12-20`."""
    item_id, level, named = key.split(":")
    day = date.fromisoformat(named)
    return next(iter(dates.occurrences((tables.item(item_id),), Level(level), day, day)))


def earlier(
    country: Country, who: str, key: str, due: str, reason: str = "统一安排"
) -> EarlierDate:
    """The office of `who` asks for a date earlier; its row."""
    actor = country.actor(who)
    office = country.body(next(n for n, b in country.bodies.items() if b.id == actor.body_id))
    found = occurrence(key)
    overlaying.set_earlier(
        actor=actor,
        office=office,
        found=[found],
        due_on=date.fromisoformat(due),
        reason=reason,
        now=country.now,
    )
    row = (
        session()
        .query(EarlierDate)
        .filter_by(
            body_id=office.id, item_id=found.item.id, level=found.level, named_on=found.named_on
        )
    )
    return row.one()


def uses(country: Country, name: str, *subsystems: Subsystem) -> None:
    """A school uses more subsystems."""
    body = country.body(name)
    rows = [{"body_id": body.id, "subsystem": s} for s in subsystems]
    session().execute(insert(BodySubsystem), rows)
    session().expire(body)
