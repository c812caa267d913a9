"""Questions that take another way: provincial IT, the call centre at once, and the refused way."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import time_machine
from playwright.sync_api import expect

from tests.support import commands
from tests.support.browsing import Visitor
from tests.support.live import Live
from tests.support.office_work import act, at, enter, fill, go_on, read, send, told

OUTAGE = "资助系统首页打不开"
CALLBACK = "0713-8800000"


def test_an_outage_lands_at_provincial_it_and_the_county_reads_along(
    arrive: Callable[..., Visitor],
) -> None:
    teacher = arrive("demo-school")
    enter(teacher, "系统打不开", "页面打不开或很慢", "也打不开")
    fill(
        teacher,
        card_scope="several",
        card_seen_at="9月22日9点起。",
        card_exact_message="无提示，一直在加载。",
        card_browser="360安全浏览器13，极速模式。",
        title=OUTAGE,
        callback_number=CALLBACK,
    )
    go_on(teacher)
    expect(teacher.page.locator("main")).to_contain_text("将由湖北省教育信息化中心办理")
    number = send(teacher)

    county = arrive("demo-county")
    read(county, number)
    expect(county.page.locator(".hd-rung.is-now")).to_contain_text("湖北省教育信息化中心")
    expect(county.page.get_by_role("link", name=re.compile("^上报"))).to_have_count(0)
    county.show("read-along")

    engineer = arrive("demo-it")
    engineer.open("/queue")
    engineer.follow(engineer.page.get_by_role("link", name=OUTAGE))
    act(engineer, number, "accept")
    act(engineer, number, "record-step", "恢复系统运行环境", answer="应用服务器已恢复。")
    act(engineer, number, "resolve", text="9时40分已恢复。", proof="监测连续30分钟正常。")

    assert any(OUTAGE in words and "已有答复" in words for words in told(county))
    act(teacher, number, "confirm")
    expect(teacher.page.locator(".hd-thead")).to_contain_text("已办结")


def test_a_central_university_reaches_the_call_centre_at_once(
    arrive: Callable[..., Visitor], clock: time_machine.Traveller
) -> None:
    university = arrive("demo-university")
    enter(university, "资助业务与操作", "政策问题")
    fill(
        university,
        card_topic="eligibility",
        text="中途转入的研究生，本学期能否列入资助名单？",
        callback_number="027-88000000",
    )
    go_on(university)
    review = university.page.locator("main")
    expect(review).to_contain_text("将由呼叫中心办理，解决或反馈不晚于9月30日(周三) 17:30")
    expect(review).to_contain_text("法定时限")
    number = send(university)

    agent = arrive("demo-call")
    agent.open("/board")
    column = agent.page.locator("[data-column]", has=agent.page.locator("#h-5"))
    expect(column.locator("header")).to_contain_text("9月30日")
    expect(column).to_contain_text(number.split("-")[1].lstrip("0"))
    act(agent, number, "accept")

    clock.move_to(at(9, 30, 17), tick=True)
    agent = arrive("demo-call")
    act(agent, number, "resolve", text="可以，按学籍所在学期列入。", proof="政策文件已附出处。")
    read(agent, number)
    agent.page.locator("#clocks .hd-earlier summary").click()
    legal = agent.page.locator("#clocks .hd-over li", has_text="法定时限")
    expect(legal).to_contain_text("按期")


def test_a_county_is_told_where_to_go_instead_of_the_call_centre(
    arrive: Callable[..., Visitor], live: Live
) -> None:
    county = arrive("demo-county")
    county.open("/ask/business/OPS")
    expect(county.page.locator(".hd-route .to")).to_contain_text("黄冈市学生资助管理中心")

    agent = arrive("demo-call")
    agent.open("/ask/phone")
    agent.page.fill("#q", "421122")
    agent.press("查找")
    agent.follow(agent.page.get_by_role("link", name="红安县学生资助管理中心"))
    refusal = agent.page.locator("main .hd-notice")
    expect(refusal).to_contain_text("只有省级资助部门和中央部属高校可以向呼叫中心上报")
    expect(refusal).to_contain_text("请上报黄冈市学生资助管理中心")
    agent.examine()
    agent.show("not-your-door")

    printed = commands.run(live.app, "route", "OPS", "--org", "421122", "--json")
    plan = json.loads(printed)
    assert plan["first_holder"]["code"] == "421100"
    assert not plan["may_reach_call_centre"]
