"""A crowd at the door: attempts at the same moment are all counted, and acts on one person wait."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from flask import Flask

from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.db import db
from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.people.access import fetch, lists
from helpdesk.people.operations import accounts, roles, roster, signing_in
from helpdesk.people.rules import NAME_LIMIT, Role
from tests.factories import country
from tests.factories.country import Country
from tests.factories.people import employ, give_account, work

CROWD = 12


def crowd(app: Flask, act: Callable[[int], object], number: int = CROWD) -> Counter[str]:
    """Do the same at the same moment, each in a thread of its own; what came of it."""
    start = threading.Barrier(number)
    seen: list[str] = []

    def run(who: int) -> None:
        with app.app_context():
            start.wait()
            try:
                act(who)
                seen.append("done")
            except RuleBroken as refusal:
                seen.append(type(refusal).__name__)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(who,)) for who in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return Counter(seen)


def prepared(app: Flask, now: datetime) -> tuple[Country, int]:
    """A country and, on the roster of its county, a clerk with an account."""
    with app.app_context():
        land = country.build(now)
        clerk = employ(land.body("county"), "县新人(演示)", now)
        give_account(clerk, now, "clerk")
        db.session.commit()
        return land, clerk.id


def test_only_so_many_passwords_are_looked_at(separate_app: Flask, now: datetime) -> None:
    prepared(separate_app, now)

    def guess(who: int) -> None:
        signing_in.prove(
            user_name="clerk", password=f"guess {who}", address=f"192.0.2.{who}", now=now
        )

    seen = crowd(separate_app, guess)
    assert seen == {
        "WrongCredentials": NAME_LIMIT.attempts,
        "TooManyAttempts": CROWD - NAME_LIMIT.attempts,
    }


def test_roles_that_must_be_apart_stay_apart(separate_app: Flask, now: datetime) -> None:
    _land, clerk = prepared(separate_app, now)
    wanted = (Role.NODE_ADMIN, Role.AUDITOR, Role.SYSTEM_OPERATOR)

    def grant(who: int) -> None:
        with unit_of_work():
            roles.grant_role(
                actor=SYSTEM,
                person=fetch.person(SYSTEM, clerk),
                role=wanted[who],
                body_id=None,
                now=now,
            )

    seen = crowd(separate_app, grant, number=3)
    assert seen == {"done": 1, "DutiesApart": 2}


def test_one_person_gets_one_account_and_one_place(separate_app: Flask, now: datetime) -> None:
    land, _clerk = prepared(separate_app, now)
    with separate_app.app_context():
        newcomer = employ(land.body("county"), "又一新人(演示)", now).id
        school = land.body("school").id
        db.session.commit()

    def open_account(who: int) -> None:
        with unit_of_work():
            person = fetch.person(SYSTEM, newcomer)
            accounts.open_account(actor=SYSTEM, person=person, user_name=f"new-{who}", now=now)

    def appoint(_who: int) -> None:
        with unit_of_work():
            person = fetch.person(SYSTEM, newcomer)
            roster.add_appointment(
                actor=SYSTEM, person=person, body_id=school, work=work(), now=now
            )

    assert crowd(separate_app, open_account, 4) == {"done": 1, "AlreadyHasAccount": 3}
    assert crowd(separate_app, appoint, 4) == {"done": 1, "AlreadyHere": 3}
    with separate_app.app_context():
        assert len(lists.works_of(newcomer)) == 2
