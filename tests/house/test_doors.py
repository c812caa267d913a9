"""Every page has its lock, and somebody can find it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, Rule

from helpdesk.kernel.permissions import Permission
from helpdesk.web.shell import navigation
from tests.support import source
from tests.support.client import Client

# Doors without a lock, by name and with the reason. Nothing else is open to strangers.
PUBLIC = {
    "session.sign_in": "where a stranger becomes somebody",
    "session.sign_in_now": "the same page, sent",
    "session.sign_out": "leaving is never refused, and the session may be over already",
    "certificates.check": "whoever is shown a certificate may ask whether it is one",
    "certificates.checked": "the address in the QR code of a certificate",
    "attendance.scan": "the code on the screen in the room; a ticket of this browser for it",
    "attendance.sign_in": "who has no account signs in with a ticket, by number and name",
    "attendance.sign_in_now": "the same page, sent",
    "attendance.signed_in": "what came of it, kept in the cookie of this browser",
    "shell.switch_language": "Chinese or English before signing in",
    "shell.switch_theme": "light or dark before signing in",
    "filing.feed": "calendar programs bring a secret address of 128 bits instead of a password",
}
# Reached without a link of ours.
NOT_LINKED: dict[str, str] = {}
VALUES = {"RowNumber": "1", "UUIDConverter": "00000000-0000-0000-0000-000000000000"}


def lock(app: Flask, endpoint: str) -> Permission:
    """The permission that a view declares."""
    found = getattr(app.view_functions[endpoint], "permission", None)
    assert isinstance(found, Permission), endpoint
    return found


def rules(app: Flask) -> Iterator[tuple[Rule, Permission]]:
    """Every rule of ours with the permission its view declares."""
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.endswith("static"):
            yield rule, lock(app, rule.endpoint)


def address(rule: Rule) -> str:
    """An address that the rule matches."""

    def value(match: re.Match[str]) -> str:
        converter = rule._converters[match["name"]]
        if isinstance(converter, AnyConverter):
            return sorted(converter.items)[0]
        return VALUES.get(type(converter).__name__, "x")

    return re.sub(r"<(?:[^<>]+:)?(?P<name>\w+)>", value, rule.rule)


def test_every_route_declares_its_permission(app: Flask) -> None:
    undeclared = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.endswith("static")
        and not hasattr(app.view_functions[rule.endpoint], "permission")
    ]
    assert not undeclared


def test_doors_without_a_lock_are_these(app: Flask) -> None:
    assert {r.endpoint for r, permission in rules(app) if permission is Permission.PUBLIC} == set(
        PUBLIC
    )


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_strangers_are_sent_to_sign_in(app: Flask, client: Client, method: str) -> None:
    let_in = []
    for rule, permission in rules(app):
        if permission is not Permission.PUBLIC and method in (rule.methods or ()):
            response = client.open(address(rule), method=method)
            if response.status_code != 302 or "/sign-in" not in response.headers["Location"]:
                let_in.append(f"{method} {rule.rule}: {response.status}")
    assert not let_in, "\n".join(let_in)


def test_writing_needs_a_token(app: Flask, client: Client) -> None:
    """Without the CSRF token no POST passes, not even a public one."""
    passed = []
    for rule, _permission in rules(app):
        if "POST" in (rule.methods or ()):
            response = client.post(address(rule), data={"csrf_token": ""})
            # Leaving with a form that is too old leads to the sign-in page and changes nothing.
            if response.status_code != 400 and rule.endpoint != "session.sign_out":
                passed.append(f"{rule.rule}: {response.status}")
    assert not passed, "\n".join(passed)


def test_every_page_is_linked_from_somewhere(app: Flask) -> None:
    words = "\n".join(source.text(p) for p in source.files(".html", ".txt", under=source.TEMPLATES))
    words += "\n".join(source.text(p) for p in source.files(".py", under=source.PRODUCT))
    named = set(re.findall(r"[\"']([a-z_]+\.[a-z_]+)[\"']", words))
    # `.index` inside its own area, and areas whose addresses are made from the name of a verb.
    near = set(re.findall(r"url_for\(\s*[\"']\.(\w+)[\"']", words))
    made = set(re.findall(r"url_for\(\s*f?[\"'](\w+)\.(?:[\"']\s*~|\{)", words))
    lonely = [
        endpoint
        for endpoint in sorted({rule.endpoint for rule, _ in rules(app)})
        if endpoint not in named
        and endpoint.partition(".")[2] not in near
        and endpoint.partition(".")[0] not in made
        and endpoint not in NOT_LINKED
    ]
    assert not lonely


def test_menu_leads_to_pages_with_the_same_lock(app: Flask) -> None:
    wrong = [
        entry.endpoint
        for entry in navigation.MENU
        if entry.endpoint not in app.view_functions
        or lock(app, entry.endpoint) is not entry.permission
    ]
    assert not wrong
