"""Accounts of demonstration people: one password for all, hashed once.

For invented people only. Real people get a one-time code (`accounts.open_account`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert, select

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.people import rules
from helpdesk.people.models import Account, Audit
from helpdesk.people.operations import hashing, records
from helpdesk.people.operations.accounts import UserNameTaken, UserNameWrong
from helpdesk.people.rules import Act


def open_accounts(
    *, actor: Actor, user_names: Mapping[int, str], password: str, now: datetime
) -> dict[int, int]:
    """Open an account for each person (id -> user name) with the shared password: id -> account.

    Raises UserNameWrong, UserNameTaken, or what rules.check_password raises.
    """
    for name in user_names.values():
        if not rules.is_user_name(name):
            raise UserNameWrong
        rules.check_password(password, user_name=name)
    names = list(user_names.values())
    taken = session().scalar(select(Account.user_name).where(Account.user_name.in_(names)))
    if taken is not None:
        raise UserNameTaken(user_name=taken)
    digest = hashing.digest(password)
    session().execute(
        insert(Account),
        [
            {
                "person_id": person_id,
                "user_name": name,
                "password_hash": digest,
                "password_changed_at": now,
                "created_at": now,
            }
            for person_id, name in user_names.items()
        ],
    )
    _write_down(actor, user_names, now)
    opened = select(Account.person_id, Account.id).where(Account.user_name.in_(names))
    return {row.person_id: row.id for row in session().execute(opened)}


def _write_down(actor: Actor, user_names: Mapping[int, str], now: datetime) -> None:
    values = [
        {
            "at": now,
            "act": Act.ACCOUNT_OPENED,
            "actor_person_id": actor.person_id,
            "person_id": person_id,
            "body_id": records.home_of(person_id),
            "details": {"user_name": name},
        }
        for person_id, name in user_names.items()
    ]
    session().execute(insert(Audit), values)
