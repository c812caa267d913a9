"""A person at a browser: signs in, walks, is shown pages; every page can be examined.

A machine may be slow. Whatever leads to another page goes through `press` or `follow`, which return
when that page is there and its scripts listen; what is read at once afterwards (`count()`, `all()`,
`inner_text()`, `page.url`) is read on it. What a script changes later is waited for with `expect`.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urldefrag, urlsplit

from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response

from tests.support import inspection
from tests.support.client import Client
from tests.support.live import Live

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--font-render-hinting=none",
]  # fmt: skip
PHONE, DESK = (360, 780), (1280, 900)
# For whatever is waited for: a slow machine is late, a broken page never comes.
PATIENCE_MS = 45_000
# So high that the bar at the lower edge hides nothing while a page is examined.
WHOLE = 5000
FROM_HERE = """place => {
  document.activeElement.blur();
  window.scrollTo(0, document.querySelector(place).getBoundingClientRect().top + scrollY - 60);
}"""
# Pictures are kept in the repository: so many colours are enough for pages.
COLOURS = 192
# WCAG 2.2 AA and what it contains.
RULES = {
    "resultTypes": ["violations"],
    "preload": False,  # no style of ours depends on how a telephone is held
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    },
}
# Contrast is the dear part: by day it is measured on the phone, by night at the desk.
BUT_CONTRAST = {**RULES, "rules": {"color-contrast": {"enabled": False}}}
CONTRAST = {
    "resultTypes": ["violations"],
    "preload": False,
    "runOnly": {"type": "rule", "values": ["color-contrast"]},
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
        scripts: bool = True,
    ) -> None:
        self.live = live
        self.screenshots = screenshots
        self.complaints: list[str] = []
        self._context = browser.new_context(
            base_url=live.url,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": DESK[0], "height": DESK[1]},
            java_script_enabled=scripts,
            # Colours on their way from one to the other would be measured half-way.
            reduced_motion="reduce",
        )
        self._context.set_default_timeout(PATIENCE_MS)
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
        self.follow(self.page.locator("main form button[type=submit]"))

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
        """Press the button, or follow the link, that is called so and leads to another page."""
        button = self.page.get_by_role("button", name=name, exact=True)
        link = self.page.get_by_role("link", name=name, exact=True)
        self.follow(button.or_(link).first)

    def follow(self, way: Locator) -> None:
        """Click on what leads to another page, or to this one anew, and be there."""
        with self.page.expect_navigation():
            way.click()

    def examine(
        self, sizes: tuple[tuple[int, int], ...] = (PHONE, DESK), *, night: bool = True
    ) -> None:
        """The page as it stands: inspection, axe in both sizes, contrast by day in the first and by
        night in the last, no sideways scrolling."""
        faults = list(inspection.faults_of(self.page.content()))
        for size, what in zip(sizes, (RULES, BUT_CONTRAST), strict=True):
            self._be((size[0], WHOLE))
            faults += [*self._ask_axe(f"{size[0]} px", what), *self._measure(size[0])]
        if night:
            self.page.emulate_media(color_scheme="dark")
            faults += self._ask_axe(f"{size[0]} px in the dark", CONTRAST)
            self.page.emulate_media(color_scheme="light")
        self._be(DESK)
        assert not faults, "\n".join([self.page.url, *faults])

    def scan(self, *, thorough: bool) -> list[str]:
        """What axe finds on the page as it stands, on the phone; contrast by day and by night only
        if `thorough`: it is the dear part, and pages of one template look alike.
        """
        self._be((PHONE[0], WHOLE))
        faults = list(self._ask_axe(f"{PHONE[0]} px", RULES if thorough else BUT_CONTRAST))
        if thorough:
            self.page.emulate_media(color_scheme="dark")
            faults += self._ask_axe(f"{PHONE[0]} px in the dark", CONTRAST)
            self.page.emulate_media(color_scheme="light")
        return faults

    def overflow(self, *sizes: tuple[int, int]) -> list[str]:
        """Where the page as it stands scrolls sideways."""
        faults: list[str] = []
        for width, _ in sizes:
            self._be((width, WHOLE))
            faults += self._measure(width)
        return faults

    def glance(self) -> None:
        """The page in its other language: the same colours, other words. Inspection, axe without
        contrast, no sideways scrolling."""
        faults = list(inspection.faults_of(self.page.content()))
        for size in (PHONE, DESK):
            self._be((size[0], WHOLE))
            faults += self._measure(size[0])
        faults += self._ask_axe(f"{DESK[0]} px", BUT_CONTRAST)
        self._be(DESK)
        assert not faults, "\n".join([self.page.url, *faults])

    def examine_in_both_languages(self) -> None:
        """`glance` in English and `examine` in Chinese, on the same address."""
        for language in LANGUAGES:
            self.speak(language)
            self.page.goto(urldefrag(self.page.url).url)
            (self.glance if language == "en" else self.examine)()

    def show(self, name: str, place: str = "html", *, dark: bool = False) -> None:
        """Keep pictures of the page from `place` on, wide and narrow, where `--screenshots` says
        (else do nothing). A few kilobytes each, and the same again when nothing has changed.
        """
        if self.screenshots is None:
            return
        self.screenshots.mkdir(parents=True, exist_ok=True)
        self.page.emulate_media(color_scheme="dark" if dark else "light")
        for size in (PHONE, DESK):
            self._be(size)
            self.page.evaluate(FROM_HERE, place)
            picture = Image.open(io.BytesIO(self.page.screenshot()))
            small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
            small.save(self.screenshots / f"{name}-{size[0]}.png", optimize=True)
        self.page.emulate_media(color_scheme="light")

    def leave(self) -> list[str]:
        """Close the window; returns what went wrong in it."""
        self._context.close()
        return self.complaints

    def _be(self, size: tuple[int, int]) -> None:
        if self.page.viewport_size != {"width": size[0], "height": size[1]}:
            self.page.set_viewport_size({"width": size[0], "height": size[1]})

    def _ask_axe(self, where: str, rules: dict[str, Any]) -> Iterator[str]:
        # The script is large: it goes into a page once, and only what is wrong comes back.
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(Axe().axe_script)
        ask = "rules => axe.run(document, rules).then(found => found.violations)"
        for violation in self.page.evaluate(ask, rules):
            yield f"axe at {where}: {_told(violation)}"

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
