"""Hostile input at every door: control characters, numbers no row can have, digits that are none.

Nothing of it may break a page: every answer is a page or a refusal of ours, never an error.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import AnyConverter, IntegerConverter, Rule

from helpdesk.people.rules import Role
from helpdesk.web.shell.requests import Typed
from tests.factories.country import build
from tests.factories.people import holder, root_admin
from tests.factories.tickets import Desk
from tests.support.client import Client


def cursor(*keys: object) -> str:
    """A page address as the program would write it, with keys of our choice."""
    return base64.urlsafe_b64encode(json.dumps(list(keys)).encode()).decode().rstrip("=")


LONG = "9" * 5000
TEXTS = ["a\x00b", "²'\"><script>%\u202e" + "一" * 3000, LONG]
NUMBERS = [str(2**63), LONG]
CURSORS = [
    "%é", cursor(), cursor(2**63), cursor("\x00", 1), cursor("\ud800"),
    cursor("school", "\ud800", 1), cursor("x", "a", 2**80),
    cursor(0, "0001-01-01T00:00:00+14:00", 1), cursor(0, "9999-12-31T23:59:00-12:00", 1),
    base64.urlsafe_b64encode(b"[" * 3000).decode(),
]  # fmt: skip
LEAVING = ("session.sign_out", "profile.sign_out_everywhere")
ASKED = [
    "q", "after", "year", "region", "view", "card", "status", "assignee", "list", "left", "show",
    "say", "talk", "at", "choice", "previous", "about", "body_code", "act", "staff_no", "user_name",
    "next", "state", "place", "form",
]  # fmt: skip


class Asked(Typed):
    """What an address asks; keeps the names that the program looks for."""

    looked_for: ClassVar[set[str]] = set()

    def __getitem__(self, key: str) -> Any:
        self.looked_for.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.looked_for.add(str(key))
        return super().__contains__(key)

    def get(self, key: str, *args: Any, **kwargs: Any) -> Any:
        self.looked_for.add(key)
        return super().get(key, *args, **kwargs)

    def getlist(self, key: str, *args: Any, **kwargs: Any) -> Any:
        self.looked_for.add(key)
        return super().getlist(key, *args, **kwargs)

    def keys(self) -> Any:
        self.looked_for.update(ASKED)  # whoever goes through all of them may take any
        return super().keys()


@pytest.fixture
def looked_for(app: Flask, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names that pages look for in what an address asks; grows with every request."""
    noting = type("Noting", (app.request_class,), {"parameter_storage_class": Asked})
    monkeypatch.setattr(app, "request_class", noting)
    monkeypatch.setattr(Asked, "looked_for", set())
    return Asked.looked_for


@pytest.fixture
def people(session: Session, now: datetime) -> Iterator[dict[str, int]]:
    """One account of every kind, in a country with tickets."""
    with time_machine.travel(now, tick=False):
        country = build(now)
        desk = Desk(country, now)
        desk.open()
        desk.to_call_centre(desk.open())
        names = ("teacher", "county_officer", "county_lead", "agent_lead", "city_supervisor")
        found = {name: country.account(name) for name in names}
        county = country.body("county")
        for role in (Role.NODE_ADMIN, Role.AUDITOR):
            found[role.value] = holder(county, role, now).account_id or 0
        found["root"] = root_admin(now).account_id or 0
        session.commit()
        yield found


def address(rule: Rule, text: str, number: str) -> str:
    """An address of the rule with these values in its places."""

    def value(match: re.Match[str]) -> str:
        converter = rule._converters[match["name"]]
        if isinstance(converter, AnyConverter):
            return sorted(converter.items)[0]
        return number if isinstance(converter, IntegerConverter) else quote(text, safe="")

    return re.sub(r"<(?:[^<>]+:)?(?P<name>\w+)>", value, rule.rule)


def pages(app: Flask, method: str) -> list[Rule]:
    return [
        rule
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or ()) and not rule.endpoint.endswith("static")
    ]


@pytest.mark.slow
@pytest.mark.parametrize("who", ["county_lead", "root"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_in_an_address_breaks_a_page(
    app: Flask, client: Client, people: dict[str, int], who: str, method: str
) -> None:
    enter(client, people, who)
    pairs = [*((text, "1") for text in TEXTS), *(("x", number) for number in NUMBERS)]
    broken = []
    for rule in pages(app, method):
        if rule.endpoint not in LEAVING and "<" in rule.rule:
            for at in dict.fromkeys(address(rule, *pair) for pair in pairs):
                broken += fault(client, method, at)
    assert not broken, "\n".join(broken)


@pytest.mark.slow
def test_nothing_that_is_asked_breaks_a_page(
    app: Flask, client: Client, people: dict[str, int], looked_for: set[str]
) -> None:
    waiting, broken = pages(app, "GET"), []
    pages_that_ask, pages_with_more = 0, 0
    # Each page as the first of them who may open it: together they open all.
    for who in ("county_lead", "auditor", "root"):
        enter(client, people, who)
        for rule in waiting[:]:
            at = address(rule, "420101", "1")
            looked_for.clear()
            if client.get(at).status_code != 200:
                continue
            waiting.remove(rule)
            # What a page never looks for cannot break it.
            if looked_for:
                pages_that_ask += 1
                for value in (*TEXTS, *NUMBERS):
                    asked = dict.fromkeys([*ASKED, *looked_for], value)
                    broken += fault(client, "GET", at, **asked)
            if "after" in looked_for:
                pages_with_more += 1
                for value in CURSORS:
                    broken += fault(client, "GET", at, after=value)
    assert not broken, "\n".join(broken)
    assert (pages_that_ask, pages_with_more) > (30, 10), "the pages are no longer heard asking"


def enter(client: Client, people: dict[str, int], who: str) -> None:
    client.sign_in(people[who])
    client.inspect = False


def fault(client: Client, method: str, address: str, /, **asked: str) -> list[str]:
    """What an address answers, where that is no answer at all."""
    said = f"{method} {address[:80]!r} {str(asked)[:80]}"
    try:
        status = client.open(address, method=method, query_string=asked).status_code
    except Exception as error:
        return [f"{said}: {type(error).__name__} {str(error)[:160]}"]
    return [f"{said}: {status}"] if status >= 500 else []


@pytest.mark.parametrize("query", ["q=\xff\xfe", "\xff=1"])
def test_bytes_that_are_no_text_break_no_page(
    client: Client, people: dict[str, int], query: str
) -> None:
    enter(client, people, "county_lead")
    # A server hands bytes over as Latin-1.
    assert client.get("/search", environ_overrides={"QUERY_STRING": query}).status_code == 200


def test_a_form_is_not_as_large_as_a_file(client: Client, people: dict[str, int]) -> None:
    """Ten megabytes of words would cost everybody's memory before anybody looked at them."""
    answer = client.post("/sign-in", data={"user_name": "x" * 10_000_000, "password": "x"})
    assert answer.status_code == 413
    assert "送来的内容太大" in answer.text


def test_control_characters_are_gone_before_a_form_is_read(
    client: Client, people: dict[str, int]
) -> None:
    enter(client, people, "teacher")
    answer = client.post("/profile", data={"mobile": "138\x000000\x070000", "locale": "zh"})
    assert answer.status_code == 303
    assert "13800000000" in client.get("/profile").text
