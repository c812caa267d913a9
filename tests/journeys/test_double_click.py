"""Two clicks do one thing, also where no script holds the second one back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.support.browsing import Visitor
from tests.support.office_work import act, begin, enter, fill, go_on, number_of, submit_button

TITLE = "双击也只提交一次"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_double_click_submits_and_hands_up_once(
    arrive: Callable[..., Visitor], scripts: bool
) -> None:
    teacher = arrive("demo-school", scripts=scripts)
    enter(teacher, "资助业务与操作", "政策问题")
    fill(
        teacher,
        card_topic="standard",
        title=TITLE,
        text="免学费政策从哪个学期起算？",
        callback_number="0713-8800000",
    )
    go_on(teacher)
    submit_button(teacher).dblclick()
    expect(teacher.page.locator(".hd-thead")).to_contain_text(TITLE)
    number = number_of(teacher)
    teacher.open("/tickets")
    expect(teacher.page.locator(".hd-trow", has_text=TITLE)).to_have_count(1)

    county = arrive("demo-county", scripts=scripts)
    act(county, number, "accept")
    begin(county, number, "hand-up")
    fill(county, reason="需要市级答复。", tried="查过本地规定。")
    county.page.locator(".hd-verb .hd-submit button[type=submit]").dblclick()
    expect(county.page.locator(".hd-rung.is-now")).to_contain_text("黄冈市")
    said = county.page.locator("#talk .hd-msg", has_text="上报黄冈市学生资助管理中心")
    expect(said).to_have_count(1)
