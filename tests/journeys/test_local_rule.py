"""A province lays its own rule beside the national text; a school below it reads both.

Tuesday 22 September 2026: 湖北 writes where passwords are reset there, its lead publishes it, a
school of the province reads it beside the national article, a school elsewhere does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.support.browsing import Visitor
from tests.support.live import Live
from tests.support.office_work import fill

NATIONAL = "/articles/cards/acc-4a"
RULE = "本省的密码由县级资助中心当天重置。"
TABLE = "| 学校 | 找谁 |\n| --- | --- |\n| 县属 | 县级 |"
BODY = f"{RULE}\n\n## 怎么做\n\n1. 提交问题。\n2. 等 `回访`。\n\n{TABLE}"


def write(officer: Visitor) -> None:
    """From the national text to a rule that waits for the lead."""
    officer.open(NATIONAL)
    officer.press("写本地规定，放在这篇旁边")
    expect(officer.page.locator("h1")).to_have_text("写文章")
    fill(officer, title="湖北：密码由县里重置", summary="当天重置。")
    officer.page.fill("main [name=body]", BODY)
    officer.press("预览")
    expect(officer.page.locator("#preview")).to_contain_text(RULE)
    officer.examine()
    officer.press("提交审核")
    expect(officer.page.locator(".hd-flashes")).to_contain_text("已提交审核")
    expect(officer.page).to_have_url(re.compile(r"/articles/local/\d+"))


def publish(lead: Visitor) -> None:
    """From the desk to the published rule."""
    lead.open("/articles/desk")
    expect(lead.page.locator("#review")).to_contain_text("湖北：密码由县里重置")
    lead.examine()
    lead.show("articles-desk")
    lead.follow(lead.page.locator("#review .ttl"))
    expect(lead.page.locator("#acts")).to_be_visible()
    lead.follow(lead.page.locator("#acts a", has_text="发布"))
    expect(lead.page.locator("#text")).to_contain_text(RULE)
    lead.follow(lead.page.locator(".hd-verb .hd-submit button[type=submit]"))
    expect(lead.page.locator(".hd-flashes")).to_contain_text("已发布")


def test_a_province_overlays_a_local_rule(live: Live, arrive: Callable[..., Visitor]) -> None:
    write(arrive("demo-province"))
    publish(arrive("demo-province-lead"))

    teacher = arrive("demo-school")
    teacher.open("/articles?card=ACC-4a")
    expect(teacher.page.locator(".hd-artlist .ttl").first).to_be_visible()
    teacher.follow(teacher.page.locator(f".hd-artlist a[href='{NATIONAL}']"))
    expect(teacher.page.locator(".hd-local")).to_contain_text(RULE)
    expect(teacher.page.locator("#text")).to_contain_text("由地方资助部门重置密码")
    teacher.examine()
    teacher.show("article-local-rule")
    teacher.press("有帮助")
    expect(teacher.page.locator("#helped")).to_contain_text("您答过“有帮助”")

    elsewhere = arrive("demo-dongguan-school")
    elsewhere.open(NATIONAL)
    expect(elsewhere.page.locator("#text")).to_contain_text("由地方资助部门重置密码")
    expect(elsewhere.page.locator(".hd-local")).to_have_count(0)
    expect(elsewhere.page.locator("main")).not_to_contain_text(RULE)
