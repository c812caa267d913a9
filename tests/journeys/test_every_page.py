"""Every page that somebody of the demonstration can reach: inspection and axe, Chinese and English,
360 and 1280 pixels wide, light and dark, no sideways scrolling, no script error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import time_machine
from flask import Flask

from helpdesk import config
from helpdesk.kernel.db import db
from tests.house.test_doors import rules
from tests.support import errands
from tests.support.browsing import LANGUAGES, Visitor
from tests.support.client import Client
from tests.support.crawl import Crawl, account_of
from tests.support.database import Databases

# One worker: what is prepared here is expensive.
pytestmark = pytest.mark.xdist_group("every page")

# Somebody for every role and every tier, with addresses that ask for words first.
PEOPLE: dict[str, tuple[str, ...]] = {
    "demo-school": ("/ask?q=登录提示无效学校", "/find?q=登录", "/certificates/check"),
    "demo-university": (),
    "demo-county": ("/ask/phone?q=3442900121", "/find?q=没有这样的问题"),
    "demo-county-lead": ("/queue?view=no-handler", "/training/cases/5"),
    "demo-enrolment": (),
    "demo-county-admin": ("/people?q=王老师", "/people/bodies/2142900479"),
    "demo-city": ("/training/cases/4",),
    "demo-province": (),
    "demo-it": (),
    "demo-supervisor": (),
    "demo-training": ("/training/cases/1", "/training/cases/2", "/training/cases/4"),
    "demo-admin": ("/organizations/3442900121/move",),
    "demo-call": ("/ask/phone?q=421122", "/board?form=table"),
    "demo-call-lead": (),
    "demo-national-admin": (),
    "demo-auditor": (),
    "demo-operator": (),
}
PARTS = 6
# Pages that no way of the demonstration leads to, with the reason.
OUT_OF_REACH = {
    "session.sign_in": "for strangers; examined in test_sign_in_page",
    "session.first_password": "only with a one-time code; examined in test_new_account",
    "files.download": "a file, no page",
    "home.suggest": "a part of the home page; examined in test_invalid_school",
    "attendance.scan": "only with the code on the screen; walked in test_qr_sign_in",
    "attendance.sign_in": "only after a scan; examined in test_qr_sign_in",
    "attendance.signed_in": "only after a scan; examined in test_qr_sign_in",
    "attendance.run": "only after an upload; examined in test_attendance_import",
    "filing.take_back": "the demonstration has no earlier date; fetched in test_filing_pages",
    "sessions.series_show": "the demonstration has no series; fetched in test_sessions_pages",
    **dict.fromkeys(
        (
            "attendance.changes", "attendance.people", "attendance.screen_state",
            "attendance.screen_code", "sessions.suggest",
        ),
        "data for a script or a picture, no page",
    ),
    **dict.fromkeys(
        (
            "certificates.mine_pdf", "certificates.session_pdf", "coverage.bodies_file",
            "coverage.persons_file", "effects.export", "filing.feed",
        ),
        "a file, no page",
    ),
}  # fmt: skip
# Answers that are no page of the menu, as a school sees them.
REFUSALS = {"/tickets/1999-0000001": 404, "/board": 403, "/no/such/page": 404}


@pytest.fixture(scope="module")
def explored(
    databases: Databases,
    demonstration: str,
    settings_for: Callable[[str], config.Settings],
    app_for: Callable[[config.Settings], Flask],
    moment: datetime,
) -> tuple[str, Crawl]:
    """Address of the demonstration, with questions in every state, and what a crawl finds there."""
    url = databases.copy(demonstration)
    app = app_for(settings_for(url))

    def person(user_name: str) -> Client:
        client = app.test_client()
        assert isinstance(client, Client)
        client.inspect = False
        client.sign_in(account_of(app, user_name))
        return client

    with time_machine.travel(moment, tick=True):
        more = errands.run(person)
        starts = {name: (*known, *more.get(name, ())) for name, known in PEOPLE.items()}
        crawl = Crawl(app).walk(starts)
    with app.app_context():
        db.engine.dispose()
    return url, crawl


@pytest.fixture
def pages(explored: tuple[str, Crawl]) -> Crawl:
    """What was found."""
    return explored[1]


@pytest.fixture
def separate_url(databases: Databases, explored: tuple[str, Crawl]) -> str:
    """What was found is there."""
    return databases.copy(explored[0])


def test_every_page_can_be_reached(pages: Crawl, separate_app: Flask) -> None:
    assert not pages.faults, "\n\n".join(pages.faults)
    reached = {found.endpoint for found in pages.pages.values()}
    wanted = {rule.endpoint for rule, _ in rules(separate_app) if "GET" in (rule.methods or ())}
    missed = wanted - reached
    assert missed == set(OUT_OF_REACH), f"not reached: {sorted(missed - set(OUT_OF_REACH))}"


@pytest.mark.parametrize("part", range(PARTS))
def test_page_is_good_in_both_languages_wide_and_narrow(
    pages: Crawl, visitor: Callable[..., Visitor], part: int
) -> None:
    faults: list[str] = []
    people: dict[str, Visitor] = {}
    for found in sorted(pages.pages.values())[part::PARTS]:
        if found.user_name not in people:
            people[found.user_name] = visitor(found.user_name, found.account_id)
        faults += faults_at(people[found.user_name], found.address)
    assert not faults, "\n\n".join(faults)


def faults_at(person: Visitor, address: str, status: int = 200) -> Iterator[str]:
    """What is wrong with a page, in English and in Chinese."""
    for language in LANGUAGES:
        person.speak(language)
        answer = person.page.goto(address)
        assert answer is not None
        if answer.status != status:
            yield f"{address}: {answer.status}"
        try:
            if language == "en":
                person.glance()
            else:
                person.examine()
        except AssertionError as fault:
            yield f"{language} {fault}"


def test_a_refusal_is_a_good_page_too(
    pages: Crawl, separate_app: Flask, visitor: Callable[..., Visitor]
) -> None:
    teacher = visitor("demo-school", account_of(separate_app, "demo-school"))
    faults = [f for where, status in REFUSALS.items() for f in faults_at(teacher, where, status)]
    assert not faults, "\n\n".join(faults)
