"""Names of the roster are offered while a coordinator types one to add to a session."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.support.browsing import Visitor


def test_names_are_offered_while_typing(arrive: Callable[..., Visitor]) -> None:
    coordinator = arrive("demo-training")
    coordinator.open("/training/sessions")
    page = coordinator.page
    places = page.locator("main a[href^='/training/sessions/']").evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    number = next(p for p in reversed(places) if p.rsplit("/", 1)[1].isdigit())
    coordinator.open(f"{number}/people/add")
    page.locator("main input[name=q]").press_sequentially("王")
    page.locator("main input[name=q]").press_sequentially("老师")
    expect(page.locator("#ask-list")).to_contain_text("王老师")
