"""The story of the product: a question goes up the support tree and comes back answered in time.

A teacher in a county school is told "无效学校" at login. The county office has its enrolment office
and provincial IT look; nothing helps, so county, city and province hand it up with what they tried;
the call centre feeds back, resolves, and everybody who ever held it sees the answer.

Played from Tuesday 22 September to Saturday 10 October 2026, through the Mid-Autumn and National
Day holidays: what the call centre gets on Thursday 24 September is due on Friday 9 October.
"""

from __future__ import annotations

from collections.abc import Callable

import time_machine
from playwright.sync_api import expect

from tests.support.browsing import Visitor
from tests.support.office_work import (
    act,
    at,
    begin,
    choose,
    conversation,
    enter,
    fill,
    finish,
    go_on,
    read,
    send,
    told,
)

TITLE = "登录提示无效学校，全校无法进入资助系统"
ANSWER = "学校状态在统一用户管理平台中已恢复为有效，请重新登录。"
FEEDBACK = "已定位：统一用户管理平台中学校状态没有更新，正在修复。"


def report(teacher: Visitor) -> str:
    """Home, door, decision tree, fields, last look, sent."""
    teacher.page.fill("#ask", "无效学校")
    expect(teacher.page.locator("#ask-list")).to_contain_text("就提“无效学校”这个问题")
    teacher.examine()
    teacher.show("home")
    enter(teacher, "登录与账号")
    teacher.show("question")
    choose(teacher, "提示“无效学校”")
    teacher.press("下一步")
    choose(teacher, "有在校生")
    teacher.press("下一步")
    fill(
        teacher,
        card_account_kind="operator",
        card_exact_message="无效学校，请联系主管部门。",
        card_seen_at="9月22日上午8点起，每次都出现。",
        card_enrolled_count="812",
        title=TITLE,
        callback_number="0713-8800000",
    )
    teacher.examine()
    teacher.show("form")
    go_on(teacher)
    review = teacher.page.locator("main")
    expect(review).to_contain_text("将由红安县学生资助管理中心")
    expect(review).to_contain_text("本地承诺")
    teacher.examine()
    teacher.show("review")
    return send(teacher)


def test_a_question_goes_up_and_comes_back_answered(
    arrive: Callable[..., Visitor], clock: time_machine.Traveller
) -> None:
    teacher = arrive("demo-school")
    number = report(teacher)
    expect(teacher.page.locator(".hd-rung.is-now")).to_contain_text("红安县")

    county_works(arrive, clock, number)
    hand_up_to_the_top(arrive, clock, number)
    the_call_centre_answers(arrive, clock, number)
    everybody_sees_the_answer(arrive, number)

    clock.move_to(at(10, 10, 9), tick=True)
    centre = arrive("demo-call")
    act(centre, number, "resolve", text=ANSWER, proof="10月10日上午学校用操作账号登录成功。")
    teacher = arrive("demo-school")
    read(teacher, number)
    expect(teacher.page.locator("#talk")).to_contain_text(ANSWER)
    teacher.examine()
    teacher.show("answered")
    teacher.speak("en")
    read(teacher, number)
    teacher.examine()
    teacher.show("answered-in-english")
    teacher.speak("zh")
    act(teacher, number, "confirm")
    expect(teacher.page.locator(".hd-thead")).to_contain_text("已办结")


def county_works(
    arrive: Callable[..., Visitor], clock: time_machine.Traveller, number: str
) -> None:
    """The county accepts; its enrolment office and provincial IT do their steps side by side."""
    county = arrive("demo-county")
    county.open("/queue")
    expect(county.page.locator("[data-queue]")).to_contain_text(TITLE)
    county.show("county-queue")
    act(county, number, "accept")
    for _ in range(2):
        act(county, number, "delegate", question="请核对这所学校。")
    expect(county.page.locator(".hd-actions")).to_contain_text("步骤还没有完成")
    county.examine()
    county.show("county-ticket")

    clock.move_to(at(9, 22, 15), tick=True)
    answers = {
        "demo-enrolment": "学校信息9月1日已审核通过，没有待办。",
        "demo-it": "学籍系统中的学校信息昨晚已同步，没有异常。",
    }
    for user_name, answer in answers.items():
        helper = arrive(user_name)
        assert any("请办理步骤" in words for words in told(helper))
        act(helper, number, "complete-step", answer=answer)
    county = arrive("demo-county")
    assert sum("已有结果" in words for words in told(county)) >= len(answers)
    read(county, number)
    assert all(answer in county.page.locator("#card").inner_text() for answer in answers.values())


def hand_up_to_the_top(
    arrive: Callable[..., Visitor], clock: time_machine.Traveller, number: str
) -> None:
    """County, city and province each say why they cannot solve it and what they tried."""
    clock.move_to(at(9, 23, 9), tick=True)
    county = arrive("demo-county")
    begin(county, number, "hand-up")
    fill(county, reason="县级和省级核查都正常，仍提示无效学校。", tried="学籍部门核对审核情况。")
    county.show("hand-up")
    finish(county)
    expect(county.page.locator(".hd-rung.is-now")).to_contain_text("黄冈市")
    for user_name, moment, above in (
        ("demo-city", at(9, 23, 14), "湖北省"),
        ("demo-province", at(9, 24, 16), "呼叫中心"),
    ):
        clock.move_to(moment, tick=True)
        office = arrive(user_name)
        act(office, number, "accept")
        act(office, number, "hand-up", reason="本级无法解决。", tried="重新核对学校状态和同步。")
        expect(office.page.locator(".hd-rung.is-now")).to_contain_text(above)


def the_call_centre_answers(
    arrive: Callable[..., Visitor], clock: time_machine.Traveller, number: str
) -> None:
    """On the board with five working days left; feedback with a promised date."""
    centre = arrive("demo-call")
    centre.open("/board")
    column = centre.page.locator("[data-column]", has=centre.page.locator("#h-5"))
    expect(column).to_contain_text(TITLE)
    expect(column.locator("header")).to_contain_text("10月9日")
    centre.examine()
    centre.show("board")
    centre.show("board-dark", dark=True)
    centre.follow(column.get_by_role("link", name=TITLE))
    expect(centre.page.locator("#clocks")).to_contain_text("2026年10月9日")
    centre.examine()
    centre.show("legal-clock")
    act(centre, number, "accept")
    clock.move_to(at(9, 28, 11), tick=True)
    centre = arrive("demo-call")
    act(centre, number, "feedback", text=FEEDBACK, end="promised", promised_on="2026-10-12")
    centre.open("/board")
    expect(centre.page.locator(".hd-promise")).to_contain_text(TITLE)


def everybody_sees_the_answer(arrive: Callable[..., Visitor], number: str) -> None:
    """Who held it, who did a step, and who asked: on the ticket and behind the bell."""
    for user_name in (
        "demo-school", "demo-county", "demo-enrolment", "demo-it", "demo-city", "demo-province",
    ):  # fmt: skip
        person = arrive(user_name)
        assert any("呼叫中心已反馈" in words for words in told(person)), user_name
        if user_name == "demo-school":
            person.show("notices")
        read(person, number)
        assert FEEDBACK in conversation(person), user_name
