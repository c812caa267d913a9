"""A teacher types what is wrong, reads the article that comes up, and needs no ticket."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.support.browsing import Visitor

TROUBLE = "登录提示用户不存在"
ARTICLE = "cards/acc-4c"


def test_an_answer_is_found_while_typing(arrive: Callable[..., Visitor]) -> None:
    teacher = arrive("demo-school")
    before = asked(teacher)
    teacher.open("/")
    box = teacher.page.locator("#ask-list")
    teacher.page.locator("#ask").press_sequentially(TROUBLE)
    first = box.locator("a").first
    expect(first).to_contain_text("用户不存在")
    expect(box).to_contain_text(f"就提“{TROUBLE}”这个问题")
    teacher.examine()
    teacher.show("suggestions")
    teacher.page.locator("#ask").press("ArrowDown")
    expect(first).to_be_focused()
    with teacher.page.expect_navigation():
        teacher.page.keyboard.press("Enter")
    read_and_done(teacher)
    assert asked(teacher) == before

    county = arrive("demo-county")
    county.press("近30天有1个问题看了答案就解决，不用提交")
    expect(county.page.locator("#by-article")).to_contain_text("用户不存在")
    county.examine()


def test_the_same_without_scripts(arrive: Callable[..., Visitor]) -> None:
    teacher = arrive("demo-school", scripts=False)
    teacher.page.fill("#ask", f"{TROUBLE} 990101200001010006")
    teacher.press("找答案")
    assert "990101200001010006" not in teacher.page.url
    teacher.follow(teacher.page.locator(f"#ask-list a[href*='{ARTICLE}']").first)
    read_and_done(teacher)


def read_and_done(teacher: Visitor) -> None:
    """On the page of the article: it was enough."""
    expect(teacher.page).to_have_url(re.compile(rf"/articles/{ARTICLE}\?"))
    expect(teacher.page.locator("h1")).to_contain_text("用户不存在")
    teacher.press("解决了，不用提交")
    expect(teacher.page.locator(".hd-flashes")).to_contain_text("已经省去1次提问")


def asked(teacher: Visitor) -> str:
    """What the list of own questions says of their number."""
    teacher.open("/tickets")
    return teacher.page.locator(".hd-page-head").inner_text()
