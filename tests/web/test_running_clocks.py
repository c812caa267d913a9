"""semantics 5: a change of settings touches running clocks only where somebody saw and chose."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.kernel.instants import parse_instant
from helpdesk.people.models import RoleGrant
from helpdesk.people.rules import Role
from helpdesk.sla.models import Clock
from helpdesk.sla.rules import Promise
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.rules import subject
from tests.factories import country as countries
from tests.factories.country import Country
from tests.factories.tickets import Desk
from tests.support.client import Client

SETTING = "/organizations/420101/settings/answer_days"


@pytest.fixture
def country(session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Country:
    monkeypatch.setattr("helpdesk.kernel.clock.now", lambda: now)
    return countries.build(now)


@pytest.fixture
def tickets(country: Country, now: datetime) -> list[Ticket]:
    desk = Desk(country, now)
    return [desk.open(), desk.open()]


@pytest.fixture
def admin(session: Session, client: Client, country: Country, now: datetime) -> Client:
    """The county's lead with the role of an administrator as well."""
    person, county = country.people["county_lead"], country.body("county")
    session.add(
        RoleGrant(person_id=person.id, role=Role.NODE_ADMIN, body_id=county.id, granted_at=now)
    )
    session.commit()
    client.sign_in(country.account("county_lead"))
    return client


def due(session: Session, ticket: Ticket) -> datetime:
    found = session.scalar(
        select(Clock.due_at).where(
            Clock.subject == subject(ticket.id), Clock.promise == Promise.ANSWER
        )
    )
    assert found is not None
    return found


def change_to(admin: Client, days: str) -> str:
    answer = admin.post(SETTING, data={"text": days, "seen": "", "reason": "缩短本地承诺"})
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def test_the_list_is_shown_and_nothing_moves_by_itself(
    session: Session, admin: Client, tickets: list[Ticket]
) -> None:
    before = [due(session, ticket) for ticket in tickets]
    where = change_to(admin, "2")
    assert where.endswith("/running")
    page = admin.get(where).get_data(as_text=True)
    assert all(ticket.number in page for ticket in tickets)
    assert [due(session, ticket) for ticket in tickets] == before


def test_only_the_chosen_clocks_move(
    session: Session, admin: Client, tickets: list[Ticket]
) -> None:
    chosen, other = tickets
    before = due(session, other)
    where = change_to(admin, "2")
    clock = session.scalar(
        select(Clock.id).where(Clock.subject == subject(chosen.id), Clock.promise == Promise.ANSWER)
    )
    assert admin.post(where, data={"clock": str(clock)}).status_code == 303
    assert due(session, chosen) == parse_instant("2026-09-24 17:30")
    assert due(session, other) == before
    session.expire_all()
    assert session.get_one(Ticket, chosen.id).due_at is not None


def test_without_a_running_clock_there_is_no_list(admin: Client) -> None:
    assert change_to(admin, "2").endswith("/settings")


@pytest.mark.parametrize("name", ["plan_city_direct", "nonsense"])
def test_settings_that_move_no_clock_have_no_list(admin: Client, name: str) -> None:
    assert admin.get(f"/organizations/420101/settings/{name}/running").status_code == 404


@pytest.mark.parametrize("who", ["county_officer", "neighbour_officer", "teacher"])
def test_only_the_administrator_of_the_node_sees_it(
    client: Client, country: Country, who: str
) -> None:
    client.sign_in(country.account(who))
    assert client.get(f"{SETTING}/running").status_code in (403, 404)
