"""Signing in and out through the pages: cookies, limits, the first change, the way back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from helpdesk.kernel.actor import SYSTEM
from helpdesk.people.models import Account, Person
from helpdesk.people.operations import accounts
from tests.factories.people import PASSWORD
from tests.support.client import Client, form_of

NEW = "blue grey teal"


def sign_in(
    client: Client, password: str = PASSWORD, user_name: str = "teacher-zhou", **more: str
) -> TestResponse:
    data = {"user_name": user_name, "password": password, **more}
    return client.post("/sign-in", data=data)


class TestSigningIn:
    def test_the_page(self, client: Client) -> None:
        page = client.get("/sign-in")
        assert page.status_code == 200
        assert form_of(page, "/sign-in")["user_name"] == ""

    def test_the_right_password(self, client: Client, account: Account) -> None:
        answer = sign_in(client)
        assert (answer.status_code, answer.location) == (303, "/")
        assert client.get("/profile").status_code == 200
        # Who is inside is sent on from the door.
        assert client.get("/sign-in").status_code == 302

    def test_a_wrong_password_keeps_the_name_and_says_nothing_more(
        self, client: Client, account: Account
    ) -> None:
        answer = sign_in(client, "wrong")
        assert answer.status_code == 422
        assert "用户名或密码不对" in answer.text
        assert form_of(answer, "/sign-in")["user_name"] == "teacher-zhou"
        assert "wrong" not in answer.text
        unknown = sign_in(client, "wrong", "nobody")
        assert unknown.status_code == 422
        assert "用户名或密码不对" in unknown.text

    @pytest.mark.parametrize(
        ("user_name", "password", "said"),
        [
            ("", "", "请填写这一项"),
            ("zhou", "", "请填写这一项"),
            ("", "x", "请填写这一项"),
            ("x" * 300, "x", "太长了"),
            ("zhou", "x" * 300, "太长了"),
            ("<b>zhou</b>", "x", "用户名或密码不对"),
            ("\u0000", "x", "请填写这一项"),
            ("zh\u0000ou", "x", "用户名或密码不对"),
        ],
    )
    def test_bad_input(
        self, client: Client, account: Account, user_name: str, password: str, said: str
    ) -> None:
        answer = sign_in(client, password, user_name)
        assert answer.status_code == 422
        assert said in answer.text
        assert "<b>zhou" not in answer.text

    def test_too_many_attempts_say_until_when(
        self, client: Client, account: Account, clock: time_machine.Traveller
    ) -> None:
        for _ in range(5):
            sign_in(client, "wrong")
        answer = sign_in(client)
        assert answer.status_code == 429
        assert "北京时间10:35" in answer.text
        clock.shift(timedelta(minutes=15, seconds=1))
        assert sign_in(client).status_code == 303

    def test_a_form_that_lay_open_too_long_comes_back_with_the_name(
        self, client: Client, account: Account
    ) -> None:
        data = {"user_name": "teacher-zhou", "password": PASSWORD, "csrf_token": "old"}
        answer = client.post("/sign-in", data=data)
        assert answer.status_code == 400
        assert "登录页打开太久了" in answer.text
        assert form_of(answer, "/sign-in")["user_name"] == "teacher-zhou"

    def test_nothing_of_an_earlier_session_is_kept(self, client: Client, account: Account) -> None:
        with client.session_transaction() as cookie:
            cookie["left-over"] = "x"
        sign_in(client)
        with client.session_transaction() as cookie:
            assert "left-over" not in cookie
            assert PASSWORD not in str(dict(cookie))

    @pytest.mark.parametrize(
        ("asked", "led_to"),
        [
            ("/profile", "/profile"),
            ("/queue?left=1", "/queue?left=1"),
            ("", "/"),
            ("https://evil.example/", "/"),
            ("//evil.example/", "/"),
            ("///evil.example/", "/"),
            ("////evil.example/", "/"),
            ("/\\evil.example/", "/"),
            ("/\t/evil.example/", "/"),
            ("javascript:alert(1)", "/"),
            ("evil", "/"),
        ],
    )
    def test_the_way_back_stays_in_the_house(
        self, client: Client, account: Account, asked: str, led_to: str
    ) -> None:
        assert sign_in(client, next=asked).location == led_to

    def test_the_door_remembers_where_one_wanted_to_go(
        self, client: Client, account: Account
    ) -> None:
        sent = client.get("/profile/password")
        page = client.get(sent.location)
        data = {**form_of(page, "/sign-in"), "user_name": "teacher-zhou", "password": PASSWORD}
        answer = client.post("/sign-in", data=data)
        assert answer.location.startswith("/profile/password")

    def test_cookies_are_closed(self, client: Client, account: Account, app: Flask) -> None:
        cookie = sign_in(client).headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Secure" not in cookie  # the tests' address is http
        assert "Expires" not in cookie  # it ends with the browser

    def test_the_page_is_kept_nowhere(self, client: Client) -> None:
        assert client.get("/sign-in").headers["Cache-Control"] == "no-store"


class TestTheDemonstration:
    def test_accounts_are_shown_there_alone(self, client: Client, app: Flask) -> None:
        assert "演示账号" not in client.get("/sign-in").text
        app.config["DEMO"] = True
        try:
            page = client.get("/sign-in").text
        finally:
            app.config["DEMO"] = False
        assert "demo-school" in page
        assert app.config["DEMO_PASSWORD"] in page


class TestSessions:
    def inside(self, client: Client) -> bool:
        return client.get("/profile").status_code == 200

    def test_idle_for_too_long(
        self, client: Client, account: Account, clock: time_machine.Traveller
    ) -> None:
        sign_in(client)
        for _ in range(3):
            clock.shift(timedelta(minutes=59))
            assert self.inside(client)
        clock.shift(timedelta(minutes=61))
        assert not self.inside(client)
        assert "登录已结束" in client.get("/sign-in").text

    def test_signed_in_for_too_long(
        self, client: Client, account: Account, clock: time_machine.Traveller
    ) -> None:
        sign_in(client)
        for _ in range(13):
            assert self.inside(client)
            clock.shift(timedelta(minutes=55))
        clock.shift(timedelta(minutes=10))
        assert not self.inside(client)

    def test_signing_out(self, client: Client, account: Account) -> None:
        sign_in(client)
        answer = client.post("/sign-out")
        assert answer.location == "/sign-in"
        assert not self.inside(client)
        assert client.post("/sign-out").status_code == 303

    def test_a_forged_cookie_is_no_session(self, client: Client, account: Account) -> None:
        client.set_cookie("helpdesk", "eyJfdXNlcl9pZCI6IjEifQ.aaaa.bbbb")
        assert not self.inside(client)

    @pytest.mark.parametrize("broken", ["epoch", "issued_at", "seen_at", "_user_id"])
    def test_a_session_without_a_part_is_none(
        self, client: Client, account: Account, broken: str
    ) -> None:
        sign_in(client)
        with client.session_transaction() as cookie:
            cookie[broken] = "nonsense"
        assert not self.inside(client)

    def test_a_closed_account_is_out_at_once(
        self, client: Client, account: Account, person: Person, now: datetime
    ) -> None:
        sign_in(client)
        accounts.disable_account(actor=SYSTEM, person=person, now=now)
        assert not self.inside(client)
        assert "账号已停用" in sign_in(client).text

    def test_everywhere_is_everywhere(self, app: Flask, client: Client, account: Account) -> None:
        other = app.test_client()
        assert isinstance(other, Client)
        sign_in(client)
        sign_in(other)
        assert client.post("/profile/sign-out-everywhere").location == "/sign-in"
        assert not self.inside(client)
        assert not self.inside(other)

    def test_reading_takes_two_queries_for_the_actor(
        self, client: Client, account: Account, queries: list[str]
    ) -> None:
        sign_in(client)
        queries.clear()
        client.get("/sign-in")
        assert len([q for q in queries if "people_" in q]) == 2


class TestFirstPassword:
    def test_a_code_leads_to_the_change_and_nowhere_else(self, client: Client, code: str) -> None:
        answer = sign_in(client, f"{code[:5]}-{code[5:]}".lower())
        assert answer.location == "/first-password"
        assert client.get("/profile").location == "/first-password"
        assert client.get("/").location == "/first-password"
        page = client.get("/first-password")
        assert page.status_code == 200

    def test_the_new_password_opens_everything(
        self, client: Client, code: str, session: Session
    ) -> None:
        sign_in(client, code)
        answer = client.post("/first-password?next=/profile", data={"new": NEW, "again": NEW})
        assert (answer.status_code, answer.location) == (303, "/profile")
        assert client.get("/profile").status_code == 200
        account = session.scalars(select(Account).where(Account.user_name == "teacher-zhou")).one()
        assert not account.must_change_password
        client.post("/sign-out")
        assert sign_in(client, code).status_code == 422
        assert sign_in(client, NEW).status_code == 303
        # Changed once, the page has nothing more to ask.
        assert client.get("/first-password").status_code == 302

    @pytest.mark.parametrize(
        ("new", "again", "said"),
        [
            ("", "", "请填写这一项"),
            (NEW, "blue grey tea", "两次输入的新密码不一样"),
            ("short", "short", "至少 8 个字符"),
            ("x" * 65, "x" * 65, "最多 64 个字符"),
            ("teacher-zhou", "teacher-zhou", "不能是用户名"),
            ("12345678", "12345678", "太常见"),
            ("{code}", "{code}", "不能和现在的密码"),
        ],
    )
    def test_bad_passwords(
        self, client: Client, code: str, new: str, again: str, said: str
    ) -> None:
        sign_in(client, code)
        data = {"new": new.format(code=code), "again": again.format(code=code)}
        answer = client.post("/first-password", data=data)
        assert answer.status_code == 422
        assert said in answer.text
        assert client.get("/profile").location == "/first-password"

    def test_an_old_code(self, client: Client, code: str, clock: time_machine.Traveller) -> None:
        clock.shift(timedelta(days=7))
        answer = sign_in(client, code)
        assert answer.status_code == 422
        assert "一次性口令已过期" in answer.text


def test_https_closes_the_cookie_for_plain_lines(app: Flask) -> None:
    from helpdesk import config

    settings = config.Settings(base_url="https://help.example.cn", secret_key="x" * 40)
    assert settings.flask()["SESSION_COOKIE_SECURE"] is True
