"""The day of an officer by keyboard alone: sign in, queue, j k Enter r."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from helpdesk.config import DEMO_PASSWORD
from tests.support.browsing import Visitor

MOST_TABS = 30


def tab_to(page: Page, words: str) -> None:
    """Press Tab until the focus stands on the link or button with these words."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == words:
            return
    raise AssertionError(f"Tab does not reach {words}")


def test_an_officer_works_without_a_mouse(visitor: Callable[..., Visitor]) -> None:
    page = visitor().open("/sign-in")
    while page.evaluate("document.activeElement.name") != "user_name":
        page.keyboard.press("Tab")
    page.keyboard.type("demo-county")
    page.keyboard.press("Tab")
    page.keyboard.type(DEMO_PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".hd-who")).to_contain_text("周经办")

    tab_to(page, "队列")
    with page.expect_navigation():  # the keys are heard from then on
        page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("队列")
    rows = page.locator("[data-queue] > [data-row]")
    for key, place in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(rows.nth(place).locator("a.ttl")).to_be_focused()
        expect(rows.nth(place)).to_have_class(re.compile("is-cursor"))
    wanted = rows.nth(1).locator("a.ttl").get_attribute("href")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{wanted}$"))

    page.go_back()
    page.keyboard.press("j")
    expect(rows.nth(0).locator("a.ttl")).to_be_focused()
    page.keyboard.press("r")
    expect(page).to_have_url(re.compile(r"/tickets/[\d-]+#text$"))
    expect(page.locator("main textarea")).to_be_in_viewport()
