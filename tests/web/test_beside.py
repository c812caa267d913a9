"""Beside the conversation: solved questions and articles, an answer from an article."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.knowledge.models.articles import Article
from helpdesk.knowledge.models.wishes import Wish
from helpdesk.organizations.rules import Subsystem
from helpdesk.tickets.models import History, Ticket, TicketArticle
from helpdesk.tickets.operations import answers
from helpdesk.tickets.queries import solved
from tests.factories.articles import LOCAL, NATIONAL, Authors, file
from tests.factories.country import build
from tests.factories.tickets import Desk
from tests.support.client import Client, form_of
from tests.support.queries import Queries

KEY = "cards/acc-4a"


@pytest.fixture
def desk(session: Session, now: datetime) -> Iterator[Desk]:
    """A small country at work; its clock stands still at `now`."""
    with time_machine.travel(now, tick=False):
        yield Desk(build(now), now)


@pytest.fixture
def authors(desk: Desk) -> Authors:
    """With the national article of the card."""
    made = Authors(desk.country)
    made.sync()
    return made


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    """A question of 王老师 that the county works on."""
    made = desk.open()
    desk.accept("county_officer", made)
    return made


def page(client: Client, desk: Desk, who: str, ticket: Ticket) -> str:
    client.sign_in(desk.country.account(who))
    answer = client.get(f"/tickets/{ticket.number}")
    assert answer.status_code == 200
    return answer.text


def solve(desk: Desk, who: str = "county_officer", **over: str) -> Ticket:
    made = desk.open(**over)
    desk.resolve(who, made)
    return made


def send(client: Client, desk: Desk, ticket: Ticket, verb: str = "reply", **over: str) -> str:
    """Answer from the article as the county's officer does; the page after it."""
    client.sign_in(desk.country.account("county_officer"))
    address = f"/tickets/{ticket.number}/{verb}"
    form = form_of(client.get(f"{address}?article={KEY}"), address)
    return client.post(address, data={**form, **over}, follow_redirects=True).text


def test_a_handler_sees_solved_questions_that_are_alike(
    desk: Desk, client: Client, ticket: Ticket
) -> None:
    other = solve(desk, card="ACC-4c", title="登录提示密码错误，账号也查不到")
    same = solve(desk, title="密码错误登录不了", text="输入密码后提示密码错误。")
    shown = page(client, desk, "county_officer", ticket)
    beside = shown[shown.index('id="similar"') :]
    assert beside.index(same.number) < beside.index(other.number)
    assert "已处理，请再登录一次。" in beside


def test_nothing_restricted_open_or_out_of_reach_stands_there(
    desk: Desk, client: Client, ticket: Ticket
) -> None:
    still_open = desk.open(title="登录提示密码错误，第二次")
    elsewhere = desk.open("hei_staff", title="登录提示密码错误，高校")
    restricted = solve(desk, "province_officer", card="SEC", title="登录提示密码错误，疑似泄露")
    assert restricted.restricted
    for who in ("county_officer", "county_lead"):
        shown = page(client, desk, who, ticket)
        assert not [t for t in (still_open, elsewhere, restricted) if t.number in shown]


def test_articles_of_the_card_come_with_the_local_rule_first(
    desk: Desk, authors: Authors, client: Client, ticket: Ticket
) -> None:
    authors.published("county_officer", "county_lead")
    desk.finish_steps("county_officer", ticket)
    shown = page(client, desk, "county_officer", ticket)
    assert shown.index(LOCAL.title) < shown.index(NATIONAL.title)
    assert f"/tickets/{ticket.number}/reply?article={KEY}" in shown
    assert f"/tickets/{ticket.number}/resolve?article={KEY}" in shown


def test_the_page_can_be_read_in_english(
    desk: Desk, authors: Authors, client: Client, ticket: Ticket
) -> None:
    client.set_cookie("language", "en")
    send(client, desk, ticket)
    for who in ("county_officer", "teacher"):
        assert NATIONAL.title in page(client, desk, who, ticket)


def test_an_article_that_the_asker_does_not_read_is_not_offered_as_an_answer(
    desk: Desk, authors: Authors, client: Client
) -> None:
    ticket = desk.to_call_centre(desk.open())
    desk.accept("agent", ticket)
    own = authors.published("agent", "agent_lead")
    shown = page(client, desk, "agent", ticket)
    assert LOCAL.title in shown
    assert f"article={own.key}" not in shown
    answer = client.get(f"/tickets/{ticket.number}/reply?article={own.key}")
    assert LOCAL.title not in answer.text


