"""The first page anybody sees, for a stranger, in both languages, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.support.browsing import Visitor


def test_stranger_sees_the_sign_in_page(visitor: Callable[..., Visitor]) -> None:
    stranger = visitor()
    stranger.open("/")
    assert stranger.page.url.split("?")[0].endswith("/sign-in")
    stranger.examine_in_both_languages()
    stranger.show("sign-in")


def test_wrong_password_is_told_and_the_name_is_kept(visitor: Callable[..., Visitor]) -> None:
    stranger = visitor()
    stranger.sign_in_by_form("nobody", "wrong password")
    expect(stranger.page.locator("[role=alert]")).to_be_visible()
    expect(stranger.page.locator("input[name=user_name]")).to_have_value("nobody")
    stranger.examine()
