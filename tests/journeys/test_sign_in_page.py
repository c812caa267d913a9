"""The first page anybody sees, for a stranger, in both languages, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable

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
    assert stranger.page.locator("[role=alert]").count()
    assert stranger.page.input_value("input[name=user_name]") == "nobody"
    stranger.examine()
