"""Every page that people of the demonstration can reach by links, found without a browser."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask, template_rendered
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from helpdesk.kernel.db import session
from helpdesk.people.models import Account
from tests.support import inspection
from tests.support.client import Client

# Two of a kind: the second may differ where the first was empty.
SAME_KIND = 2


@dataclass(frozen=True, order=True)
class Found:
    """A page: its endpoint, the template that made it, its address and somebody who may open it."""

    endpoint: str
    template: str
    address: str
    user_name: str
    account_id: int


@dataclass
class Crawl:
    """The first page for each pair of endpoint and template, and what went wrong on the way."""

    app: Flask
    pages: dict[tuple[str, str], Found] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def walk(self, user_names: tuple[str, ...]) -> Crawl:
        """Follow every link as each of these people, twice for pages of one kind."""
        for user_name, account_id in _accounts(self.app, user_names):
            client = self.app.test_client()
            assert isinstance(client, Client)
            client.inspect = False
            client.sign_in(account_id)
            self._walk_as(client, user_name, account_id)
        return self

    def _walk_as(self, client: Client, user_name: str, account_id: int) -> None:
        waiting, seen, visits = ["/"], {"/"}, Counter[str]()
        while waiting:
            address = waiting.pop(0)
            endpoint = endpoint_of(self.app, address)
            if endpoint is None or visits[endpoint] >= SAME_KIND:
                continue
            visits[endpoint] += 1
            for found, html in self._fetch(client, address, user_name, account_id):
                self._keep(found, html)
                fresh = [link for link in links(html, found.address) if link not in seen]
                seen.update(fresh)
                waiting.extend(dict.fromkeys(fresh))

    def _keep(self, found: Found, html: str) -> None:
        key = (found.endpoint, found.template)
        if key not in self.pages:
            self.pages[key] = found
            faults = inspection.faults_of(html)
            self.faults += [f"{found.user_name} at {found.address}: {fault}" for fault in faults]

    def _fetch(
        self, client: Client, address: str, user_name: str, account_id: int
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


def _accounts(app: Flask, user_names: tuple[str, ...]) -> list[tuple[str, int]]:
    chosen = select(Account.user_name, Account.id).where(Account.user_name.in_(user_names))
    with app.app_context():
        ids = {row.user_name: row.id for row in session().execute(chosen)}
    return [(name, ids[name]) for name in user_names]


def endpoint_of(app: Flask, address: str) -> str | None:
    """Endpoint of a page of ours; None for files and for addresses that are no page."""
    try:
        matched, _ = app.url_map.bind("localhost").match(urlsplit(address).path, "GET")
    except HTTPException:
        return None
    endpoint = str(matched)
    return None if endpoint.endswith("static") else endpoint


def links(html: str, here: str) -> Iterator[str]:
    """Addresses of ours that a page links to, without fragments."""
    for href in re.findall(r"<a\s[^>]*?href=\"([^\"#]*)", html):
        target = urlsplit(urljoin(here, unescape(href)))
        if not target.netloc and not target.scheme:
            yield f"{target.path}?{target.query}" if target.query else target.path


@contextmanager
def _templates(app: Flask) -> Iterator[list[str]]:
    names: list[str] = []

    def note(_sender: Any, template: Any, **_context: Any) -> None:
        names.append(str(template.name))

    with template_rendered.connected_to(note, app):
        yield names
