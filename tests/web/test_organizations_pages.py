"""The pages of the tree: who sees what, what a form keeps, what a refusal says."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from helpdesk.kernel.actor import SYSTEM
from helpdesk.organizations import queries
from helpdesk.organizations.operations.adding import add_bodies
from helpdesk.organizations.rules import BodyStatus, Kind
from helpdesk.people.rules import Role
from tests.factories.organizations import account, body, new, tree
from tests.support.client import Client, form_of
from tests.support.queries import Queries


@pytest.fixture(autouse=True)
def _tree(session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpdesk.kernel.clock.now", lambda: now)
    tree(now)
    session.commit()


@pytest.fixture
def county(client: Client, now: datetime) -> Client:
    client.sign_in(account("420102", now))
    return client


@pytest.fixture
def city(client: Client, now: datetime) -> Client:
    client.sign_in(account("420100", now))
    return client


@pytest.fixture
def province(client: Client, now: datetime) -> Client:
    client.sign_in(account("420000", now))
    return client


@pytest.fixture
def root(client: Client, now: datetime) -> Client:
    client.sign_in(account("NAC", now, on=None))
    return client


def text(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.get_data(as_text=True)


PAGES = [
    "/organizations",
    "/organizations?q=示范",
    "/organizations?q=没有这样的",
    "/organizations/420102",
    "/organizations/420102?list=schools",
    "/organizations/420102?list=offices",
    "/organizations/2142900001",
    "/organizations/420102/history",
    "/organizations/2142900001/history",
    "/organizations/420102/settings",
    "/organizations/420102/settings/answer_days",
    "/organizations/420000/settings/env_first_holder",
    "/organizations/420102/add/school",
    "/organizations/420000/add/city_aid",
    "/organizations/2142900001/edit",
    "/organizations/420100/edit",
    "/organizations/2142900001/status",
    "/organizations/2142900001/move",
]


@pytest.mark.parametrize("address", PAGES)
def test_pages_of_an_administrator(province: Client, address: str) -> None:
    assert province.get(address).status_code == 200


TOP_PAGES = [
    "/organizations",
    "/organizations/settings",
    "/organizations/settings/plan_city_direct",
    "/organizations/add/province_aid",
    "/organizations/add/central_hei",
    "/organizations/CALL",
    "/organizations/CALL/status",
    "/organizations/420000/edit",
]


@pytest.mark.parametrize("address", TOP_PAGES)
def test_pages_of_the_top(root: Client, address: str) -> None:
    assert root.get(address).status_code == 200


STRANGERS = [
    ("/organizations/420103", 404),  # a neighbour
    ("/organizations/2142900099", 404),  # nobody
    ("/organizations/420100", 404),  # the office above
    ("/organizations/420103/add/school", 404),
    ("/organizations/420102/add/city_aid", 404),  # no such kind below a county
    ("/organizations/420102/settings/no_such_key", 404),
    ("/organizations/420102/settings/legal_days", 404),
    ("/organizations/420102/settings/env_first_holder", 404),
    ("/organizations/settings", 403),
    ("/organizations/add/province_aid", 403),
    ("/organizations/420102/edit", 403),  # its own node: by the office above
]


@pytest.mark.parametrize(("address", "status"), STRANGERS)
def test_outside_the_range(county: Client, address: str, status: int) -> None:
    assert county.get(address).status_code == status


def test_school_staff_see_their_school_and_change_nothing(client: Client, now: datetime) -> None:
    client.sign_in(account("2142900001", now, Role.SCHOOL_STAFF))
    page = text(client, "/organizations")
    assert "示范第一小学" in page
    assert "示范第二小学" not in page
    assert "/edit" not in text(client, "/organizations/2142900001")
    assert client.get("/organizations/2142900001/edit").status_code == 403
    assert client.get("/organizations/2142900001/settings").status_code == 200


def test_search_stays_in_range(county: Client) -> None:
    assert "示范第一小学" in text(county, "/organizations?q=dyxx")
    assert "示范市属中学" not in text(county, "/organizations?q=示范")


def test_long_lists_come_in_pages_with_the_same_queries(
    county: Client, session: Session, now: datetime, queries: Queries
) -> None:
    text(county, "/organizations/420102")
    queries.clear()
    text(county, "/organizations/420102")
    few = len(queries)
    rows = [new(f"21429{n:05d}", Kind.SCHOOL, "420102", f"示范第{n}小学") for n in range(100, 170)]
    add_bodies(actor=SYSTEM, rows=rows, now=now)
    session.commit()
    queries.clear()
    first = text(county, "/organizations/420102")
    assert len(queries) == few
    assert "下一页" in first
    assert county.get("/organizations/420102?after=nonsense").status_code == 400


def test_a_county_adds_a_school_that_is_then_found(county: Client) -> None:
    form = {
        "code": "2142900055", "name": "示范新建小学", "name_en": "", "region_code": "",
        "subsystems": ["compulsory", "preschool"],
    }  # fmt: skip
    answer = county.post("/organizations/420102/add/school", data=form)
    assert answer.status_code == 303
    assert answer.location.endswith("/organizations/2142900055")
    assert "示范新建小学" in text(county, answer.location)
    again = county.post("/organizations/420102/add/school", data=form)
    assert again.status_code == 409
    assert "已属于示范新建小学" in again.get_data(as_text=True)


BAD_BODIES = [
    # over, sentence
    ({"code": ""}, "请填写“代码”"),
    ({"code": "21429"}, "是10位数字"),
    ({"code": "2143900055"}, "应为“42”"),
    ({"code": "2142900001"}, "已属于示范第一小学"),
    ({"name": ""}, "请填写“名称”"),
    ({"name": "校"}, "2至80个字"),
    ({"name": "长" * 81}, "最多80个字"),
    ({"region_code": "42"}, "6位数字"),
    ({"subsystems": []}, "请至少选择一个"),
    ({"subsystems": ["nonsense"]}, "至少选择一个"),
]


@pytest.mark.parametrize(("over", "sentence"), BAD_BODIES)
def test_a_bad_body_is_refused_and_nothing_typed_is_lost(
    county: Client, over: dict[str, object], sentence: str
) -> None:
    form = {
        "code": "2142900055", "name": "示范新建小学", "name_en": "New School",
        "region_code": "", "subsystems": ["compulsory"], **over,
    }  # fmt: skip
    answer = county.post("/organizations/420102/add/school", data=form)
    page = answer.get_data(as_text=True)
    assert answer.status_code in (409, 422)
    assert sentence in page
    assert "New School" in page
    assert queries.body_by_code("2142900055") is None


def test_an_edit_is_kept_and_a_stale_one_refused(county: Client) -> None:
    address = "/organizations/2142900001/edit"
    form = form_of(county.get(address), address)
    assert form["name"] == "示范第一小学"
    saved = county.post(address, data={**form, "name": "示范实验小学"})
    assert saved.status_code == 303
    stale = county.post(address, data={**form, "name": "示范别名小学"})
    assert stale.status_code == 409
    assert "刚被别人修改" in stale.get_data(as_text=True)
    assert "示范实验小学" in text(county, "/organizations/2142900001")
    assert "示范第一小学 → 示范实验小学" in text(county, "/organizations/2142900001/history")


def status_form(client: Client, code: str, **over: str) -> dict[str, str]:
    address = f"/organizations/{code}/status"
    return {**form_of(client.get(address), address), "reason": "学籍人数为零", **over}


def test_the_province_sets_a_shell_school_invalid(province: Client) -> None:
    form = status_form(province, "2142900001", status="invalid")
    answer = province.post("/organizations/2142900001/status", data=form)
    assert answer.status_code == 303
    seen = queries.body_by_code("2142900001")
    assert seen is not None
    assert seen.status is BodyStatus.INVALID
    assert "正常 → 无效" in text(province, "/organizations/2142900001/history")
    assert "无效" in text(province, "/organizations/2142900001")


BAD_STATUSES = [
    ({"status": "invalid"}, "由湖北省资助中心办理"),  # S-2.1.1, asked by the county
    ({"status": "closed", "reason": ""}, "请填写“原因”"),
    ({"status": "closed", "since_on": "2026-09-30"}, "还没有到"),
    ({"status": "closed", "since_on": "yesterday"}, "请写成 2026-09-01"),
    ({"status": "closed", "since_on": ""}, "请填写“自何日起”"),
    ({"status": "closed", "version": "x"}, "刚被别人修改"),
    ({"status": "closed", "reason": "学生张某13812345678"}, "有个人信息"),
    ({"status": "nonsense"}, "请从列出的状态中选择"),
]


@pytest.mark.parametrize(("over", "sentence"), BAD_STATUSES)
def test_a_bad_status_is_refused(county: Client, over: dict[str, str], sentence: str) -> None:
    form = status_form(county, "2142900001", **over)
    answer = county.post("/organizations/2142900001/status", data=form)
    assert answer.status_code in (409, 422)
    assert sentence in answer.get_data(as_text=True)


def test_a_city_moves_its_school_after_seeing_the_consequences(city: Client, now: datetime) -> None:
    address = "/organizations/2142900001/move"
    asked = {
        **form_of(city.get(address), address), "parent_code": "420103",
        "approval_no": "演示发〔2026〕1号", "since_on": "2026-09-22", "reason": "区划调整",
    }  # fmt: skip
    preview = city.post(address, data=asked)
    page = preview.get_data(as_text=True)
    assert preview.status_code == 200
    assert "今后上报到" in page
    assert "江汉区资助中心" in page
    assert body("2142900001").parent_id == body("420102").id
    done = city.post(address, data=form_of(preview, address))
    assert done.status_code == 303
    assert body("2142900001").parent_id == body("420103").id
    again = city.post(address, data=form_of(preview, address))
    assert again.status_code == 409
    history = text(city, "/organizations/2142900001/history")
    assert "演示发〔2026〕1号" in history
    [present, _former] = queries.affiliations(body("2142900001").id)
    assert present.since_on == date(2026, 9, 22)


BAD_MOVES = [
    ({"parent_code": "999999"}, "没有代码为“999999”的资助部门"),
    ({"parent_code": "2142900002"}, "没有代码为“2142900002”的资助部门"),
    ({"parent_code": "420102"}, "不需要调整"),
    ({"parent_code": "420202"}, "由湖北省资助中心办理"),  # across cities
    ({"approval_no": ""}, "请填写“批准文号”"),
    ({"since_on": ""}, "请填写“批准日期”"),
    ({"reason": " "}, "请填写“原因”"),
]


MOVE = "/organizations/2142900001/move"
MOVING = {
    "version": "1", "parent_code": "420103", "approval_no": "演示发〔2026〕1号",
    "since_on": "2026-09-22", "reason": "区划调整",
}  # fmt: skip


@pytest.mark.parametrize(("over", "sentence"), BAD_MOVES)
def test_a_bad_move_is_refused(city: Client, over: dict[str, str], sentence: str) -> None:
    answer = city.post(MOVE, data=MOVING | over)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)


def test_a_refusal_names_the_office_in_the_readers_language(city: Client) -> None:
    body("420000").name_en = "Hubei Aid Centre"
    city.set_cookie("language", "en")
    answer = city.post(MOVE, data=MOVING | {"parent_code": "420202"})
    assert answer.status_code == 422
    assert "Hubei Aid Centre" in answer.text
    assert "湖北省资助中心" not in answer.text[answer.text.index("<main") :]


def test_a_county_is_told_who_may_move(county: Client) -> None:
    page = text(county, MOVE)
    assert "武汉市资助中心" in page
    assert "<textarea" not in page
    answer = county.post(MOVE, data=MOVING | {"sure": "1"})
    assert answer.status_code == 422
    assert body("2142900001").parent_id == body("420102").id


def test_a_preview_shows_settings_that_change(province: Client) -> None:
    province.post(
        "/organizations/420202/settings/answer_days",
        data={"text": "7", "reason": "本地约定", "seen": ""},
    )
    form = {
        "version": "1", "parent_code": "420202", "approval_no": "演示发〔2026〕1号",
        "since_on": "2026-09-22", "reason": "区划调整",
    }  # fmt: skip
    page = province.post("/organizations/2142900001/move", data=form).get_data(as_text=True)
    assert "3个工作日 → 7个工作日" in page


def test_a_setting_is_set_explained_and_given_back(county: Client) -> None:
    address = "/organizations/420102/settings/close_of_business"
    form = {**form_of(county.get(address), address), "text": "18:00", "reason": "夏季作息"}
    assert county.post(address, data=form).status_code == 303
    page = text(county, "/organizations/420102/settings")
    assert "18:00" in page
    assert "夏季作息" in page
    assert "江岸区资助中心" in text(county, "/organizations/2142900001/settings")
    back = {**form_of(county.get(address), address), "reason": "恢复", "inherit": "1"}
    assert county.post(address, data=back).status_code == 303
    assert "18:00" not in text(county, address)


BAD_SETTINGS = [
    ("close_of_business", {"text": "25:00"}, "24小时制"),
    ("close_of_business", {"text": "08:00"}, "不早于下班时间"),
    ("answer_days", {"text": "0"}, "1到30之间"),
    ("answer_days", {"text": ""}, "1到30之间"),
    ("answer_days", {"text": "4", "reason": ""}, "请填写“原因”"),
    ("answer_days", {"text": "4", "seen": "2"}, "刚被别人改过"),
]


@pytest.mark.parametrize(("name", "over", "sentence"), BAD_SETTINGS)
def test_a_bad_setting_is_refused(
    county: Client, name: str, over: dict[str, str], sentence: str
) -> None:
    form = {"text": "4", "reason": "本地约定", "seen": "", **over}
    answer = county.post(f"/organizations/420102/settings/{name}", data=form)
    assert answer.status_code in (409, 422)
    assert sentence in answer.get_data(as_text=True)


def test_the_top_sets_for_the_whole_country(root: Client) -> None:
    address = "/organizations/settings/return_counts_as_feedback"
    form = {**form_of(root.get(address), address), "text": "yes", "reason": "统计口径"}
    assert root.post(address, data=form).status_code == 303
    assert "统计口径" in text(root, "/organizations/settings")


def test_the_top_adds_a_province(root: Client) -> None:
    form = {"code": "430000", "name": "湖南省资助中心", "name_en": "Hunan", "region_code": ""}
    refused = root.post("/organizations/add/province_aid", data=form)
    assert refused.status_code == 422
    assert "本省行政区划代码" in refused.get_data(as_text=True)
    added = root.post("/organizations/add/province_aid", data={**form, "region_code": "430000"})
    assert added.status_code == 303
    assert body("430000").province_code == "43"
