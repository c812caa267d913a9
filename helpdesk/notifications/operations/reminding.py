"""Reminders of training: to persons not trained, to heads of their bodies, to coordinators."""

from __future__ import annotations

from collections.abc import Mapping

from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.permissions import Permission
from helpdesk.notifications.queries import reminding as queries
from helpdesk.notifications.rules import Msg, channels
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.outbox.operations import writing as outbox
from helpdesk.outbox.operations.writing import Note
from helpdesk.people import queries as people
from helpdesk.training import events as facts
from helpdesk.training.rules.reminding import Tally

_Summary = facts.BodiesReminded | facts.OfficesReminded


def persons_reminded(fact: facts.PersonsReminded) -> None:
    """Each of them: until when, and where the next sessions stand."""
    note = Note(
        event_key=fact.key,
        message=Msg.TRAINING_REMINDER,
        about=f"mytraining:{fact.year}",
        params={"year": fact.year, "last_on": fact.last_on.isoformat()},
    )
    outbox.put_all(
        note=note,
        recipients=fact.person_ids,
        channels=channels(Msg.TRAINING_REMINDER),
        now=fact.at,
    )


def bodies_reminded(fact: facts.BodiesReminded) -> None:
    """The managers and the first responsible person of each body."""
    bodies = [tally.body_id for tally in fact.tallies]
    heads = queries.heads_of(bodies, shanghai_date(fact.at))
    _sum_up(fact, Msg.TRAINING_REMINDER_BODY, heads)


def offices_reminded(fact: facts.OfficesReminded) -> None:
    """Those who may remind people for an office: its coordinators and its lead."""
    ids = [tally.body_id for tally in fact.tallies]
    _sum_up(fact, Msg.TRAINING_REMINDER_OFFICE, people.holders(Permission.TRAINING_REMIND, ids))


def _sum_up(fact: _Summary, message: Msg, told: Mapping[int, tuple[int, ...]]) -> None:
    bodies = organizations.bodies(told)
    notes = [
        (_summary(fact, message, tally, bodies[tally.body_id]), told[tally.body_id])
        for tally in fact.tallies
        if tally.body_id in told
    ]
    outbox.put_each(notes=notes, channels=channels(message), now=fact.at)


def _summary(fact: _Summary, message: Msg, tally: Tally, body: BodyView) -> Note:
    return Note(
        event_key=f"{fact.key}:{tally.body_id}",
        message=message,
        about=f"coverage:{body.code}",
        params={
            "year": fact.year,
            "last_on": fact.last_on.isoformat(),
            "body": {"zh": body.name, "en": body.name_en or body.name},
            "untrained": tally.untrained,
            "active": tally.active,
        },
    )
