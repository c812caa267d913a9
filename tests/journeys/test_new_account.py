"""An administrator of a county opens an account with a one-time code; the account then works."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.support.browsing import Visitor
from tests.support.office_work import sign_in

SCHOOL = "3442900121"
NAME = "新到任老师(演示)"
OWN_PASSWORD = "a walk in the hills 27"


def test_a_new_account_works_after_its_first_password(
    arrive: Callable[..., Visitor], visitor: Callable[..., Visitor]
) -> None:
    admin = arrive("demo-county-admin")
    admin.open("/people")
    code = open_account(admin)
    grant(admin)

    newcomer = visitor()
    newcomer.sign_in_by_form("new-teacher", code)
    expect(newcomer.page.locator("h1")).to_have_text("设置您自己的密码")
    newcomer.examine_in_both_languages()
    newcomer.show("first-password")
    newcomer.page.goto("/tickets")
    expect(newcomer.page.locator("h1")).to_have_text("设置您自己的密码")
    set_password(newcomer, "new-teacher")
    expect(newcomer.page.locator("[role=alert]")).to_contain_text("用户名")
    set_password(newcomer, OWN_PASSWORD)
    expect(newcomer.page.locator("h1")).to_contain_text("遇到什么问题")

    stranger = visitor()
    stranger.sign_in_by_form("new-teacher", code)
    expect(stranger.page.locator("[role=alert]")).to_be_visible()
    sign_in(stranger, "new-teacher", OWN_PASSWORD)
    expect(stranger.page.locator(".hd-who")).to_contain_text("红安县示范第一中学")


def open_account(admin: Visitor) -> str:
    """Put a new teacher on the roster of the school and open an account; answers its code."""
    admin.open(f"/people/bodies/{SCHOOL}")
    admin.press("登记人员")
    admin.page.fill("[name=name]", NAME)
    admin.page.get_by_label("操作", exact=False).first.check()
    admin.press("登记")
    admin.press("开通账号")
    admin.page.fill("[name=user_name]", "new-teacher")
    admin.follow(admin.page.locator("main form button[type=submit]"))
    code = admin.page.locator("#code")
    expect(code).to_be_visible()
    admin.examine()
    shown = code.inner_text()
    # The picture shows no real code, and is the same every time.
    code.evaluate("code => { code.textContent = 'ABCDE-FGHJK'; }")
    admin.show("one-time-code")
    admin.press("已经告诉本人")
    return shown


def grant(admin: Visitor) -> None:
    """Give the role of a school's staff at the school."""
    admin.press("授予角色")
    admin.page.locator("[name=grant]").select_option(label="学校经办")
    admin.press("授予")
    expect(admin.page.locator("#roles")).to_contain_text("学校经办")


def set_password(person: Visitor, password: str) -> None:
    """Type a new password twice."""
    person.page.fill("[name=new]", password)
    person.page.fill("[name=again]", password)
    person.press("保存密码")
