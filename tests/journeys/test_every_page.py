"""Every page that somebody of the demonstration can reach is there, in Chinese and in English.

How they look is the business of test_looks_of_every_page.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.house.test_doors import rules
from tests.support.browsing import Visitor
from tests.support.crawl import Explored, account_of
from tests.support.database import Databases

# Pages that no way of the demonstration leads to, with the reason.
OUT_OF_REACH = {
    "session.sign_in": "for strangers; examined in test_sign_in_page",
    "session.first_password": "only with a one-time code; examined in test_new_account",
    "files.download": "a file, no page",
    "intake.suggest": "a part of a page; examined in test_answer_found",
    "intake.phone_suggest": "the same for a caller",
    "intake.read": "leads to an article; walked in test_answer_found",
    "attendance.scan": "only with the code on the screen; walked in test_qr_sign_in",
    "attendance.sign_in": "only after a scan; examined in test_qr_sign_in",
    "attendance.signed_in": "only after a scan; examined in test_qr_sign_in",
    "attendance.run": "only after an upload; examined in test_attendance_import",
    "sessions.series_show": "the demonstration has no series; fetched in test_sessions_pages",
    "search.suggest": "a part of a page; fetched in test_search_pages",
    **dict.fromkeys(
        (
            "articles.edit", "articles.submit", "articles.recall", "articles.publish",
            "articles.return", "articles.keep", "articles.discard", "articles.withdraw",
        ),
        "the demonstration has no article of an office; walked in test_local_rule and fetched in "
        "test_articles_pages",
    ),
    **dict.fromkeys(
        ("replies.edit", "replies.delete"),
        "the demonstration has no reply of an office's own; fetched in test_replies_pages",
    ),
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


@pytest.fixture
def separate_url(databases: Databases, explored: Explored) -> str:
    """What was found is there."""
    return databases.copy(explored.url)


def test_every_page_can_be_reached(explored: Explored, separate_app: Flask) -> None:
    assert not explored.faults, "\n\n".join(explored.faults)
    reached = {found.endpoint for found in explored.pages}
    wanted = {rule.endpoint for rule, _ in rules(separate_app) if "GET" in (rule.methods or ())}
    missed = wanted - reached
    assert missed == set(OUT_OF_REACH), f"not reached: {sorted(missed - set(OUT_OF_REACH))}"


@pytest.mark.parametrize("where", REFUSALS)
def test_a_refusal_is_a_good_page_too(
    separate_app: Flask, visitor: Callable[..., Visitor], where: str
) -> None:
    teacher = visitor("demo-school", account_of(separate_app, "demo-school"))
    answer = teacher.page.goto(where)
    assert answer is not None
    assert answer.status == REFUSALS[where]
    teacher.examine_in_both_languages()
