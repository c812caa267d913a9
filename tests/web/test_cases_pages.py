"""Good cases through the pages: writing, review, publication; strangers and double clicks."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from helpdesk.files.models import File
from helpdesk.intake.operations import drafts as intake
from helpdesk.knowledge.models.cases import Case, CaseFile
from helpdesk.knowledge.rules.cases import State, Verb
from tests.factories.cases import Writers
from tests.factories.country import Country
from tests.support.client import Client, form_of
from tests.support.queries import Queries

TEXTS = {
    "title": "一次看懂登录失败",
    "situation": "开学后登录失败的电话很多。",
    "measures": "做一页对照表。",
    "result": "同类问题少了一半。",
    "cards": "ACC-4a",
}


@pytest.fixture
def writers(land: Country) -> Writers:
    return Writers(land)


@pytest.fixture
def officer(client: Client, land: Country) -> Client:
    client.sign_in(land.account("county_officer"))
    return client


def new_form(client: Client) -> dict[str, str]:
    return form_of(client.get("/training/cases/new"), "/new")


def write(client: Client, do: str = "save", **fields: object) -> TestResponse:
    return client.post("/training/cases/new", data={**new_form(client), **fields, "do": do})


def newest(session: Session) -> Case:
    found = session.scalars(select(Case).order_by(Case.id.desc())).first()
    assert found is not None
    return found


class TestWriting:
    def test_a_draft_is_kept_with_gaps(self, officer: Client, session: Session) -> None:
        assert write(officer, title="只有标题").status_code == 303
        case = newest(session)
        assert (case.state, case.title) == (State.DRAFT, "只有标题")
        page = officer.get(f"/training/cases/{case.id}")
        assert "提交审核前还要补充" in page.text
        assert f'action="/training/cases/{case.id}/submit"' not in page.text

    def test_written_and_submitted_at_once(self, officer: Client, session: Session) -> None:
        assert write(officer, "submit", **TEXTS).status_code == 303
        assert newest(session).state is State.SUBMITTED
        assert "等示范市资助中心审核" in officer.get(f"/training/cases/{newest(session).id}").text

    def test_what_is_incomplete_keeps_its_words(self, officer: Client, session: Session) -> None:
        page = write(officer, "submit", title="只有标题", situation="背景在这里")
        assert page.status_code == 422
        assert "还没有写完：做法" in page.text
        assert "背景在这里" in page.text
        assert session.scalar(select(func.count(Case.id))) == 0

    def test_a_number_of_a_person_is_marked_and_not_kept(
        self, officer: Client, session: Session
    ) -> None:
        page = write(officer, **{**TEXTS, "measures": "打电话13800138000"})
        assert page.status_code == 422
        assert "138****8000" in page.text or "有个人信息" in page.text
        assert session.scalar(select(func.count(Case.id))) == 0

    def test_two_clicks_make_one_case(self, officer: Client, session: Session) -> None:
        form = {**new_form(officer), **TEXTS}
        for do in ("submit", "submit"):
            assert officer.post("/training/cases/new", data={**form, "do": do}).status_code == 303
        assert session.scalar(select(func.count(Case.id))) == 1

    def test_editing_twice_and_after_a_colleague(
        self, officer: Client, writers: Writers, session: Session
    ) -> None:
        case = writers.start()
        address = f"/training/cases/{case.id}/edit"
        form = form_of(officer.get(address), "/edit")
        stale = form_of(officer.get(address), "/edit")
        changed = {**form, "title": "改过的标题", "do": "save"}
        assert officer.post(address, data=changed).status_code == 303
        assert officer.post(address, data=changed).status_code == 303
        page = officer.post(address, data={**stale, "title": "晚到的标题", "do": "save"})
        assert page.status_code == 409
        assert "晚到的标题" in page.text
        session.expire_all()
        assert newest(session).title == "改过的标题"

    def test_a_file_hangs_on_the_case(
        self, client: Client, officer: Client, land: Country, session: Session, now: datetime
    ) -> None:
        table = (io.BytesIO("学校,人数\n一中,12\n".encode()), "对照表.csv")
        write(officer, "submit", **TEXTS, files=table)
        file_id = session.scalars(select(CaseFile.file_id)).one()
        client.inspect = False
        client.sign_in(land.account("city_lead"))
        with client.get(f"/files/{file_id}") as file:
            assert file.status_code == 200
        client.sign_in(land.account("neighbour_officer"))
        assert client.get(f"/files/{file_id}").status_code == 404
        intake.clear_away(now=now + timedelta(days=9))
        assert session.get(File, file_id) is not None

    def test_a_file_taken_off_is_gone(self, officer: Client, session: Session) -> None:
        write(officer, **TEXTS, files=(io.BytesIO(b"a,b\n1,2\n"), "x.csv"))
        case = newest(session)
        form = form_of(officer.get(f"/training/cases/{case.id}/edit"), "/edit")
        assert form.pop("kept")
        officer.post(f"/training/cases/{case.id}/edit", data={**form, "do": "save"})
        assert session.scalar(select(func.count()).select_from(CaseFile)) == 0

    def test_for_another_office_nobody_writes(self, officer: Client, land: Country) -> None:
        foreign = str(land.body("neighbour").id)
        assert write(officer, **{**TEXTS, "body_id": foreign}).status_code == 403

    def test_schools_read_and_do_not_write(self, client: Client, land: Country) -> None:
        client.sign_in(land.account("teacher"))
        assert client.get("/training/cases").status_code == 200
        assert client.get("/training/cases/new").status_code == 403


class TestReview:
    def test_from_submission_to_the_whole_province(
        self, client: Client, writers: Writers, land: Country, session: Session
    ) -> None:
        case = writers.submitted()
        client.sign_in(land.account("city_lead"))
        assert "一次看懂登录失败" in client.get("/training/cases?view=review").text
        self.say(client, case, "publish", words="写得清楚")
        client.sign_in(land.account("province_lead"))
        self.say(client, case, "lift", words="全省可学")
        client.sign_in(land.account("teacher"))
        page = client.get(f"/training/cases/{case.id}")
        assert "全省可学" in page.text
        assert "写得清楚" not in page.text  # what offices said among themselves
        assert "示范省资助中心推荐" in client.get("/training/cases").text

    @staticmethod
    def say(client: Client, case: Case, verb: str, **words: str) -> None:
        address = f"/training/cases/{case.id}/{verb}"
        form = form_of(client.get(address), f"/{verb}")
        for _ in range(2):  # the second click does nothing
            assert client.post(address, data={**form, **words}).status_code == 303

    def test_a_return_without_reason_is_refused(
        self, client: Client, writers: Writers, land: Country, session: Session
    ) -> None:
        case = writers.submitted()
        client.sign_in(land.account("city_lead"))
        address = f"/training/cases/{case.id}/return"
        form = form_of(client.get(address), "/return")
        assert client.post(address, data=form).status_code == 422
        assert client.post(address, data={**form, "words": "请补充数字"}).status_code == 303
        client.sign_in(land.account("county_officer"))
        assert "请补充数字" in client.get(f"/training/cases/{case.id}").text
        assert "请补充数字" in client.get(f"/training/cases/{case.id}/edit").text

    def test_what_changed_meanwhile_is_told(
        self, client: Client, writers: Writers, land: Country
    ) -> None:
        case = writers.submitted()
        client.sign_in(land.account("city_lead"))
        address = f"/training/cases/{case.id}/publish"
        form = form_of(client.get(address), "/publish")
        writers.do(Verb.RECALL, "county_officer", case)
        writers.do(Verb.SUBMIT, "county_officer", case)
        page = client.post(address, data={**form, "words": "很好"})
        assert page.status_code == 409
        assert "很好" in page.text
        assert client.post(address, data=form_of(page, "/publish")).status_code == 303

    def test_direct_buttons(self, officer: Client, writers: Writers, session: Session) -> None:
        case = writers.start()
        address = f"/training/cases/{case.id}"
        for verb, state in (("submit", State.SUBMITTED), ("recall", State.DRAFT)):
            form = form_of(officer.get(address), f"/{verb}")
            assert officer.post(f"{address}/{verb}", data=form).status_code == 303
            session.expire_all()
            assert newest(session).state is state

    def test_an_office_without_reviewers_is_named(
        self, client: Client, writers: Writers, land: Country
    ) -> None:
        case = writers.submitted("province_officer")
        client.sign_in(land.account("province_officer"))
        assert "还没有能审核的人员" in client.get(f"/training/cases/{case.id}").text


class TestStrangers:
    @pytest.mark.parametrize(
        ("who", "status"),
        [("neighbour_officer", 404), ("teacher", 404), ("agent", 404), ("city_officer", 404)],
    )
    def test_a_draft_is_nobody_else_s(
        self, client: Client, writers: Writers, land: Country, who: str, status: int
    ) -> None:
        case = writers.start()
        client.sign_in(land.account(who))
        assert client.get(f"/training/cases/{case.id}").status_code == status
        assert "一次看懂" not in client.get("/training/cases?view=ours").text

    @pytest.mark.parametrize(
        ("who", "verb", "status"),
        [
            ("county_lead", "publish", 403),
            ("province_lead", "publish", 404),
            ("neighbour_officer", "submit", 404),
            ("city_lead", "withdraw", 403),
            ("city_lead", "edit", 403),
        ],
    )
    def test_the_wrong_office_does_nothing(
        self,
        client: Client,
        writers: Writers,
        land: Country,
        session: Session,
        who: str,
        verb: str,
        status: int,
    ) -> None:
        case = writers.submitted()
        client.sign_in(land.account(who))
        for send in (client.get, client.post):
            data = {} if send is client.get else {"data": {"version": "2", "title": "x"}}
            assert send(f"/training/cases/{case.id}/{verb}", **data).status_code == status
        session.expire_all()
        assert newest(session).state is State.SUBMITTED

    def test_what_is_recommended_is_seen_below_only(
        self, client: Client, writers: Writers, land: Country
    ) -> None:
        case = writers.published()
        writers.do(Verb.LIFT, "province_lead", case)
        for who, status in (("lonely_teacher", 200), ("other_province_officer", 404)):
            client.sign_in(land.account(who))
            assert client.get(f"/training/cases/{case.id}").status_code == status


class TestLists:
    @pytest.mark.parametrize("view", ["published", "ours", "review", "reviewed", "nonsense"])
    @pytest.mark.parametrize("who", ["teacher", "county_lead"])
    def test_empty_lists_say_what_fills_them(
        self, client: Client, land: Country, view: str, who: str
    ) -> None:
        client.sign_in(land.account(who))
        page = client.get(f"/training/cases?view={view}&card=nothing&state=x&subsystem=y")
        assert page.status_code == 200
        assert "hd-empty" in page.text

    def test_filters_and_pages(self, client: Client, writers: Writers, land: Country) -> None:
        for _ in range(31):
            writers.published()
        client.sign_in(land.account("teacher"))
        page = client.get("/training/cases?card=ACC-4a&subsystem=senior_high")
        assert page.text.count("一次看懂登录失败") == 30
        assert 'rel="next"' in page.text
        assert "一次看懂" not in client.get("/training/cases?card=ACC-1").text

    def test_a_longer_list_needs_no_more_queries(
        self, client: Client, writers: Writers, land: Country, queries: Queries
    ) -> None:
        client.sign_in(land.account("county_lead"))
        counts = []
        for _ in range(2):
            writers.published()
            writers.submitted()
            queries.clear()
            client.get("/training/cases?view=ours")
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 14
