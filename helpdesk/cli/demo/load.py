"""Everything of the demonstration, in the order in which it can exist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from helpdesk.catalog.operations import index_cards
from helpdesk.cli import knowledge
from helpdesk.cli.demo import accounts, cases, filing, staff, tickets, training, tree, turnover
from helpdesk.filing.operations.indexing import index_items
from helpdesk.kernel.db import session
from helpdesk.knowledge.operations.articles import syncing
from helpdesk.organizations import queries as organizations
from helpdesk.workdays import operations as workdays


@dataclass(frozen=True)
class Loaded:
    """How much there is now."""

    bodies: int
    accounts: int
    tickets: int
    sessions: int


def load(*, password: str, now: datetime) -> Loaded:
    """Fill an empty database; the caller commits once. BadData when a file of ours is wrong."""
    workdays.seed(now=now)
    syncing.sync(knowledge.files(), now=now)
    index_cards()
    index_items()
    planted = tree.plant(now)
    persons = staff.hire(planted)
    accounts.open_all(persons, planted.ids, password=password, now=staff.opened_at(planted))
    _look_at_sizes()
    tree.live_on(now)
    lived = tickets.live(now)
    held = training.live(now)
    turnover.live(planted, now)
    cases.live(now)
    filing.live(now)
    training.count(now)
    training.certify(persons.values(), now)
    return Loaded(len(planted.ids), len(accounts.demo_accounts()), lived, held)


def is_loaded() -> bool:
    """Does the demonstration tree stand in this database?"""
    first, last = accounts.demo_accounts()[0], accounts.demo_accounts()[-1]
    return all(organizations.body_by_code(one.body) is not None for one in (first, last))


def _look_at_sizes() -> None:
    """PostgreSQL would go on with plans made when there was nobody: every later row that names a
    person would be checked by reading all of them."""
    if session().get_bind().dialect.name == "postgresql":
        session().execute(text("ANALYZE"))
