"""Keys of the queue and of the board, and a board that follows what others do."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.support.browsing import Visitor
from tests.support.office_work import act

# What would happen every minute is done when the test says so; a mark on the window tells whether
# the page was loaded anew.
MINUTES = """
window.ticks = [];
window.setInterval = (tick, every) => window.ticks.push([tick, every]);
"""
A_MINUTE_LATER = """
window.ticks.filter(([, every]) => every >= 60000).forEach(([tick]) => tick())
"""
CURSOR = re.compile(r"\bis-cursor\b")


def here(page: Page) -> Locator:
    """The one row or card on which the cursor stands."""
    found = page.locator(".is-cursor")
    expect(found).to_have_count(1)
    return found


def test_queue_is_walked_ticked_and_opened_by_keys(arrive: Callable[..., Visitor]) -> None:
    page = arrive("demo-county").open("/queue")
    rows = page.locator("[data-queue] > [data-row]")
    for key, place in (("j", 0), ("j", 1), ("k", 0), ("k", 0), ("j", 1)):
        page.keyboard.press(key)
        expect(rows.nth(place)).to_have_class(CURSOR)
    boxes = rows.locator("input[type=checkbox]")
    page.keyboard.press("x")
    expect(boxes.nth(1)).to_be_checked()
    expect(boxes.nth(0)).not_to_be_checked()
    page.keyboard.press("x")
    expect(boxes.nth(1)).not_to_be_checked()

    # In a field the same letters are letters.
    search = page.locator("form.hd-qfilters input[type=search]")
    search.press_sequentially("jkrx")
    expect(search).to_have_value("jkrx")
    expect(rows.nth(1)).to_have_class(CURSOR)
    search.blur()

    page.keyboard.press("k")
    wanted = here(page).locator("a.ttl").get_attribute("href")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{wanted}$"))


def test_r_in_the_queue_leads_into_the_reply(arrive: Callable[..., Visitor]) -> None:
    page = arrive("demo-county").open("/queue")
    page.keyboard.press("j")
    page.keyboard.press("r")
    expect(page).to_have_url(re.compile(r"/tickets/[\d-]+#"))
    expect(page.locator("main textarea")).to_be_in_viewport()


def test_board_is_walked_by_keys(arrive: Callable[..., Visitor]) -> None:
    page = arrive("demo-call").open("/board")
    columns = [
        column
        for column in page.locator("[data-column]").all()
        if column.locator("[data-card]").count()
    ]
    assert len(columns) > 1
    tall = next(at for at, one in enumerate(columns) if one.locator("[data-card]").count() > 1)
    page.keyboard.press("l")
    for _step in range(tall):
        page.keyboard.press("l")
    cards = columns[tall].locator("[data-card]")
    for key, place in (("j", 1), ("k", 0), ("k", 0), ("j", 1)):
        page.keyboard.press(key)
        expect(cards.nth(place)).to_have_class(CURSOR)
    there = columns[tall + 1] if tall + 1 < len(columns) else columns[tall - 1]
    away, back = ("l", "h") if tall + 1 < len(columns) else ("h", "l")
    page.keyboard.press(away)
    expect(there.locator(".is-cursor")).to_have_count(1)
    page.keyboard.press(back)
    expect(columns[tall].locator(".is-cursor")).to_have_count(1)
    wanted = here(page).locator("a.ti").get_attribute("href")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{wanted}$"))


def test_board_follows_without_being_loaded_anew(arrive: Callable[..., Visitor]) -> None:
    watching, working = arrive("demo-call-lead"), arrive("demo-call")
    watching.page.add_init_script(MINUTES)
    page = watching.open("/board")
    page.evaluate("window.loadedOnce = true")
    page.keyboard.press("j")
    stays = here(page).locator("a.ti").get_attribute("href")
    waiting = page.locator("#board [data-card]:not(.is-cursor)", has_text="待受理")
    number = re.sub(r".*/", "", waiting.first.locator("a.ti").get_attribute("href") or "")
    card = page.locator(f"#board [data-card]:has(a.ti[href$='{number}'])")

    act(working, number, "accept")
    expect(card).to_contain_text("待受理")
    page.evaluate(A_MINUTE_LATER)
    expect(card).not_to_contain_text("待受理")
    assert page.evaluate("window.loadedOnce")
    expect(here(page).locator("a.ti")).to_have_attribute("href", stays or "")
    expect(here(page).locator("a.ti")).to_be_focused()


def test_board_waits_while_somebody_chooses(arrive: Callable[..., Visitor]) -> None:
    watching = arrive("demo-call")
    watching.page.add_init_script(MINUTES)
    page = watching.open("/board")
    choice = page.locator("#board select").first
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.resource_type))
    page.evaluate("document.querySelector('#board').firstElementChild.dataset.old = '1'")
    choice.focus()
    page.evaluate(A_MINUTE_LATER)
    expect(page.locator("#board > [data-old]")).to_have_count(1)
    expect(choice).to_be_focused()
    choice.blur()
    page.evaluate(A_MINUTE_LATER)
    expect(page.locator("#board > [data-old]")).to_have_count(0)
    assert asked.count("fetch") == 1
