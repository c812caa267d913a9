"""A vague question becomes the right problem card by one deciding question."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.support.browsing import Visitor
from tests.support.office_work import fill, go_on, read, send

VAGUE = "登不上去"


def test_one_question_decides(arrive: Callable[..., Visitor]) -> None:
    teacher = arrive("demo-school")
    teacher.page.fill("#ask", VAGUE)
    teacher.press("找答案")
    asked = teacher.page.locator("#deciding")
    expect(asked).to_contain_text("登录时，页面显示的是哪一句？")
    teacher.examine_in_both_languages()
    teacher.show("deciding-question")
    teacher.follow(asked.locator(".hd-choice", has_text="账号不存在或用户不存在"))

    expect(teacher.page).to_have_url(re.compile("/ask/login/ACC-4c"))
    expect(teacher.page.locator("main [name=title]")).to_have_value(VAGUE)
    fill(
        teacher,
        card_account_kind="operator",
        card_exact_message="用户不存在，请联系管理员。",
        card_new_school="no",
        callback_number="0713-8800000",
    )
    go_on(teacher)
    expect(teacher.page.locator("main")).to_contain_text("将由红安县学生资助管理中心")
    number = send(teacher)

    county = arrive("demo-county")
    read(county, number)
    before = county.page.locator("#before")
    expect(before).to_contain_text(VAGUE)
    expect(before).to_contain_text("没有打开文章")
    county.examine()
