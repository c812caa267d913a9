"""A wrong password: the county alone helps, the school confirms. Also without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.support.browsing import Visitor
from tests.support.office_work import act, enter, fill, go_on, read, send, told

ANSWER = "密码已重置，临时口令已按登记的电话告知，请登录后立即修改。"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_county_resets_a_password_and_the_school_confirms(
    arrive: Callable[..., Visitor], scripts: bool
) -> None:
    teacher = arrive("demo-school", scripts=scripts)
    enter(teacher, "登录与账号", "提示“密码错误”")
    fill(
        teacher,
        card_account_kind="reviewer",
        card_exact_message="用户名或密码错误。",
        card_verifier_post="学校资助负责人",
        card_callback_on_file="yes",
        callback_number="0713-8800000",
    )
    go_on(teacher)
    expect(teacher.page.locator("main")).to_contain_text("将由红安县学生资助管理中心办理")
    number = send(teacher)
    expect(teacher.page.locator(".hd-flashes")).to_contain_text(number)

    county = arrive("demo-county", scripts=scripts)
    assert any("新问题" in words for words in told(county))
    act(county, number, "accept")
    act(
        county, number, "record-step", "核实身份",
        answer="已回拨登记的电话，核对无误。", source="学校资助负责人", source_on="2026-09-22",
    )  # fmt: skip
    read(county, number)
    expect(county.page.locator(".hd-actions")).to_contain_text("步骤还没有完成：重置密码")
    act(county, number, "record-step", "重置密码", answer="审核账号密码已重置。")
    act(county, number, "resolve", text=ANSWER, proof="电话回访，登录成功。")

    assert any("请确认是否解决" in words for words in told(teacher))
    teacher.open("/tickets")
    row = teacher.page.locator(".hd-trow", has_text=number)
    teacher.follow(row.get_by_role("button", name="解决了"))
    expect(teacher.page.locator(".hd-flashes")).to_contain_text("已办结")
    expect(teacher.page.locator(".hd-thead")).to_contain_text("已办结")
    assert any("已办结" in words for words in told(county))
