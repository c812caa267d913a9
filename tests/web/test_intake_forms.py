"""The form of a card: bad input, drafts, files. Nothing typed is lost, nothing wrong is kept."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.files.models import File
from helpdesk.intake.models.drafts import Draft
from helpdesk.tickets.models import TicketFile
from tests.factories.country import Country, build
from tests.factories.documents import picture
from tests.support.asking import ACC_4C, fill, sent
from tests.support.client import Client, form_of


@pytest.fixture
def country(session: Session, now: datetime) -> Country:
    return build(now)


@pytest.fixture
def teacher(country: Country, client: Client) -> Client:
    client.sign_in(country.account("teacher"))
    return client


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


# --- bad input -----------------------------------------------------------------------------------

BAD = [
    ({"card_account_kind": ""}, "请填写“哪个账号”"),
    ({"card_account_kind": "nobody"}, "请从列出的选项中选择"),
    ({"card_exact_message": "  "}, "请填写“提示原文”"),
    ({"card_exact_message": "长" * 4001}, "最多4000个字"),
    ({"card_new_school": "perhaps"}, "请从列出的选项中选择"),
    ({"title": "长" * 201}, "最多200个字"),
    ({"text": "长" * 4001}, "最多4000个字"),
    ({"callback_number": ""}, "请填写手机或座机号码"),
    ({"callback_number": "明天再打"}, "请填写手机或座机号码"),
    ({"callback_number": "990101200001010006"}, "请填写手机或座机号码"),
    ({"callback_name": "长" * 41}, "最多40个字"),
    ({"previous_number": "长" * 21}, "最多20个字"),
]


@pytest.mark.parametrize(("fields", "sentence"), BAD)
def test_bad_input_is_said_and_nothing_typed_is_lost(
    teacher: Client, session: Session, fields: dict[str, str], sentence: str
) -> None:
    typed = {**ACC_4C, "text": "换了浏览器也一样。", **fields}
    data = fill(teacher, "/ask/login/ACC-4c", **typed)
    response = teacher.post("/ask/login/ACC-4c", data=data)
    assert response.status_code == 422
    assert sentence in response.text
    again = form_of(response, "/ask/login/ACC-4c")
    for name, value in typed.items():
        if name not in fields:
            assert again[name] == value
    assert count(session, Draft) == 0


@pytest.mark.parametrize(
    ("address", "fields", "sentence"),
    [
        ("/ask/enrolment/ENR-4", {"card_reviewed_on": "昨天"}, "请按年-月-日填写"),
        ("/ask/enrolment/ENR-4", {"card_reviewed_on": "2026-02-30"}, "请按年-月-日填写"),
        ("/ask/business/AID-4", {"card_students_affected": "很多"}, "请填写整数"),
        ("/ask/business/AID-4", {"card_students_affected": "-3"}, "请填写整数"),
        ("/ask/business/SUP", {"accused": ""}, "请选择“被反映的部门”"),
        ("/ask/business/SUP", {"accused": "999999"}, "请选择“被反映的部门”"),
        ("/ask/business/SUP", {"accused": "DROP TABLE"}, "请选择“被反映的部门”"),
    ],
)
def test_other_kinds_of_fields(
    teacher: Client, address: str, fields: dict[str, str], sentence: str
) -> None:
    response = teacher.post(address, data={**fill(teacher, address), **fields})
    assert response.status_code == 422
    assert sentence in response.text


def test_a_form_without_a_token_is_refused(teacher: Client, session: Session) -> None:
    response = teacher.post("/ask/login/ACC-4c", data={**ACC_4C, "csrf_token": "wrong"})
    assert response.status_code == 400
    assert count(session, Draft) == 0


# --- drafts --------------------------------------------------------------------------------------


def test_a_half_draft_is_kept_resumed_and_discarded(teacher: Client, session: Session) -> None:
    data = fill(teacher, "/ask/login/ACC-4c", later="1", text="先写到这里")
    assert teacher.post("/ask/login/ACC-4c", data=data).location == "/ask"
    draft = session.scalars(select(Draft)).one()
    listed = teacher.get("/ask").text
    assert f'href="/ask/drafts/{draft.id}"' in listed
    resumed = form_of(teacher.get(f"/ask/drafts/{draft.id}"), f"/ask/drafts/{draft.id}")
    assert resumed["text"] == "先写到这里"
    refused = teacher.post(f"/ask/drafts/{draft.id}/submit")
    assert refused.status_code == 422
    assert "还没有填完" in refused.text
    ask = teacher.get(f"/ask/drafts/{draft.id}/discard")
    assert "不能恢复" in ask.text
    assert teacher.post(f"/ask/drafts/{draft.id}/discard").status_code == 303
    assert count(session, Draft) == 0


def test_a_draft_can_be_changed_before_sending(teacher: Client, session: Session) -> None:
    data = fill(teacher, "/ask/login/ACC-4c", **ACC_4C)
    review = teacher.post("/ask/login/ACC-4c", data=data).location
    draft = review.removesuffix("/review")
    changed = fill(teacher, draft, card_account_kind="reviewer", title="改过")
    assert teacher.post(draft, data=changed).location == review
    page = teacher.get(review).text
    assert "审核账号" in page
    assert "改过" in page
    assert count(session, Draft) == 1


def test_strangers_find_no_draft(teacher: Client, country: Country) -> None:
    data = fill(teacher, "/ask/login/ACC-4c", **ACC_4C)
    review = teacher.post("/ask/login/ACC-4c", data=data).location
    draft = review.removesuffix("/review")
    for who in ("principal", "sibling_teacher", "county_officer", "agent"):
        teacher.sign_in(country.account(who))
        for address in (draft, review, f"{draft}/discard"):
            assert teacher.get(address).status_code == 404
        for address in (draft, f"{draft}/submit", f"{draft}/discard"):
            assert teacher.post(address).status_code == 404


# --- files ---------------------------------------------------------------------------------------


def screenshot(name: str = "截图.png") -> tuple[io.BytesIO, str]:
    return io.BytesIO(picture()), name


def test_a_screenshot_travels_with_the_question(teacher: Client, session: Session) -> None:
    address = sent(teacher, files=[screenshot()], clear="y")
    assert session.scalars(select(TicketFile.name)).all() == ["截图.png"]
    assert "截图.png" in teacher.get(address).text


def test_a_screenshot_needs_a_person_s_word(teacher: Client, session: Session) -> None:
    data = fill(teacher, "/ask/login/ACC-4c", **ACC_4C, files=[screenshot()])
    response = teacher.post("/ask/login/ACC-4c", data=data)
    assert response.status_code == 422
    assert "看不到学生信息" in response.text
    assert count(session, File) == count(session, Draft) == 0


def test_good_files_stay_when_something_else_is_wrong(teacher: Client, session: Session) -> None:
    table = (io.BytesIO("学校,人数\n一中,3\n".encode()), "汇总.csv")
    wrong = (io.BytesIO("姓名,身份证号\n甲,不公开\n".encode()), "名单.csv")
    data = fill(teacher, "/ask/login/ACC-4c", **ACC_4C, files=[table, wrong])
    response = teacher.post("/ask/login/ACC-4c", data=data)
    assert response.status_code == 422
    assert "像学生名单" in response.text
    assert "只写人数" in response.text
    again = form_of(response, "/ask/login/ACC-4c")
    kept = session.scalars(select(File)).one()
    assert again["kept"] == str(kept.id)
    review = teacher.post("/ask/login/ACC-4c", data=again).location
    assert "汇总.csv" in teacher.get(review).text


def test_a_file_can_be_taken_off(teacher: Client, session: Session) -> None:
    table = (io.BytesIO("学校,人数\n一中,3\n".encode()), "汇总.csv")
    data = fill(teacher, "/ask/login/ACC-4c", **ACC_4C, files=[table])
    review = teacher.post("/ask/login/ACC-4c", data=data).location
    kept = session.scalars(select(File)).one()
    draft = review.removesuffix("/review")
    teacher.post(draft, data=fill(teacher, draft, off=str(kept.id)))
    assert "汇总.csv" not in teacher.get(review).text
    assert count(session, File) == 0


def test_somebody_else_s_file_cannot_be_hung_on(
    teacher: Client, session: Session, country: Country
) -> None:
    table = (io.BytesIO("学校,人数\n一中,3\n".encode()), "汇总.csv")
    teacher.post(
        "/ask/login/ACC-4c", data=fill(teacher, "/ask/login/ACC-4c", **ACC_4C, files=[table])
    )
    alien = session.scalars(select(File)).one()
    teacher.sign_in(country.account("sibling_teacher"))
    data = fill(teacher, "/ask/login/ACC-4c", **ACC_4C, kept=f"{alien.id},x,-1,{'9' * 30}")
    review = teacher.post("/ask/login/ACC-4c", data=data).location
    assert "汇总.csv" not in teacher.get(review).text


def test_six_files_are_too_many(teacher: Client, session: Session) -> None:
    six = [(io.BytesIO(f"a,{n}\n".encode()), f"{n}.csv") for n in range(6)]
    data = fill(teacher, "/ask/login/ACC-4c", **ACC_4C, files=six)
    response = teacher.post("/ask/login/ACC-4c", data=data)
    assert response.status_code == 422
    assert "最多附5个文件" in response.text
    assert count(session, File) == 0
