"""The guided form from the four doors to the ticket, as a teacher walks it."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.catalog import queries as catalog
from helpdesk.intake.models.asking import Solved
from helpdesk.intake.models.drafts import Draft
from helpdesk.organizations.models import BodySubsystem
from helpdesk.organizations.rules import Subsystem
from helpdesk.tickets.models import Ticket
from tests.factories.country import Country, build
from tests.support.asking import ACC_4C, fill, sent
from tests.support.client import Client


@pytest.fixture
def country(session: Session, now: datetime) -> Country:
    return build(now)


@pytest.fixture
def teacher(country: Country, client: Client) -> Client:
    client.sign_in(country.account("teacher"))
    return client


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


# --- doors and questions -------------------------------------------------------------------------


def test_strangers_are_asked_to_sign_in(client: Client) -> None:
    for address in ("/ask", "/ask/login", "/ask/login/ACC-4a", "/ask/phone", "/ask/drafts/1"):
        assert client.get(address).status_code == 302


def test_who_may_not_ask_is_refused(country: Country, client: Client) -> None:
    client.sign_in(country.account("agent"))
    for address in ("/ask", "/ask/login", "/ask/login/ACC-4a"):
        assert client.get(address).status_code == 403


def test_four_doors(teacher: Client) -> None:
    page = teacher.get("/ask").text
    for door in ("login", "enrolment", "business", "environment"):
        assert f'href="/ask/{door}"' in page


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/ask/login?at=message&choice=A", "/ask/login/ACC-4a"),
        ("/ask/login?at=message&choice=B", "/ask/login?at=students"),
        ("/ask/login?at=students&choice=some", "/ask/login/ACC-4b"),
        ("/ask/login?at=students&choice=none", "/ask/login/ACC-1"),
        ("/ask/login?at=message&choice=C", "/ask/login?at=new_school"),
        ("/ask/login?at=new_school&choice=not_new", "/ask/login/ACC-4c"),
        ("/ask/login?at=new_school&choice=new", "/ask/login/ACC-3"),
        ("/ask/login?at=message&choice=D", "/ask/login?at=other_message"),
        ("/ask/login?at=other_message&choice=locked", "/ask/login/ACC-4x"),
        ("/ask/login?at=other_message&choice=no_rights", "/ask/login/OPS"),
        ("/ask/login?at=other_message&choice=not_opening", "/ask/login/ENV"),
        ("/ask/business?at=other&choice=out", "/ask/business/OUT"),
    ],
)
def test_answers_lead_on(teacher: Client, address: str, leads_to: str) -> None:
    response = teacher.get(address)
    assert (response.status_code, response.location) == (303, leads_to)


def test_every_question_can_be_reached_and_left(teacher: Client) -> None:
    for playbook in catalog.playbooks():
        for question in playbook.questions:
            address = f"/ask/{playbook.door}?at={question.key}"
            page = teacher.get(address)
            assert page.status_code == 200
            assert question.text_zh in page.text
            for choice in question.choices:
                assert teacher.get(f"{address}&choice={choice.key}").status_code == 303


@pytest.mark.parametrize(
    "address",
    [
        "/ask/login?at=message&go=1",
        "/ask/login?at=message&choice=Z",
        "/ask/login?at=nothing&choice=Z",
        "/ask/login?choice=%00Z",
    ],
)
def test_no_answer_or_a_wrong_one_asks_again(teacher: Client, address: str) -> None:
    response = teacher.get(address)
    assert response.status_code == 422
    assert "请选一项再继续" in response.text


@pytest.mark.parametrize(
    "address", ["/ask/nowhere", "/ask/other", "/ask/login/ACC-99", "/ask/x/OPS"]
)
def test_what_does_not_exist(teacher: Client, address: str) -> None:
    assert teacher.get(address).status_code == 404


def test_typed_words_are_matched_with_cards(teacher: Client) -> None:
    page = teacher.get("/ask?q=登录提示密码错误").text
    assert "登录提示密码错误" in page
    assert "/ask/login/ACC-4a?about=" in page
    assert "选一类" not in teacher.get("/ask?q=天气").text


def test_typed_numbers_of_persons_go_no_further(teacher: Client) -> None:
    response = teacher.get("/ask?q=990101200001010006 密码错误")
    assert response.status_code == 303
    assert "990101200001010006" not in response.location
    assert "990101200001010006" not in teacher.get(response.location).text


def test_walking_through_questions_stores_nothing(teacher: Client, session: Session) -> None:
    teacher.get("/ask/login?at=message&choice=B&go=1")
    teacher.get("/ask/login/ACC-4b")
    assert count(session, Draft) == 0


# --- the form of a card --------------------------------------------------------------------------


def test_the_form_of_every_card_opens(teacher: Client) -> None:
    for card in catalog.cards():
        page = teacher.get(f"/ask/business/{card.code}")
        assert page.status_code == 200, card.code
        for field in card.fields if not card.redirect_zh else ():
            assert field.label_zh in page.text


def test_only_what_the_card_asks_for(teacher: Client) -> None:
    page = teacher.get("/ask/login/ACC-4a").text
    names = set(re.findall(r'name="(card_\w+)"', page))
    assert names == {f"card_{field.key}" for field in catalog.card("ACC-4a").fields}
    assert 'name="subsystem"' not in page
    assert 'name="accused"' not in page
    assert 'name="received_at"' not in page


def test_the_likely_answer_and_the_way_stand_on_the_form(teacher: Client) -> None:
    page = teacher.get("/ask/login/ACC-4c").text
    assert catalog.card("ACC-4c").likely_answer_zh in page
    assert "示范县资助中心" in page
    assert "答复或上报不晚于" in page
    assert "本地承诺" in page


def test_a_body_of_several_subsystems_is_asked_which(
    country: Country, teacher: Client, session: Session
) -> None:
    more = BodySubsystem(body_id=country.body("school").id, subsystem=Subsystem.COMPULSORY)
    session.add(more)
    session.flush()
    data = fill(teacher, "/ask/login/ACC-4c", **ACC_4C, subsystem="compulsory")
    review = teacher.post("/ask/login/ACC-4c", data=data).location
    assert "义务教育" in teacher.get(review).text
    data["subsystem"] = "undergraduate"
    assert teacher.post("/ask/login/ACC-4c", data=data).status_code == 422


def test_from_the_form_to_the_ticket(teacher: Client, session: Session, country: Country) -> None:
    address = sent(teacher, title="操作账号登录不了", text="换了浏览器也一样。")
    ticket = session.scalars(select(Ticket)).one()
    assert address == f"/tickets/{ticket.number}"
    assert ticket.holder_body_id == country.body("county").id
    assert ticket.fields == {
        "account_kind": "operator",
        "exact_message": "用户不存在，请联系管理员。",
        "on_platform": "",
        "new_school": "no",
    }
    assert ticket.subsystem == "senior_high"
    page = teacher.get(address)
    assert page.status_code == 200
    assert f"已提交，编号{ticket.number}" in page.text


def test_the_last_look_says_by_whom_and_until_when(teacher: Client) -> None:
    data = fill(teacher, "/ask/login/ACC-4c", **ACC_4C)
    page = teacher.get(teacher.post("/ask/login/ACC-4c", data=data).location).text
    assert re.search(r"将由.*示范县资助中心.*办理，答复或上报不晚于<time", page)
    assert "本地承诺" in page
    assert "法定时限" not in page
    assert "操作账号" in page
    assert "用户不存在，请联系管理员。" in page
    assert "提交给示范县资助中心" in page


def test_a_central_university_reads_the_legal_time(country: Country, client: Client) -> None:
    client.sign_in(country.account("hei_staff"))
    data = fill(client, "/ask/login/ACC-4c", **ACC_4C)
    page = client.get(client.post("/ask/login/ACC-4c", data=data).location).text
    assert re.search(r"将由.*呼叫中心.*办理，解决或反馈不晚于<time", page)
    assert "法定时限" in page


def test_a_double_click_makes_one_ticket(teacher: Client, session: Session) -> None:
    data = fill(teacher, "/ask/login/ACC-4c", **ACC_4C)
    review = teacher.post("/ask/login/ACC-4c", data=data).location
    action = f"{review.removesuffix('/review')}/submit"
    places = {teacher.post(action).location for _ in range(3)}
    assert places == {f"/tickets/{session.scalars(select(Ticket.number)).one()}"}
    assert teacher.get(review).location in places
    assert teacher.get(review.removesuffix("/review")).location in places


# --- the other ends ------------------------------------------------------------------------------


def test_solved_is_counted_and_stores_nothing_else(teacher: Client, session: Session) -> None:
    typed = fill(teacher, "/ask/login/ACC-4c", solved="1", text="写了一半 990101200001010006")
    response = teacher.post("/ask/login/ACC-4c", data=typed)
    assert (response.status_code, response.location) == (303, "/ask")
    teacher.post("/ask/login/ACC-4c", data=typed)
    assert session.scalars(select(Solved.card_code)).all() == ["ACC-4c"]
    assert count(session, Draft) == 0


def test_out_is_told_where_to_go_and_stores_nothing(teacher: Client, session: Session) -> None:
    page = teacher.get("/ask/business/OUT")
    assert catalog.card("OUT").redirect_zh in page.text
    assert 'name="text"' not in page.text
    again = teacher.post("/ask/business/OUT", data={"card_topic": "loan", "text": "贷款"})
    assert again.status_code == 200
    assert count(session, Draft) == 0


def test_a_leak_is_warned_of_and_goes_restricted(
    teacher: Client, session: Session, country: Country
) -> None:
    page = teacher.get("/ask/business/SEC").text
    assert "不要在这里写任何学生信息" in page
    assert "示范省资助中心" in page
    leak = {
        "card_scope": "名单网页，约200人",
        "card_found_at": "今天上午",
        "card_still_open": "yes",
    }
    address = sent(teacher, "/ask/business/SEC", **leak)
    ticket = session.scalars(select(Ticket)).one()
    assert ticket.restricted
    assert ticket.holder_body_id == country.body("province").id
    assert teacher.get(address).status_code == 200
    teacher.sign_in(country.account("county_officer"))
    assert teacher.get(address).status_code == 404


def test_a_complaint_names_an_office_of_the_line_up(
    teacher: Client, session: Session, country: Country
) -> None:
    page = teacher.get("/ask/business/SUP").text
    assert "被反映的部门" in page
    assert "邻县资助中心" not in page
    accused = str(country.body("county").id)
    sent(teacher, "/ask/business/SUP", accused=accused, card_disputed="通报的人数")
    ticket = session.scalars(select(Ticket)).one()
    assert ticket.accused_body_id == country.body("county").id
    assert ticket.holder_body_id == country.body("city").id
