"""Every page that people of the demonstration can reach by links, found without a browser.

Followed are links, the choices of a question, and buttons whose act has a page of its own. What is
read of a page is read in Chinese and in English.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from flask import Flask, template_rendered
from sqlalchemy import or_, select
from werkzeug.exceptions import HTTPException

from helpdesk.kernel import clock
from helpdesk.kernel.db import session
from helpdesk.kernel.permissions import Permission
from helpdesk.people import queries as people
from helpdesk.people.models import Account, Appointment
from helpdesk.tickets.models import Ticket
from tests.support import inspection
from tests.support.client import Client

# An endpoint and what its address asks for.
Kind = tuple[str, frozenset[str]]


@dataclass(frozen=True, order=True)
class Found:
    """A page: its endpoint, the template that made it, its address and somebody who may open it."""

    endpoint: str
    template: str
    address: str
    user_name: str
    account_id: int


@dataclass(frozen=True)
class Explored:
    """What a crawl found, and the database in which it is found again."""

    url: str
    pages: tuple[Found, ...]
    faults: tuple[str, ...]

    def written(self) -> str:
        """As text, for the other workers of the run."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> Explored:
        """What `written` wrote."""
        raw = json.loads(text)
        pages = tuple(Found(**page) for page in raw["pages"])
        return cls(raw["url"], pages, tuple(raw["faults"]))


@dataclass
class Crawl:
    """The first page for each endpoint and template, the first ticket in every state, every
    address that was asked for; and what went wrong on the way."""

    app: Flask
    pages: dict[tuple[str, str, str], Found] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    once: set[Kind] = field(default_factory=set)

    def walk(self, starts: Mapping[str, Sequence[str]]) -> Crawl:
        """As each of these people (user names) start at home, at addresses that no link leads to,
        and at a ticket in every state; then follow what leads on, twice for pages of one kind.
        Files and filters are the same for everybody: one of a kind in the whole walk."""
        for user_name in starts:
            account_id = account_of(self.app, user_name)
            client = self.app.test_client()
            assert isinstance(client, Client)
            client.inspect = False
            client.sign_in(account_id)
            begin = {"/": "", **_tickets(self.app, account_id)}
            begin |= {address: address for address in starts[user_name]}
            self._walk_as(client, user_name, account_id, begin)
        return self

    def _walk_as(
        self, client: Client, user_name: str, account_id: int, begin: Mapping[str, str]
    ) -> None:
        waiting, seen, visits = list(begin), set(begin), Counter[Kind]()
        while waiting:
            address = waiting.pop(0)
            kind = self._kind(address)
            if kind is None or (self._enough(kind, visits[kind]) and address not in begin):
                continue
            visits[kind] += 1
            if kind[1]:
                self.once.add(kind)
            for found, html in self._fetch(client, kind, address, user_name, account_id):
                self._keep(client, found, begin.get(address, ""), html)
                fresh = [link for link in links(html, found.address) if link not in seen]
                seen.update(fresh)
                waiting.extend(dict.fromkeys(fresh))

    def _kind(self, address: str) -> Kind | None:
        endpoint = endpoint_of(self.app, address)
        asked = parse_qs(urlsplit(address).query, keep_blank_values=True)
        return None if endpoint is None else (endpoint, frozenset(asked))

    def _enough(self, kind: Kind, visits: int) -> bool:
        """Two of a kind: the second may differ where the first was empty."""
        return visits >= 2 or kind in self.once

    def _keep(self, client: Client, found: Found, mark: str, html: str) -> None:
        key = (found.endpoint, found.template, mark)
        if key in self.pages:
            return
        self.pages[key] = found
        client.set_cookie("language", "en")
        english = client.get(found.address).get_data(as_text=True)
        client.set_cookie("language", "zh")
        for faults in (inspection.faults_of(html), inspection.faults_of(english)):
            self.faults += [f"{found.user_name} at {found.address}: {fault}" for fault in faults]

    def _fetch(
        self, client: Client, kind: Kind, address: str, user_name: str, account_id: int
    ) -> Iterator[tuple[Found, str]]:
        try:
            with _templates(self.app) as names:
                response = client.get(address, follow_redirects=True)
            assert response.status_code < 400, response.status
        except Exception as fault:
            self.faults.append(f"{user_name} follows a link to {address}: {fault!r}")
            return
        if response.mimetype == "text/html":
            here = response.request.full_path.rstrip("?")
            endpoint = endpoint_of(self.app, here) or ""
            template = names[0] if names else ""
            found = Found(endpoint, template, here, user_name, account_id)
            yield found, response.get_data(as_text=True)
        else:
            self.once.add(kind)


def account_of(app: Flask, user_name: str) -> int:
    """The account behind a user name."""
    with app.app_context():
        return session().scalars(select(Account.id).where(Account.user_name == user_name)).one()


def _tickets(app: Flask, account_id: int) -> dict[str, str]:
    """One ticket in every state that a body of this person holds, and one that it asked: its
    address and its state."""
    bodies = (
        select(Appointment.body_id)
        .join(Account, Account.person_id == Appointment.person_id)
        .where(Account.id == account_id)
    )
    mine = or_(Ticket.holder_body_id.in_(bodies), Ticket.asker_body_id.in_(bodies))
    wanted = select(Ticket.number, Ticket.status, Ticket.holder_body_id).where(mine)
    with app.app_context():
        found = people.session_of(account_id, clock.now())
        if found is None or not found.actor.anywhere(Permission.TICKET_READ):
            return {}
        rows = session().execute(wanted.order_by(Ticket.id.desc())).all()
    first = {(status, holder): number for number, status, holder in rows}
    return {f"/tickets/{number}": status.value for (status, _), number in first.items()}


def endpoint_of(app: Flask, address: str) -> str | None:
    """Endpoint of a page of ours; None for files and for addresses that are no page."""
    try:
        matched, _ = app.url_map.bind("localhost").match(urlsplit(address).path, "GET")
    except HTTPException:
        return None
    endpoint = str(matched)
    return None if endpoint.endswith("static") else endpoint


def links(html: str, here: str) -> Iterator[str]:
    """Addresses of ours to which a page leads, without fragments."""
    ways = re.findall(r"<(?:a|form)\s[^>]*?(?:href|action)=\"([^\"#]*)", html)
    for way in (*map(unescape, ways), *_choices(html)):
        target = urlsplit(urljoin(here, way))
        if not target.netloc and not target.scheme:
            yield f"{target.path}?{target.query}" if target.query else target.path


def _choices(html: str) -> Iterator[str]:
    """What a question of the guided form would send, choice by choice."""
    asked = re.search(r'name="at" value="(\w+)"', html)
    for choice in re.findall(r'name="choice" value="(\w+)"', html) if asked else ():
        yield f"?at={asked[1] if asked else ''}&go=1&choice={choice}"


@contextmanager
def _templates(app: Flask) -> Iterator[list[str]]:
    names: list[str] = []

    def note(_sender: Any, template: Any, **_context: Any) -> None:
        names.append(str(template.name))

    with template_rendered.connected_to(note, app):
        yield names
