"""A role opens the pages of its permissions and no other: roles times routes, as a table."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from helpdesk.kernel.actor import SYSTEM, Actor
from helpdesk.kernel.errors import Forbidden
from helpdesk.kernel.permissions import Permission
from helpdesk.people.operations import roles
from helpdesk.people.rules import ROLE_PERMISSIONS, Role, role_fits
from tests.factories import organizations, people
from tests.house.test_doors import address, rules
from tests.support.client import Client

OPEN_TO_ALL = (Permission.PUBLIC, Permission.SIGNED_IN)


def somebody_with(role: Role | None, now: datetime) -> Actor:
    """A person whose only role this is, on a body (or the root) where it can be granted."""
    ids = organizations.tree(now)
    bodies = [organizations.body(code) for code in ids]
    body = next((b for b in bodies if role and role_fits(role, b.kind)), None)
    person = people.employ(body or bodies[0], "专员(演示)", now)
    account = people.give_account(person, now)
    if role is not None:
        node = body.id if body else None
        roles.grant_role(actor=SYSTEM, person=person, role=role, body_id=node, now=now)
    return people.actor_of(account, now)


@pytest.fixture
def bare_refusals(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal is its status alone: how its page looks does not depend on the door."""
    handlers = app.error_handler_spec[None][None]
    monkeypatch.setitem(handlers, Forbidden, lambda refusal: ("", refusal.status))


@pytest.mark.parametrize("role", [None, *Role])
def test_role_opens_only_its_own_doors(
    app: Flask,
    client: Client,
    session: Session,
    now: datetime,
    bare_refusals: None,
    role: Role | None,
) -> None:
    actor = somebody_with(role, now)
    assert actor.account_id is not None
    client.sign_in(actor.account_id)
    held = ROLE_PERMISSIONS[role] if role else frozenset()
    wrong = []
    for rule, permission in rules(app):
        if permission in OPEN_TO_ALL or permission in held:
            continue
        for method in ("GET", "POST"):
            if method in (rule.methods or ()):
                response = client.open(address(rule), method=method)
                if response.status_code != 403:
                    wrong.append(f"{method} {rule.rule} ({permission}): {response.status}")
    assert not wrong, "\n".join(wrong)
