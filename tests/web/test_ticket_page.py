"""The page of a ticket: who sees it and what of it, and what it tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from sqlalchemy.orm import Session

from helpdesk.kernel.actor import SYSTEM
from helpdesk.routing import operations as routing
from helpdesk.sla import queries as sla
from helpdesk.sla.operations import moves
from helpdesk.sla.rules import Promise
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.operations import conversation, steps, work
from helpdesk.tickets.rules import subject
from tests.factories.country import build
from tests.factories.tickets import Desk
from tests.support.client import Client
from tests.support.queries import Queries


@pytest.fixture
def desk(session: Session, now: datetime) -> Iterator[Desk]:
    """A small country at work; its clock stands still at `now`."""
    with time_machine.travel(now, tick=False):
        yield Desk(build(now), now)


def page_for(client: Client, desk: Desk, who: str, ticket: Ticket, query: str = "") -> str:
    """The page as this person sees it."""
    client.sign_in(desk.country.account(who))
    answer = client.get(f"/tickets/{ticket.number}{query}")
    assert answer.status_code == 200
    return answer.text


def long_way(desk: Desk) -> Ticket:
    """The ticket of the drawings: county, city, province, call centre, with a step and a note."""
    desk.now = datetime.fromisoformat("2026-09-10T09:12+08:00")
    ticket = desk.open(card="ACC-4c", title="学校操作账号查不到")
    for who, moment in (
        ("county_officer", "2026-09-14T16:40+08:00"),
        ("city_officer", "2026-09-15T10:05+08:00"),
        ("province_officer", "2026-09-18T15:00+08:00"),
    ):
        desk.now = datetime.fromisoformat(moment)
        desk.hand_up(who, ticket)
    desk.now = datetime.fromisoformat("2026-09-20T09:05+08:00")
    desk.accept("agent", ticket)
    act = desk.act("agent", ticket)
    conversation.note(ticket=ticket, act=act, text="同批还有2所学校。")
    steps.add(
        ticket=ticket,
        act=desk.act("agent", ticket),
        body_id=desk.country.body("national_aid").id,
        name="补建账号",
        question="请补建该校操作账号。",
    )
    desk.now = desk.country.now
    return ticket


@pytest.mark.parametrize("who", ["sibling_teacher", "neighbour_officer", "other_province_officer"])
def test_strangers_are_told_there_is_nothing(who: str, desk: Desk, client: Client) -> None:
    ticket = desk.open()
    client.sign_in(desk.country.account(who))
    answer = client.get(f"/tickets/{ticket.number}")
    assert answer.status_code == 404
    assert ticket.title not in answer.text
    assert "没有找到" in answer.text


@pytest.mark.parametrize("who", ["teacher", "county_officer"])
def test_the_number_to_call_back_is_there_for_whoever_works_on_it(
    who: str, desk: Desk, client: Client
) -> None:
    ticket = desk.open(callback_name="李老师", callback_number="0571-88880000")
    page = page_for(client, desk, who, ticket)
    assert re.search(r"回访电话 <span[^>]*>0571-88880000</span>.*李老师", page)


def test_the_ladder_tells_each_office_and_its_days(desk: Desk, client: Client) -> None:
    ticket = long_way(desk)
    page = page_for(client, desk, "teacher", ticket)
    ladder = page[page.index('class="hd-ladder"') : page.index('id="talk"')]
    for office, words in (
        ("示范县资助中心", "用2个工作日，按期"),
        ("示范市资助中心", "用1个工作日，按期"),
        ("示范省资助中心", "用3个工作日，按期"),
    ):
        rung = ladder[ladder.index(office) :]
        assert words in rung[: rung.index("</li>")], office
    assert ladder.count('aria-current="step"') == 1
    now_here = ladder[ladder.index('aria-current="step"') :]
    assert "呼叫中心" in now_here
    assert "9月24日(周四) 17:30" in now_here
    assert "全国学生资助管理中心" in now_here, "the step hangs as a branch"
    assert "法定时限" in now_here


def test_the_way_that_is_left_is_dashed(desk: Desk, client: Client) -> None:
    ticket = desk.open()
    page = page_for(client, desk, "teacher", ticket)
    assert page.count("hd-rung is-next") == 3
    assert "还没有到这一级" in page


def test_the_day_strip_explains_the_due_day(desk: Desk, client: Client) -> None:
    ticket = long_way(desk)
    page = page_for(client, desk, "agent", ticket)
    strip = page[page.index('class="hd-strip"') :]
    strip = strip[: strip.index("</details>")]
    days = re.findall(r'<b class="d">(\d+)</b>', strip)
    assert days == ["18", "19", "20", "21", "22", "23", "24", "25"]
    assert "收到当日不计" in strip
    assert 'class="hd-mk hd-mk--work"' in strip, "Sunday 20 September is worked"
    assert "只数周一到周五会误算到" in strip
    assert strip.count('aria-current="date"') == 1


def test_notes_are_for_those_who_hold_or_held_it(desk: Desk, client: Client) -> None:
    ticket = long_way(desk)
    secret = "同批还有2所学校。"
    for who in ("agent", "county_officer", "city_officer", "province_officer"):
        assert secret in page_for(client, desk, who, ticket), who
    for who in ("teacher", "national_officer"):
        assert secret not in page_for(client, desk, who, ticket), who


def test_what_was_before_the_last_office_is_folded_but_there(desk: Desk, client: Client) -> None:
    ticket = long_way(desk)
    page = page_for(client, desk, "teacher", ticket)
    folded = page[page.index('class="hd-earlier"') :]
    folded = folded[: folded.index("</details>")]
    assert "操作账号登录时提示密码错误" in folded
    replies = page_for(client, desk, "teacher", ticket, "?talk=replies")
    assert 'class="hd-event"' not in replies


def test_offices_are_told_their_days_and_the_sum(desk: Desk, client: Client) -> None:
    ticket = long_way(desk)
    page = page_for(client, desk, "province_officer", ticket)
    table = page[page.index("hd-hold") : page.index("</table>")]
    assert re.findall(r"<td[^>]*><b>(\d+)</b></td>", table) == ["2", "1", "3", "3"]
    assert "<td>9</td>" in table
    assert "呼叫中心合计" not in table


def test_days_at_the_call_centre_are_summed_over_its_returns(desk: Desk, client: Client) -> None:
    ticket = long_way(desk)
    act = desk.act("agent", ticket)
    routing.return_down(ticket=ticket, act=act, reason="材料不全", missing="批准文号")
    again = desk.act("province_officer", ticket)
    routing.resubmit(ticket=ticket, act=again, text="补齐了")
    page = page_for(client, desk, "province_officer", ticket)
    centre = page[page.index("呼叫中心合计") :]
    assert re.findall(r"<td>(\d+)</td>", centre[: centre.index("</tr>")]) == ["3"]


def verbs(page: str, number: str) -> set[str]:
    """The verbs the page offers, as words of their addresses."""
    return set(re.findall(rf'(?:href|action)="/tickets/{number}/([a-z-]+)"', page))


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("county_officer", {"accept", "take", "redirect", "reply", "priority", "invite"}),
        ("county_lead", {"accept", "take", "assign", "redirect", "reply", "priority", "invite"}),
        ("teacher", {"urge", "withdraw", "reply"}),
        ("city_supervisor", set()),
    ],
)
def test_a_new_ticket_offers_each_side_its_verbs(
    who: str, offered: set[str], desk: Desk, client: Client
) -> None:
    ticket = desk.open()
    assert verbs(page_for(client, desk, who, ticket), ticket.number) == offered


def test_what_must_wait_stays_with_its_reason(desk: Desk, client: Client) -> None:
    ticket = desk.open()
    desk.accept("county_officer", ticket)
    page = page_for(client, desk, "county_officer", ticket)
    refused = re.search(r'aria-disabled="true" aria-describedby="no-resolve".*?</span>', page, re.S)
    assert refused is not None
    assert "步骤还没有完成" in refused[0]
    assert f"/tickets/{ticket.number}/resolve" not in page
    desk.finish_steps("county_officer", ticket)
    page = page_for(client, desk, "county_officer", ticket)
    assert f"/tickets/{ticket.number}/resolve" in page


def test_labels_name_the_office_they_lead_to(desk: Desk, client: Client) -> None:
    ticket = desk.open()
    desk.hand_up("county_officer", ticket)
    desk.accept("city_officer", ticket)
    page = page_for(client, desk, "city_officer", ticket)
    assert "上报示范省资助中心" in page
    assert "退回示范县资助中心" in page
    assert "从示范市资助中心收回" not in page
    back = desk.open()
    desk.hand_up("county_officer", back)
    assert "从示范市资助中心收回" in page_for(client, desk, "county_officer", back)


def test_a_returned_ticket_waits_at_the_asker(desk: Desk, client: Client) -> None:
    ticket = desk.open()
    desk.accept("county_officer", ticket)
    act = desk.act("county_officer", ticket)
    routing.return_down(ticket=ticket, act=act, reason="看不清截图", missing="清楚的截图")
    page = page_for(client, desk, "teacher", ticket)
    assert "补充后重报示范县资助中心" in page
    assert "看不清截图" in page
    assert verbs(page, ticket.number) >= {"resubmit", "withdraw"}


def test_urgent_restricted_and_linked_tickets_say_so(desk: Desk, client: Client) -> None:
    first = desk.open(title="原来的问题")
    second = desk.open(title="接着的问题", previous_number=first.number)
    work.prioritise(ticket=second, act=desk.act("county_officer", second), urgent=True)
    page = page_for(client, desk, "county_officer", second)
    assert "紧急" in page
    assert f'接续<a class="hd-num" href="/tickets/{first.number}"' in page


def test_a_clock_tells_when_it_stood_still_and_why_its_date_moved(
    desk: Desk, client: Client
) -> None:
    ticket = desk.open()
    desk.accept("county_officer", ticket)
    act = desk.act("county_officer", ticket)
    work.pause(ticket=ticket, act=act, event_name="等统一用户管理平台恢复")
    assert "起暂停计时：等统一用户管理平台恢复。" in page_for(client, desk, "teacher", ticket)
    work.resume(ticket=ticket, act=desk.act("county_officer", ticket))
    (answer,) = (
        clock
        for clock in sla.clocks_of([subject(ticket.id)])[subject(ticket.id)]
        if clock.promise is Promise.ANSWER
    )
    moves.adopt_settings(clock_ids=[answer.id], actor=SYSTEM, now=desk.now, confirm=True, days=5)
    page = page_for(client, desk, "teacher", ticket)
    assert "暂停计时：等统一用户管理平台恢复。" in page
    assert "按新的设置重新计算：截止由" in page


def test_what_people_wrote_cannot_become_markup(desk: Desk, client: Client) -> None:
    ticket = desk.open(title="<b>粗</b>", text="<script>alert(1)</script>\n第二行")
    page = page_for(client, desk, "county_officer", ticket)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;b&gt;粗&lt;/b&gt;" in page


def test_the_composer_writes_a_reply_or_a_note(desk: Desk, client: Client) -> None:
    ticket = desk.open()
    page = page_for(client, desk, "county_officer", ticket)
    assert f'action="/tickets/{ticket.number}/reply"' in page
    page = page_for(client, desk, "county_officer", ticket, "?say=note")
    assert f'action="/tickets/{ticket.number}/note"' in page
    page = page_for(client, desk, "teacher", ticket, "?say=note")
    assert f'action="/tickets/{ticket.number}/reply"' in page


@pytest.mark.parametrize("who", ["teacher", "agent", "province_officer", "national_officer"])
def test_the_page_can_be_read_in_english(who: str, desk: Desk, client: Client) -> None:
    ticket = long_way(desk)
    client.set_cookie("language", "en")
    page_for(client, desk, who, ticket)


def test_the_number_of_queries_does_not_grow(desk: Desk, client: Client, queries: Queries) -> None:
    ticket = desk.open()
    desk.accept("county_officer", ticket)

    def talk(times: int) -> None:
        body_id = desk.country.body("county").id
        for _ in range(times):
            act = desk.act("county_officer", ticket)
            conversation.reply(ticket=ticket, act=act, body_id=body_id, text="还在查。")

    def count() -> int:
        queries.clear()
        assert client.get(address).status_code == 200
        return len(queries)

    address = f"/tickets/{ticket.number}"
    client.sign_in(desk.country.account("county_officer"))
    talk(5)
    count()
    with_five = count()
    talk(45)
    assert count() == with_five


def test_what_the_asker_wrote_stays_when_the_type_is_corrected(desk: Desk, client: Client) -> None:
    ticket = desk.open("teacher", "TIME", fields={"item": "国家助学金补录", "term": "秋季学期"})
    routing.redirect(
        ticket=ticket, act=desk.act("county_officer", ticket), card_code="OPS", reason="是操作问题"
    )
    page = page_for(client, desk, "county_officer", ticket)
    assert "国家助学金补录" in page
    assert "秋季学期" in page


def test_an_own_required_step_is_the_first_button(desk: Desk, client: Client) -> None:
    ticket = desk.open("teacher", "TIME")
    desk.accept("county_officer", ticket)
    page = page_for(client, desk, "county_officer", ticket)
    primary = re.search(r'class="btn btn-primary[^"]*" href="([^"]*)"', page)
    assert primary is not None
    assert primary[1].startswith(f"/tickets/{ticket.number}/record-step")
