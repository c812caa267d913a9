"""A messy sheet of a meeting tool, settled by hand; and a desk that loses its connection."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import xlsxwriter
from playwright.sync_api import expect

from helpdesk.training.rules.sessions import Mode, State
from tests.factories.organizations import body
from tests.factories.people import employ
from tests.factories.training import add_session, enrol
from tests.support.browsing import Visitor
from tests.support.live import Live

SCHOOL = "3442900121"
MESSY = [
    ["红安县资助系统培训 会议名单"],
    [],
    ["序号", "用户昵称", "工 号", "手机号码", "所在学校", "首次入会时间", "最后退会时间", "时长"],
    [1, "汪一凡", "hz-001", "", "", "2026-09-22 09:00:00", "2026-09-22 10:00:00", ""],
    [2, "汪一凡", "HZ-001", "", "", "2026-09-22 10:05:00", "2026-09-22 11:05:00", ""],
    [3, "同 名", "", "", "", "", "", "1小时50分"],
    [4, "没有这个人", "", "13900001111", "", "", "", "90分钟"],
    [5, "坏行", "HZ-009", "", "", "", "", "好久"],
    [6, "独一无", "", "", "", "", "", "100"],
    ["合计", "", "", "", "", "", "", "5人"],
]


@pytest.fixture
def session_id(live: Live, now: datetime) -> int:
    """A session of the county, held in the room and online, with people of the school."""
    with live.prepared():
        made = add_session(
            body("421122"), now - timedelta(hours=1), state=State.RUNNING, mode=Mode.BOTH
        )
        people = (
            ("汪一凡", "HZ-001"),
            ("同名", "HZ-002"),
            ("同名", "HZ-003"),
            ("独一无", "HZ-004"),
        )
        for name, number in people:
            enrol(made, employ(body(SCHOOL), name, now, staff_no=number))
        return made.id


def sheet() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet("成员明细")
        for r, row in enumerate(MESSY):
            page.write_row(r, 0, row)
    return out.getvalue()


def test_a_messy_sheet_is_tried_out_settled_and_recorded(
    arrive: Callable[..., Visitor], session_id: int
) -> None:
    lead = arrive("demo-county-lead")
    page = lead.open(f"/training/sessions/{session_id}/attendance/imports")
    lead.examine(night=False)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    file = {"name": "会议名单.xlsx", "mimeType": kind, "buffer": sheet()}
    page.set_input_files("input[type=file]", file)  # type: ignore[arg-type]
    page.get_by_label("在线上").check()
    lead.press("试读")
    expect(page.locator("h1")).to_have_text("试读结果")
    expect(page.locator("#group-bad")).to_contain_text("第8行")
    expect(page.locator("#group-bad")).to_contain_text("时长看不懂")
    expect(page.locator("#group-matched")).to_contain_text("第4、5行")
    lead.examine(night=False)
    lead.show("attendance-import")

    lead.follow(page.locator("#group-ambiguous").get_by_role("button", name="HZ-003"))
    lead.press("这些都核对无误")
    lead.follow(page.locator("#group-unknown").get_by_role("button", name="跳过"))
    expect(page.locator("#group-unknown")).to_have_count(0)
    lead.press("登记已匹配的3人")
    expect(page.locator("main")).to_contain_text("已登记3人")
    expect(page.get_by_role("button", name="登记已匹配的3人")).to_have_count(0)
    page.goto(f"/training/sessions/{session_id}/attendance")
    expect(page.locator("[data-tally]")).to_contain_text("已到3人，名单4人")


def test_a_desk_without_a_connection_catches_up(
    arrive: Callable[..., Visitor], session_id: int
) -> None:
    lead = arrive("demo-county-lead")
    page = lead.open(f"/training/sessions/{session_id}/attendance")
    hits = page.locator("[data-hits] > li")
    expect(hits).to_have_count(4)
    lead.examine(night=False)
    lead.show("attendance-desk")
    page.fill("#q", "wyf")
    expect(hits).to_have_count(1)
    page.press("#q", "Enter")
    expect(page.locator("[data-said]")).to_have_text("汪一凡：已到")

    page.route("**/attendance/mark", lambda route: route.abort())
    for letters in ("hz-002", "dyw"):
        page.fill("#q", letters)
        page.press("#q", "Enter")
    expect(page.locator("[data-line]")).to_contain_text("2条待发送")
    lead.complaints.clear()  # the browser says that it could not connect
    page.reload()
    expect(page.locator("[data-line]")).to_contain_text("2条待发送")
    lead.complaints.clear()
    page.unroute("**/attendance/mark")
    expect(page.locator("[data-tally]")).to_contain_text("已到3人")
    expect(page.locator("[data-line]")).to_be_hidden()
    lead.complaints.clear()


def test_another_desk_is_seen_without_asking(
    arrive: Callable[..., Visitor], session_id: int
) -> None:
    one, other = arrive("demo-county-lead"), arrive("demo-county-lead")
    address = f"/training/sessions/{session_id}/attendance"
    for desk in (one, other):
        desk.open(address)
        expect(desk.page.locator("[data-hits] > li")).to_have_count(4)
    one.page.fill("#q", "dyw")
    one.page.press("#q", "Enter")
    expect(other.page.locator("[data-tally]")).to_contain_text("已到1人")


def test_without_a_script_the_desk_is_a_form(
    arrive: Callable[..., Visitor], session_id: int
) -> None:
    lead = arrive("demo-county-lead", scripts=False)
    page = lead.open(f"/training/sessions/{session_id}/attendance?q=dyw")
    lead.follow(page.get_by_role("button", name="迟到 独一无"))
    expect(page.locator("main")).to_contain_text("独一无：迟到")
