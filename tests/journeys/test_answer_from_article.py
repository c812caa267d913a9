"""A handler answers from an article; the teacher reads it and confirms."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.support.browsing import Visitor
from tests.support.office_work import act, enter, fill, finish, go_on, read, send

ARTICLE = "/articles/cards/biz"


def test_an_answer_from_an_article(arrive: Callable[..., Visitor]) -> None:
    teacher = arrive("demo-school")
    number = ask(teacher)

    county = arrive("demo-county")
    act(county, number, "accept")
    offered = county.page.locator("#articles li", has=county.page.locator(f"a[href='{ARTICLE}']"))
    title = offered.locator(".t a").inner_text()
    county.examine()
    county.show("beside-the-conversation", "#card")
    county.follow(offered.locator(f"a[href='/tickets/{number}/resolve?article=cards/biz']"))
    answer = county.page.locator("[name=text]")
    expect(answer).to_have_value(re.compile(re.escape(title) + r".*" + re.escape(ARTICLE), re.S))
    expect(county.page.locator(".hd-notice", has_text=title)).to_be_visible()
    answer.fill(f"先看这篇，按入学学期起算。\n{answer.input_value()}")
    fill(county, proof="通知和办法原文。")
    finish(county)
    expect(county.page.locator(".hd-flashes")).to_be_visible()

    read(teacher, number)
    spoken = teacher.page.locator(".hd-msg", has_text="先看这篇，按入学学期起算。")
    expect(spoken.locator("dd a")).to_have_attribute("href", re.compile(re.escape(ARTICLE) + "$"))
    teacher.examine(night=False)
    teacher.follow(spoken.locator("a.hd-file", has_text=title))
    expect(teacher.page).to_have_url(re.compile(re.escape(ARTICLE) + "$"))
    expect(teacher.page.locator("h1")).to_have_text(title)
    act(teacher, number, "confirm")
    expect(teacher.page.locator(".hd-thead")).to_contain_text("已办结")

    read(county, number)
    county.press("值得写成文章")
    expect(county.page.locator("#worth")).to_contain_text("已列入")


def ask(teacher: Visitor) -> str:
    """A question that an article answers; its number."""
    enter(teacher, "资助业务与操作", "政策问题")
    fill(
        teacher,
        card_topic="other",
        text="免学费政策从哪个学期起算？",
        callback_number="0713-8800000",
    )
    go_on(teacher)
    return send(teacher)
