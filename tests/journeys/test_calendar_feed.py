"""A school subscribes to its filing dates, and takes the address back."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from icalendar import Calendar
from playwright.sync_api import expect

from tests.support.browsing import Visitor


def test_a_school_subscribes_to_its_calendar(arrive: Callable[..., Visitor]) -> None:
    teacher = arrive("demo-school")
    teacher.open("/profile")
    teacher.press("订阅和提醒")
    teacher.press("生成订阅地址")
    address = teacher.page.get_by_label("订阅地址")
    expect(address).to_be_visible()
    place = urlsplit(address.input_value()).path

    # A telephone brings the address and nothing else: no cookie, no name.
    telephone = arrive("demo-county")
    telephone.page.context.clear_cookies()
    answer = telephone.page.request.get(place)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/calendar")
    calendar = Calendar.from_ical(answer.body())
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    assert any("名单录入" in str(event["SUMMARY"]) for event in calendar.walk("VEVENT"))

    teacher.press("停用")
    expect(teacher.page.get_by_role("button", name="生成订阅地址")).to_be_visible()
    assert telephone.page.request.get(place).status == 404
