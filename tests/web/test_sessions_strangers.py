"""Sessions and whoever should not reach them: foreign offices, siblings, readers, replays."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from helpdesk.kernel.db import session as database
from helpdesk.training.models.sessions import Enrolment, Material, Session
from helpdesk.training.rules.sessions import State
from tests.factories.country import Country
from tests.factories.sessions import LIST, at, opened, planned
from tests.support.client import Client, form_of
from tests.support.staff_pages import count

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def lead(client: Client, land: Country) -> Client:
    """The browser of the head of the county."""
    client.sign_in(land.account("county_lead"))
    return client


class TestStrangers:
    GET = (
        "", "edit", "copy", "open", "act/cancel", "people", "people/add", "people/suggest", "sheet",
    )  # fmt: skip
    POST = (
        "edit", "copy", "open", "start", "close", "act/cancel", "materials", "people/add",
        "people/walk-in", "people/1/remove",
    )  # fmt: skip

    def _statuses(self, client: Client, made: Session) -> set[int]:
        gets = {client.get(at(made, *rest.split("/"))).status_code for rest in self.GET[1:]}
        return gets | {client.post(at(made, *rest.split("/"))).status_code for rest in self.POST}

    @pytest.mark.parametrize("who", ["neighbour_officer", "other_province_officer", "hei_staff"])
    def test_a_foreign_office_finds_nothing(self, client: Client, land: Country, who: str) -> None:
        made = opened(land)
        client.sign_in(land.account(who))
        assert client.get(at(made)).status_code == 404
        assert self._statuses(client, made) <= {403, 404}
        assert made.state is State.OPEN

    def test_another_schools_session(self, client: Client, land: Country) -> None:
        made = opened(land, "school")
        client.sign_in(land.account("sibling_teacher"))
        assert client.get(at(made)).status_code == 404
        assert self._statuses(client, made) == {404}
        assert client.post(at(made, "enrol")).status_code == 404

    @pytest.mark.parametrize("who", ["teacher", "city_lead", "county_officer"])
    def test_who_sees_it_does_not_manage_it(self, client: Client, land: Country, who: str) -> None:
        made = opened(land)
        client.sign_in(land.account(who))
        assert client.get(at(made)).status_code == 200
        assert self._statuses(client, made) == {403}
        assert "李老师" not in client.get(at(made)).text

    @pytest.mark.parametrize("who", ["teacher", "city_lead", "county_officer", "agent"])
    def test_a_planned_session_is_invisible(self, client: Client, land: Country, who: str) -> None:
        made = planned(land)
        client.sign_in(land.account(who))
        assert client.get(at(made)).status_code == 404
        assert client.post(at(made, "enrol")).status_code == 404
        assert made.title not in client.get(LIST).text

    def test_who_is_not_meant_cannot_enrol(self, client: Client, land: Country) -> None:
        made = opened(land)
        client.sign_in(land.account("enrolment_officer"))
        assert "报名参加" not in client.get(at(made)).text
        client.post(at(made, "enrol"))
        assert "对象不包括您" in client.get(at(made)).text
        assert count(Enrolment) == 5

    def test_only_staff_of_ones_range_are_put_on_a_list(self, lead: Client, land: Country) -> None:
        made = opened(land)
        for stranger in ("neighbour_officer", "agent"):
            data = {"person": str(land.people[stranger].id)}
            assert lead.post(at(made, "people/add"), data=data).status_code == 404
        assert count(Enrolment) == 5

    @pytest.mark.parametrize(
        "code", ["420100", "420102", "3442990001", "nobody", "%E5%8E%BF", "'--"]
    )
    def test_planning_for_somebody_else(self, lead: Client, code: str) -> None:
        for answer in (
            lead.get(f"{LIST}/new?organizer={code}"),
            lead.post(f"{LIST}/new?organizer={code}", data={"title": "x"}),
        ):
            assert answer.status_code in (403, 404)

    def test_a_form_without_a_token_is_no_form_of_another_office(
        self, client: Client, land: Country
    ) -> None:
        for who, organizer in (("county_lead", "county"), ("city_lead", "city")):
            client.sign_in(land.account(who))
            form: dict[str, Any] = form_of(client.get(f"{LIST}/new"), "/new")
            form |= {"title": organizer, "place": "三楼", "once": ""}
            form["files"] = (BytesIO("题目,分\n一,2\n".encode()), f"{organizer}.csv")
            assert client.post(f"{LIST}/new", data=form).status_code == 303
        made = database().scalars(select(Session).order_by(Session.id)).all()
        assert [one.title for one in made] == ["county", "city"]
        materials = database().scalars(select(Material.session_id).order_by(Material.file_id))
        assert list(materials) == [one.id for one in made]

    @pytest.mark.parametrize("version", ["2147483648", "9" * 18, "9" * 30, "-1", ""])
    def test_a_version_that_no_session_has(self, lead: Client, land: Country, version: str) -> None:
        made = opened(land)
        data = {"version": version, "once": "x", "reason": "停电(演示)"}
        for verb in ("start", "act/cancel"):
            assert lead.post(at(made, verb), data=data).status_code in (303, 409)
        assert made.state is State.OPEN

    @pytest.mark.parametrize(
        ("link", "kept"),
        [
            ("https://meet.example.cn/dm/13912345678", True),
            ("https://meet.example.cn/p/4532015112830366", True),
            ("https://meet.example.cn/?who=11010119900307001X", False),
            ("https://meet.example.cn/110101199003070038", False),
            ("https://meet.example.cn/G11010119900307001X", False),
        ],
    )
    def test_a_link_keeps_no_number_of_a_student(self, lead: Client, link: str, kept: bool) -> None:
        form = form_of(lead.get(f"{LIST}/new"), "/new")
        form |= {"title": "线上(演示)", "mode": "online", "link": link}
        answer = lead.post(f"{LIST}/new", data=form)
        assert answer.status_code == (303 if kept else 422)
        assert list(database().scalars(select(Session.link))) == ([link] if kept else [])

    def test_replays(self, lead: Client, land: Country) -> None:
        made = planned(land)
        form = form_of(lead.get(at(made, "open")), "/open")
        for _ in range(2):
            assert lead.post(at(made, "open"), data=form).status_code == 303
        assert "已经处理过了" in lead.get(at(made)).text
        fields = form_of(lead.get(at(made)), "/start")
        lead.post(at(made, "start"), data=fields)
        lead.post(at(made, "close"), data=fields)
        assert "已经处理过了" in lead.get(at(made)).text
        assert made.state is State.RUNNING
