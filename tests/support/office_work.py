"""What people do on the pages of the product: sign in, ask through the guided form, use a verb."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

from playwright.sync_api import FilePayload, Locator, expect

from helpdesk.config import DEMO_PASSWORD
from tests.support.browsing import PATIENCE_MS, Visitor

expect.set_options(timeout=PATIENCE_MS)
NUMBER = re.compile(r"\d{4}-\d{7}")
BEIJING = timezone(timedelta(hours=8))


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A time on Beijing clocks in 2026."""
    return datetime(2026, month, day, hour, minute, tzinfo=BEIJING)


def sign_in(person: Visitor, user_name: str, password: str = DEMO_PASSWORD) -> Visitor:
    """Type name and password; arrive at the home page."""
    person.sign_in_by_form(user_name, password)
    expect(person.page.locator(".hd-who")).to_be_attached()
    return person


def enter(person: Visitor, door: str, *answers: str) -> None:
    """From the home page through a door, one answer on each page that asks."""
    person.follow(person.page.locator(".hd-door", has_text=door))
    for answer in answers:
        choose(person, answer)
        person.press("下一步")


def choose(person: Visitor, words: str) -> None:
    """Tick the choice that begins with these words."""
    person.page.locator(".hd-choice", has_text=words).first.click()


def fill(person: Visitor, **fields: str) -> None:
    """Type into inputs and text areas, choose from selects and radios, by the names of fields."""
    for name, value in fields.items():
        found = person.page.locator(f"main [name='{name}']")
        found.first.wait_for(state="attached")
        radio = person.page.locator(f"[type=radio][name='{name}'][value='{value}']")
        if radio.count():
            person.page.locator(".hd-choice").filter(has=radio).click()
        elif found.and_(person.page.locator("select")).count():
            found.select_option(value)
        else:
            found.fill(value)


def attach(person: Visitor, *files: FilePayload, confirmed: bool = False) -> None:
    """Choose files, and say that no student is to be seen on them."""
    person.page.set_input_files("main input[type=file]", list(files))
    if confirmed:
        person.page.check("main input[name=clear]")


def go_on(person: Visitor) -> None:
    """From the form of the card to the last look."""
    person.press("下一步：核对并提交")


def submit_button(person: Visitor) -> Locator:
    """The button of the last look."""
    return person.page.locator("form[action$='/submit'] button[type=submit]")


def send(person: Visitor) -> str:
    """Press it; answers the number of the ticket."""
    person.follow(submit_button(person))
    expect(person.page).to_have_url(re.compile(r"/tickets/\d{4}-\d{7}$"))
    return number_of(person)


def number_of(person: Visitor) -> str:
    """The ticket on whose page somebody is."""
    found = NUMBER.search(urlsplit(person.page.url).path)
    assert found, person.page.url
    return found.group()


def read(person: Visitor, number: str) -> None:
    """Open the page of a ticket."""
    person.open(f"/tickets/{number}")


def act(person: Visitor, number: str, verb: str, choice: str = "", **fields: str) -> None:
    """Use a verb from the page of the ticket, as somebody does who reads it first."""
    begin(person, number, verb)
    if urlsplit(person.page.url).path.endswith(f"/{verb}"):
        if choice:
            choose(person, choice)
        fill(person, **fields)
        finish(person)
    expect(person.page.locator(".hd-flashes")).to_be_visible()
    assert number_of(person) == number


def begin(person: Visitor, number: str, verb: str) -> None:
    """Press the button of a verb; where it needs words, its page is open then."""
    read(person, number)
    place = f"/tickets/{number}/{verb}"
    link = person.page.locator(f".hd-actions a[href='{place}'], .hd-actions form[action='{place}']")
    assert link.count(), f"{verb} is not offered to {person.page.locator('.hd-who').inner_text()}"
    shown = link.filter(visible=True)
    if shown.count() == 0:
        person.page.locator(".hd-more summary").click()
    person.follow(shown.first.locator("button").or_(shown.first).last)


def finish(person: Visitor) -> None:
    """Press the button below the form of a verb."""
    person.follow(person.page.locator(".hd-verb .hd-submit button[type=submit]"))


def told(person: Visitor) -> list[str]:
    """The notices of a person, newest first."""
    person.open("/notices")
    return person.page.locator("#notices form.hd-act button").all_inner_texts()


def conversation(person: Visitor) -> str:
    """Everything said on the page of the ticket, earlier records included."""
    folded = person.page.locator(".hd-thread > .hd-event > details:not([open]) > summary")
    for left in range(folded.count(), 0, -1):
        folded.first.click()
        expect(folded).to_have_count(left - 1)
    return person.page.locator("#talk").inner_text()
