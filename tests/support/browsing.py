"""A person at a browser: signs in, walks, is shown pages; every page can be examined."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Response

from tests.support import inspection
from tests.support.client import Client
from tests.support.live import Live

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--font-render-hinting=none",
]  # fmt: skip
PHONE, DESK = (360, 780), (1280, 900)
# WCAG 2.2 AA and what it contains.
RULES = {
    "resultTypes": ["violations"],
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    },
}
# The browser says this for every answer above 399; whether one was due is the test's business.
_EXPECTED = "Failed to load resource: the server responded with a status of 4"
Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


def chromium_path() -> str:
    """Debian's chromium. None: a loud failure, half a test run is no test run."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        raise RuntimeError("no chromium. Type: apt-get install -y chromium fonts-noto-cjk")
    return found


class Visitor:
    """One person with one window. `page` is Playwright's page."""

    def __init__(
        self,
        browser: Browser,
        live: Live,
        now: datetime,
        screenshots: Path | None,
        language: Language,
    ) -> None:
        self.live = live
        self.screenshots = screenshots
        self.complaints: list[str] = []
        self._context = browser.new_context(
            base_url=live.url,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": DESK[0], "height": DESK[1]},
        )
        self._context.set_default_timeout(10_000)
        self._context.clock.set_fixed_time(now)
        self.page: Page = self._context.new_page()
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self._complain(f"script error {error}"))
        self.page.on("response", self._answered)
        self.speak(language)

    def sign_in(self, account_id: int) -> None:
        """Be this account, as after a right password."""
        client = self.live.app.test_client()
        assert isinstance(client, Client)
        client.sign_in(account_id)
        name = str(self.live.app.config["SESSION_COOKIE_NAME"])
        cookie = client.get_cookie(name)
        assert cookie is not None
        self._set_cookie(name, cookie.value)

    def sign_in_by_form(self, user_name: str, password: str) -> None:
        """Type user name and password into the sign-in page."""
        self.page.goto("/sign-in")
        self.page.fill("input[name=user_name]", user_name)
        self.page.fill("input[name=password]", password)
        self.page.click("main form button[type=submit]")

    def speak(self, language: Language) -> None:
        """Switch the pages to Chinese or English."""
        self._set_cookie("language", language)

    def open(self, address: str) -> Page:
        """Go to a page of the product, which must be there."""
        answer = self.page.goto(address)
        assert answer is not None
        assert answer.status < 400, f"{address}: {answer.status}"
        return self.page

    def press(self, name: str) -> None:
        """Press the button, or follow the link, that is called so."""
        button = self.page.get_by_role("button", name=name, exact=True)
        link = self.page.get_by_role("link", name=name, exact=True)
        button.or_(link).first.click()

    def examine(self, name: str = "") -> None:
        """The page as it stands, wide and narrow: inspection, axe, no sideways scrolling.

        With a name its picture is kept where `--screenshots` says.
        """
        faults = list(inspection.faults_of(self.page.content()))
        for size in (PHONE, DESK):
            self.page.set_viewport_size({"width": size[0], "height": size[1]})
            faults += [*self._ask_axe(size[0]), *self._measure(size[0])]
            if name and self.screenshots is not None:
                self.screenshots.mkdir(parents=True, exist_ok=True)
                self.page.screenshot(path=self.screenshots / f"{name}-{size[0]}.png")
        assert not faults, "\n".join([self.page.url, *faults])

    def examine_in_both_languages(self, name: str = "") -> None:
        """`examine` in English and then in Chinese, on the same address."""
        for language in LANGUAGES:
            self.speak(language)
            self.page.goto(self.page.url)
            self.examine(f"{name}-{language}" if name else "")

    def leave(self) -> list[str]:
        """Close the window; returns what went wrong in it."""
        self._context.close()
        return self.complaints

    def _ask_axe(self, width: int) -> Iterator[str]:
        # The script is large: it goes into a page once, and only what is wrong comes back.
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(Axe().axe_script)
        ask = "rules => axe.run(document, rules).then(found => found.violations)"
        for violation in self.page.evaluate(ask, RULES):
            yield f"axe at {width} px: {_told(violation)}"

    def _measure(self, width: int) -> Iterator[str]:
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            yield f"{wide} px wide in a window of {width} px"

    def _set_cookie(self, name: str, value: str) -> None:
        self._context.add_cookies([{"name": name, "value": value, "url": self.live.url}])

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(_EXPECTED):
            self._complain(f"console: {message.text}")

    def _answered(self, answer: Response) -> None:
        if answer.status >= 500:
            self._complain(f"{answer.request.method} {answer.url}: {answer.status}")
        if urlsplit(answer.url).netloc != urlsplit(self.live.url).netloc:
            self._complain(f"{answer.url} was asked for from outside")

    def _complain(self, complaint: str) -> None:
        self.complaints.append(f"{self.page.url}: {complaint}")


def _told(violation: dict[str, Any]) -> str:
    places = [" ".join(map(str, node["target"])) for node in violation["nodes"][:3]]
    return f"{violation['id']} ({violation['impact']}): {violation['help']} at {places}"