def test_what_is_about_another_subsystem_is_left_out(
    desk: Desk, authors: Authors, client: Client
) -> None:
    ticket = desk.open(subsystem=Subsystem.SENIOR_HIGH)
    desk.accept("county_officer", ticket)
    for word in (Subsystem.SENIOR_HIGH, Subsystem.PRESCHOOL):
        content = replace(NATIONAL, title=f"密码错误 {word}", subsystems=(word,))
        authors.sync(file(content, f"howto/{word}"))
    shown = page(client, desk, "county_officer", ticket)
    assert "密码错误 senior_high" in shown
    assert "密码错误 preschool" not in shown


def test_who_asks_sees_nothing_of_it_and_pays_nothing(
    desk: Desk, authors: Authors, client: Client, ticket: Ticket, queries: Queries
) -> None:
    solve(desk, title="密码错误登录不了")
    page(client, desk, "teacher", ticket)
    queries.clear()
    shown = page(client, desk, "teacher", ticket)
    assert 'id="beside"' not in shown
    assert NATIONAL.title not in shown
    assert not [q for q in queries if "knowledge_article" in q or "search_entry" in q]


@pytest.mark.parametrize("many", [1, 7])
def test_for_a_handler_it_is_four_queries(
    many: int, desk: Desk, authors: Authors, client: Client, ticket: Ticket, queries: Queries
) -> None:
    for i in range(many):
        solve(desk, title=f"密码错误登录不了{i}")
        authors.sync(file(replace(NATIONAL, title=f"密码错误{i}"), f"howto/password-{i}"))
    page(client, desk, "county_officer", ticket)
    queries.clear()
    page(client, desk, "county_officer", ticket)
    more = [q for q in queries if "knowledge_article" in q or "search_entry" in q]
    assert len(more) == 3
    assert len([q for q in queries if "tickets_history.text" in q and "tickets_ticket" in q]) == 1


def test_the_form_opens_with_the_words_of_the_article(
    desk: Desk, authors: Authors, client: Client, ticket: Ticket
) -> None:
    client.sign_in(desk.country.account("county_officer"))
    for verb in ("reply", "resolve"):
        if verb == "resolve":
            desk.finish_steps("county_officer", ticket)
        shown = client.get(f"/tickets/{ticket.number}/{verb}?article={KEY}")
        text = form_of(shown, f"/{verb}")["text"]
        assert text.startswith(NATIONAL.summary)
        assert text.endswith(f"/articles/{KEY}")
        assert "http" in text


def test_the_answer_links_the_article_for_whoever_reads_it(
    desk: Desk, authors: Authors, client: Client, ticket: Ticket, session: Session
) -> None:
    send(client, desk, ticket, text="请按文章里的办法重置。")
    shown = page(client, desk, "teacher", ticket)
    assert f'href="/articles/{KEY}"' in shown
    assert NATIONAL.title in shown
    row = session.scalars(select(TicketArticle)).one()
    answer = session.get_one(History, row.history_id)
    assert (answer.ticket_id, answer.text) == (ticket.id, "请按文章里的办法重置。")
    assert solved.times_answered(row.article_id) == 1


def test_its_writers_see_how_often_an_article_answered(
    desk: Desk, authors: Authors, client: Client, ticket: Ticket
) -> None:
    for _ in range(2):
        send(client, desk, ticket)
    for who, told in {"national_officer": True, "teacher": False}.items():
        client.sign_in(desk.country.account(who))
        assert ("用它答复过2次" in client.get(f"/articles/{KEY}").text) is told


def test_words_sent_as_they_stand_hold_a_real_link(
    desk: Desk, authors: Authors, client: Client, ticket: Ticket
) -> None:
    shown = send(client, desk, ticket)
    assert f'/articles/{KEY}">http' in shown


def test_an_answer_of_the_end_holds_it_too(
    desk: Desk, authors: Authors, client: Client, ticket: Ticket
) -> None:
    desk.finish_steps("county_officer", ticket)
    shown = send(client, desk, ticket, "resolve", proof="学校已登录")
    assert f'/articles/{KEY}">http' in shown
    assert shown.count(NATIONAL.title) >= 2


def test_sent_twice_it_counts_once(
    desk: Desk, authors: Authors, client: Client, ticket: Ticket
) -> None:
    client.sign_in(desk.country.account("county_officer"))
    address = f"/tickets/{ticket.number}/reply"
    form = form_of(client.get(f"{address}?article={KEY}"), address)
    for _ in range(2):
        client.post(address, data=form)
    assert solved.times_answered(authors.get().id) == 1


def test_an_article_gone_meanwhile_leaves_the_answer_alone(
    desk: Desk, authors: Authors, client: Client, ticket: Ticket, session: Session
) -> None:
    send(client, desk, ticket, text="请按文章办理。", article="cards/none")
    assert session.scalars(select(TicketArticle)).all() == []
    assert "请按文章办理。" in page(client, desk, "teacher", ticket)


