"""One's own page: contact, language, password, devices, and for whom one acts."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from helpdesk.kernel.actor import SYSTEM
from helpdesk.people.models import Account, Person
from helpdesk.people.operations import roster
from tests.factories.country import Country
from tests.factories.people import PASSWORD, work
from tests.support.client import Client, form_of

NEW = "blue grey teal"


def sign_in(
    client: Client, password: str = PASSWORD, user_name: str = "teacher-zhou", **more: str
) -> TestResponse:
    data = {"user_name": user_name, "password": password, **more}
    return client.post("/sign-in", data=data)


class TestActingBody:
    def test_switching_between_ones_own(
        self, client: Client, account: Account, person: Person, land: Country, now: datetime
    ) -> None:
        other = land.body("city_school")
        roster.add_appointment(actor=SYSTEM, person=person, body_id=other.id, work=work(), now=now)
        sign_in(client)
        page = client.get("/profile")
        sent = form_of(page, "/acting-body")
        assert sent["body_id"] == str(other.id)
        answer = client.post("/acting-body", data=sent)
        assert answer.location == "/profile"
        page = client.get("/profile")
        assert form_of(page, "/acting-body")["body_id"] == str(land.body("school").id)

    @pytest.mark.parametrize("which", ["county", "nothing", "words"])
    def test_not_to_others(
        self, client: Client, account: Account, land: Country, which: str
    ) -> None:
        sign_in(client)
        asked = {"county": str(land.body("county").id), "nothing": "", "words": "x"}[which]
        assert client.post("/acting-body", data={"body_id": asked}).status_code == 404


class TestProfile:
    def save(self, client: Client, **over: str) -> TestResponse:
        data = {"mobile": "13800000000", "mail": "z@school.cn", "locale": "zh", **over}
        return client.post("/profile", data=data)

    def test_contact_and_language_are_kept(
        self, client: Client, account: Account, person: Person, session: Session
    ) -> None:
        sign_in(client)
        assert self.save(client, locale="en").status_code == 303
        session.refresh(person)
        assert (person.mobile, person.locale) == ("13800000000", "en")
        client.inspect = False  # the words of the page are the catalogue's business
        assert '<html lang="en"' in client.get("/profile").text

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("mobile", "打不通", "不像电话号码"),
            ("mobile", "1" * 41, ""),
            ("mail", "zhou", "不像邮箱地址"),
            ("mail", "a@b.cn,c@d.cn", "不像邮箱地址"),
            ("locale", "fr", ""),
        ],
    )
    def test_bad_input_is_shown_at_its_field(
        self, client: Client, account: Account, field: str, value: str, said: str
    ) -> None:
        sign_in(client)
        answer = self.save(client, **{field: value})
        assert answer.status_code == 422
        assert said in answer.text
        assert 'aria-invalid="true"' in answer.text or field == "locale"

    def change(self, client: Client, **over: str) -> TestResponse:
        data = {"current": PASSWORD, "new": NEW, "again": NEW, **over}
        return client.post("/profile/password", data=data)

    def test_a_new_password_ends_the_other_sessions(
        self, app: Flask, client: Client, account: Account
    ) -> None:
        other = app.test_client()
        assert isinstance(other, Client)
        for one in (client, other):
            sign_in(one)
        assert client.get("/profile/password").status_code == 200
        assert self.change(client).location == "/profile"
        assert client.get("/profile").status_code == 200
        assert other.get("/profile").status_code == 302

    @pytest.mark.parametrize(
        ("over", "said"),
        [
            ({"current": "wrong"}, "现在的密码不对"),
            ({"current": ""}, "请填写这一项"),
            ({"again": "other words"}, "两次输入的新密码不一样"),
            ({"new": PASSWORD, "again": PASSWORD}, "不能和现在的密码"),
            ({"new": "password", "again": "password"}, "太常见"),
        ],
    )
    def test_bad_changes(
        self, client: Client, account: Account, over: dict[str, str], said: str
    ) -> None:
        sign_in(client)
        answer = self.change(client, **over)
        assert answer.status_code == 422
        assert said in answer.text

    def test_guessing_the_current_password_is_counted(
        self, client: Client, account: Account
    ) -> None:
        sign_in(client)
        for _ in range(5):
            self.change(client, current="wrong")
        assert self.change(client).status_code == 429
