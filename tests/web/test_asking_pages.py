"""The question box: what it shows while somebody types, to whom, and what it never shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import quote

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.intake.models.asking import Solved, Trail
from helpdesk.kernel.actor import SYSTEM
from helpdesk.settings import operations as settings
from helpdesk.settings.rules import Key
from tests.factories.articles import NATIONAL, Authors
from tests.factories.country import build
from tests.factories.tickets import Desk
from tests.support.asking import sent
from tests.support.client import Client, form_of
from tests.support.queries import Queries

TYPED = "登录提示密码错误"
PART = f"/ask/suggest?q={TYPED}"
PAGE = f"/ask?q={TYPED}"
PHONE = "/ask/phone/3442990001"
ID = "990101200001010006"


@pytest.fixture
def desk(session: Session, now: datetime) -> Iterator[Desk]:
    """A small country with one article; its clock stands still at `now`."""
    with time_machine.travel(now, tick=False):
        made = Desk(build(now), now)
        Authors(made.country).sync()
        yield made


@pytest.fixture
def teacher(desk: Desk, client: Client) -> Client:
    client.sign_in(desk.country.account("teacher"))
    return client


def test_an_article_with_its_answer_comes_first(teacher: Client) -> None:
    part = teacher.get(PART).text
    assert "由资助部门重置。" in part
    assert "由资助部门重置（S-2.1.4A）。" in part
    assert "## 怎么做" not in part
    assert "/ask/read/cards/acc-4a" in part
    assert f"就提“{TYPED}”这个问题" in part


def test_a_rule_of_another_province_is_not_there(desk: Desk, teacher: Client) -> None:
    authors = Authors(desk.country)
    authors.published(content=replace(NATIONAL, title="本省密码错误找谁"))
    assert "本省密码错误找谁" in teacher.get(PART).text
    teacher.sign_in(desk.country.account("other_province_officer"))
    assert "本省密码错误找谁" not in teacher.get(PART).text


def test_questions_of_the_own_school_with_who_has_them(desk: Desk, teacher: Client) -> None:
    mine = desk.open("principal", title=TYPED)
    other = desk.open("sibling_teacher", title=TYPED)
    away = desk.open(title="培训证书怎么打印", text="没有收到培训证书。", card="TRN")
    part = teacher.get(PART).text
    assert mine.number in part
    assert "可能重复" in part
    assert "现在由示范县资助中心办理" in part
    assert other.number not in part
    assert away.number not in part


def test_an_old_answer_is_no_news(desk: Desk, teacher: Client, now: datetime) -> None:
    done = desk.open(title=TYPED)
    desk.resolve("county_officer", done)
    part = teacher.get(PART).text
    assert done.number in part
    done.status, done.updated_at = type(done.status).CLOSED, now - timedelta(days=59)
    assert done.number in teacher.get(PART).text
    assert "可能重复" not in teacher.get(PART).text
    done.updated_at = now - timedelta(days=61)
    assert done.number not in teacher.get(PART).text


def test_a_complaint_is_shown_to_nobody_who_may_not_read_it(desk: Desk, client: Client) -> None:
    accused = desk.country.body("county").id
    words = "对县资助中心的办理有意见"
    complaint = desk.open(card="SUP", title=words, text=words, accused_body_id=accused)
    client.sign_in(desk.country.account("teacher"))
    assert complaint.number in client.get(f"/ask/suggest?q={words}").text
    # The county answers the telephone for the school and is the office complained of.
    client.sign_in(desk.country.account("county_officer"))
    part = client.get(f"{PHONE}/suggest?q={words}")
    assert part.status_code == 200
    assert complaint.number not in part.text


OUTAGE = "系统打不开，页面一直在加载"
TROUBLED = ("teacher", "sibling_teacher", "city_teacher")


def outages(desk: Desk, who: tuple[str, ...]) -> None:
    for minutes, name in enumerate(who):
        at = desk.now - timedelta(minutes=50 - 10 * minutes)
        desk.open(name, "ENV", title=OUTAGE, text=OUTAGE, received_at=at)


def test_several_schools_report_the_same(desk: Desk, client: Client) -> None:
    outages(desk, TROUBLED)
    client.sign_in(desk.country.account("lonely_teacher"))
    part = client.get(f"/ask/suggest?q={OUTAGE}").text
    assert "本省3个单位反映“系统运行环境”" in part
    assert "09:30" in part
    for name in ("第一中学", "第二中学", "实验中学"):
        assert name not in part


def test_two_schools_are_no_incident_and_other_provinces_are_far(
    desk: Desk, client: Client
) -> None:
    outages(desk, TROUBLED[:2])
    client.sign_in(desk.country.account("teacher"))
    assert "本省" not in client.get(f"/ask/suggest?q={OUTAGE}").text
    outages(desk, TROUBLED[2:])
    client.sign_in(desk.country.account("other_province_officer"))
    assert "本省" not in client.get(f"/ask/suggest?q={OUTAGE}").text


def test_a_province_sets_how_many_are_several(desk: Desk, client: Client, now: datetime) -> None:
    outages(desk, TROUBLED)
    settings.set_value(
        actor=SYSTEM,
        key=Key.INCIDENT_BODIES,
        body_id=desk.country.body("province").id,
        text="4",
        seen=None,
        reason="省内学校多",
        now=now,
    )
    client.sign_in(desk.country.account("teacher"))
    assert "本省" not in client.get(f"/ask/suggest?q={OUTAGE}").text


def test_the_filing_date_that_a_question_touches(teacher: Client) -> None:
    part = teacher.get("/ask/suggest?q=资助名单审核提交不了").text
    assert "填报期限" in part
    assert "资助名单审核" in part
    assert "填报期限" not in teacher.get(PART).text


def test_the_page_says_the_same_without_a_script(teacher: Client) -> None:
    page = teacher.get(PAGE).text
    assert "由资助部门重置。" in page
    assert "登录提示密码错误" in page
    assert "因为提到" in page
    assert f"/ask/login/ACC-4a?about={quote(TYPED)}" in page
    assert "示范县资助中心" in page


def test_a_vague_question_is_asked_back(teacher: Client) -> None:
    page = teacher.get("/ask?q=登不上去").text
    assert "登录时，页面显示的是哪一句" in page
    for code in ("ACC-4a", "ACC-4b", "ACC-4c"):
        assert f"/ask/login/{code}?about={quote('登不上去')}" in page


def test_the_box_is_sent_and_its_address_is_clean(teacher: Client) -> None:
    sent = {**form_of(teacher.get("/ask"), "/ask"), "q": f"给{ID}做认定 失败"}
    answer = teacher.post("/ask", data=sent)
    assert answer.status_code == 303
    assert ID not in answer.location
    assert teacher.post("/ask", data={**sent, "q": " "}).location == "/ask"
    # An address that somebody wrote down by hand.
    again = teacher.get(f"/ask?q={ID}")
    assert again.status_code == 303
    assert ID not in again.location


def test_numbers_of_persons_reach_neither_page_nor_query(
    teacher: Client, queries: Queries, caplog: pytest.LogCaptureFixture
) -> None:
    queries.clear()
    part = teacher.get(f"/ask/suggest?q=密码错误{ID}").text
    assert ID not in part
    assert "密码错误" in part
    assert ID not in caplog.text


@pytest.mark.parametrize("typed", ["", "密", "  ", "%_", "'\"\\", "？！", "a" * 500, "<b>x</b>"])
def test_whatever_is_typed(teacher: Client, typed: str) -> None:
    for address in ("/ask/suggest", "/ask"):
        answer = teacher.get(address, query_string={"q": typed})
        assert answer.status_code == 200
        assert "<b>x" not in answer.text


def test_the_telephone_has_the_same_box(desk: Desk, client: Client) -> None:
    mine = desk.open(title=TYPED)
    client.sign_in(desk.country.account("county_officer"))
    page = client.get(f"{PHONE}?q={TYPED}").text
    assert mine.number in page
    assert "对方提过的" in page
    assert f"{PHONE}/login/ACC-4a?about={quote(TYPED)}" in page
    sent = form_of(client.get(PHONE), PHONE)
    answer = client.post(PHONE, data={**sent, "q": TYPED})
    assert answer.location.startswith(PHONE)
    assert client.get("/ask/phone/3442990004/suggest?q=密码").status_code == 404
    # The call centre may not read what others hold.
    client.sign_in(desk.country.account("agent"))
    part = client.get(f"{PHONE}/suggest?q={TYPED}").text
    assert "由资助部门重置。" in part
    assert mine.number not in part


def test_who_does_not_ask_has_no_box(desk: Desk, client: Client) -> None:
    client.sign_in(desk.country.account("city_supervisor"))
    assert client.get(PART).status_code == 403
    assert client.get(f"{PHONE}/suggest?q=x").status_code == 403


def test_the_number_of_queries_does_not_grow(desk: Desk, teacher: Client, queries: Queries) -> None:
    def count() -> int:
        queries.clear()
        assert teacher.get(PART).status_code == 200
        return len(queries)

    def more(times: int) -> None:
        for number in range(times):
            desk.open(title=TYPED)
            content = replace(NATIONAL, title=f"{TYPED}怎么办{number}")
            Authors(desk.country).published(content=content)

    more(1)
    count()  # warms what is kept per process
    with_one = count()
    more(4)
    assert count() == with_one


# --- what travels along --------------------------------------------------------------------------


def test_what_was_typed_and_read_goes_into_the_ticket(
    desk: Desk, teacher: Client, session: Session
) -> None:
    assert teacher.get(f"/ask/read/cards/acc-4a?q={TYPED}").status_code == 303
    address = f"/ask/login/ACC-4c?about={TYPED}"
    ticket = sent(teacher, address)
    trail = session.scalars(select(Trail)).one()
    assert (trail.typed, trail.guess_code, trail.card_code) == (TYPED, "ACC-4a", "ACC-4c")
    assert trail.articles == [Authors(desk.country).get().id]
    assert "提问前看过" not in teacher.get(ticket).text
    teacher.sign_in(desk.country.account("county_officer"))
    page = teacher.get(ticket).text
    assert "提问前看过" in page
    assert NATIONAL.title in page
    assert "系统先猜" in page


def test_what_was_read_for_one_caller_is_not_of_the_next(
    desk: Desk, client: Client, session: Session
) -> None:
    client.sign_in(desk.country.account("county_officer"))
    client.get("/ask/read/cards/acc-4a?body=3442990002")
    call = {"callback_name": "张老师", "received_how": "来电"}
    sent(client, f"{PHONE}/login/ACC-4c?about={TYPED}", **call)
    assert session.scalars(select(Trail.articles)).one() == []


def test_a_question_that_came_without_the_box_leaves_no_trail(
    teacher: Client, session: Session
) -> None:
    sent(teacher)
    assert session.scalar(select(Trail.ticket_id)) is None


def test_a_trail_forged_on_the_way_is_masked(teacher: Client, session: Session) -> None:
    sent(teacher, typed=f"{ID}的事")
    assert ID not in session.scalars(select(Trail.typed)).one()


def test_an_article_of_others_is_not_opened(desk: Desk, client: Client) -> None:
    local = Authors(desk.country).published()
    client.sign_in(desk.country.account("other_province_officer"))
    assert client.get(f"/ask/read/{local.key}").status_code == 404
    assert client.get("/ask/read/cards/acc-4a?body=3442990001").status_code == 404


# --- solved --------------------------------------------------------------------------------------


def test_an_answer_that_was_enough_is_counted_once(
    desk: Desk, teacher: Client, session: Session
) -> None:
    button = form_of(teacher.get(PAGE), "/ask/solved")
    thanks = teacher.post("/ask/solved", data=button, follow_redirects=True)
    assert "已经省去1次提问" in thanks.text
    again = teacher.post("/ask/solved", data=button, follow_redirects=True)
    assert "已经省去1次提问" in again.text
    row = session.scalars(select(Solved)).one()
    assert (row.card_code, row.article_id) == ("ACC-4a", Authors(desk.country).get().id)
    assert row.body_id == desk.country.body("school").id


def test_a_page_fetched_again_does_not_count_again(
    desk: Desk, teacher: Client, session: Session
) -> None:
    for _ in range(3):
        teacher.post("/ask/solved", data=form_of(teacher.get(PAGE), "/ask/solved"))
    assert len(session.scalars(select(Solved)).all()) == 1
    teacher.sign_in(desk.country.account("sibling_teacher"))
    teacher.post("/ask/solved", data=form_of(teacher.get(PAGE), "/ask/solved"))
    assert len(session.scalars(select(Solved)).all()) == 2


def test_offices_see_what_their_schools_were_spared(desk: Desk, teacher: Client) -> None:
    teacher.post("/ask/solved", data=form_of(teacher.get(PAGE), "/ask/solved"))
    assert teacher.get("/ask/spared").status_code == 403
    teacher.sign_in(desk.country.account("city_officer"))
    assert "近30天有1个问题看了答案就解决" in teacher.get("/").text
    page = teacher.get("/ask/spared").text
    assert NATIONAL.title in page
    teacher.sign_in(desk.country.account("neighbour_officer"))
    assert NATIONAL.title not in teacher.get("/ask/spared").text
    assert "看了答案就解决" not in teacher.get("/").text