def test_who_asks_cannot_hang_an_article_on_a_word(
    desk: Desk, authors: Authors, client: Client, ticket: Ticket, session: Session
) -> None:
    client.sign_in(desk.country.account("teacher"))
    address = f"/tickets/{ticket.number}/reply"
    form = form_of(client.get(f"{address}?article={KEY}"), address)
    client.post(address, data={**form, "text": "还是不行。", "article": KEY})
    assert session.scalars(select(TicketArticle)).all() == []


def mark(client: Client, desk: Desk, who: str, ticket: Ticket) -> int:
    client.sign_in(desk.country.account(who))
    return client.post(f"/tickets/{ticket.number}/worth-an-article").status_code


def test_a_handler_marks_an_answer_as_worth_an_article(
    desk: Desk, client: Client, session: Session
) -> None:
    ticket = solve(desk)
    assert "/worth-an-article" in page(client, desk, "county_officer", ticket)
    for who in ("county_officer", "county_lead"):
        assert mark(client, desk, who, ticket) == 303
    wish = session.scalars(select(Wish)).one()
    assert (wish.ticket_number, wish.body_id) == (ticket.number, desk.country.body("county").id)
    shown = page(client, desk, "county_officer", ticket)
    assert "/worth-an-article" not in shown
    assert "已列入" in shown


def test_only_answers_of_open_questions_are_marked(desk: Desk, client: Client) -> None:
    unanswered = desk.open()
    restricted = solve(desk, "province_officer", card="SEC")
    assert mark(client, desk, "county_officer", unanswered) == 403
    assert mark(client, desk, "province_officer", restricted) == 403
    answered = solve(desk)
    assert mark(client, desk, "teacher", answered) == 403
    assert mark(client, desk, "neighbour_officer", answered) == 404


def test_the_article_begins_with_the_ticket_masked(
    desk: Desk, client: Client, session: Session
) -> None:
    ticket = desk.open(text="学生张小明的名单保存不了。")
    desk.accept("county_officer", ticket)
    desk.finish_steps("county_officer", ticket)
    answers.resolve(
        ticket=ticket, act=desk.act("county_officer", ticket), text="已重置密码。", proof="已登录"
    )
    mark(client, desk, "county_officer", ticket)
    wish = session.scalars(select(Wish)).one()
    assert ticket.title in client.get("/articles/desk").text
    begun = client.post(f"/wishes/{wish.id}/begin")
    assert begun.status_code == 303
    article = session.scalars(select(Article)).one()
    assert (article.ticket_number, article.body_id) == (ticket.number, wish.body_id)
    assert article.key in begun.location
    again = client.post(f"/wishes/{wish.id}/begin")
    assert again.location == begun.location
    assert len(session.scalars(select(Article)).all()) == 1
    draft = client.get(begun.location).text
    assert "已重置密码。" in draft
    assert "张小明" not in draft
    assert f"/wishes/{wish.id}/" not in client.get("/articles/desk").text
    assert f"/articles/{article.key}" in page(client, desk, "county_officer", ticket)


def test_a_mark_of_a_question_that_became_restricted_shows_nothing(
    desk: Desk, client: Client, session: Session
) -> None:
    ticket = solve(desk, title="名单的事")
    mark(client, desk, "county_officer", ticket)
    assert ticket.title in client.get("/articles/desk").text
    ticket.restricted = True
    session.commit()
    wish = session.scalars(select(Wish)).one()
    for who in ("county_officer", "county_lead"):
        client.sign_in(desk.country.account(who))
        shown = client.get("/articles/desk").text
        assert ticket.title not in shown, who
        assert ticket.number not in shown, who
        assert client.post(f"/wishes/{wish.id}/begin").status_code == 404, who


def test_nobody_takes_the_token_of_a_mark_beforehand(
    desk: Desk, client: Client, session: Session
) -> None:
    mark(client, desk, "county_officer", solve(desk))
    wish = session.scalars(select(Wish)).one()
    Authors(desk.country).start("neighbour_officer", once=f"wish-{wish.id}")
    begun = client.post(f"/wishes/{wish.id}/begin")
    assert begun.location.endswith("/edit")
    assert session.scalars(select(Article.body_id).order_by(Article.id.desc())).first() == (
        wish.body_id
    )


def test_a_mark_is_put_aside(desk: Desk, client: Client, session: Session) -> None:
    ticket = solve(desk)
    mark(client, desk, "county_officer", ticket)
    wish = session.scalars(select(Wish)).one()
    client.sign_in(desk.country.account("neighbour_officer"))
    assert client.post(f"/wishes/{wish.id}/put-aside").status_code == 404
    client.sign_in(desk.country.account("county_lead"))
    assert client.post(f"/wishes/{wish.id}/put-aside").status_code == 303
    assert "没有写成文章" in page(client, desk, "county_lead", ticket)
