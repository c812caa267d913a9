"""Articles through the pages: reading beside a rule of the province, writing, review, versions."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.knowledge.models.articles import Article, ArticleFeedback
from helpdesk.knowledge.rules.articles import State, Verb
from helpdesk.web.articles.rendering import render
from tests.factories.articles import LOCAL, NATIONAL, Authors
from tests.factories.country import Country
from tests.support.client import Client, form_of
from tests.support.queries import Queries

TEXTS = {"title": "本省由县里重置", "summary": "当天重置。", "body": "## 怎么做\n\n1. 打开服务台。"}


@pytest.fixture
def authors(land: Country) -> Authors:
    """With the national article of the card."""
    made = Authors(land)
    made.sync()
    return made


@pytest.fixture
def officer(client: Client, land: Country, authors: Authors) -> Client:
    client.sign_in(land.account("province_officer"))
    return client


def seen(client: Client, land: Country, who: str, address: str) -> str:
    client.sign_in(land.account(who))
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.text


def newest(session: Session) -> Article:
    found = session.scalars(select(Article).order_by(Article.id.desc())).first()
    assert found is not None
    return found


class TestReading:
    def test_the_own_rule_stands_beside_the_national_text(
        self, client: Client, land: Country, authors: Authors
    ) -> None:
        local = authors.published(beside_id=authors.get().id)
        page = seen(client, land, "teacher", "/articles/cards/acc-4a")
        assert "示范省资助中心的规定" in page
        assert "打开服务台" in page
        assert "由资助部门重置" in page
        assert "打开服务台" not in seen(client, land, "hei_staff", "/articles/cards/acc-4a")
        assert client.get(f"/articles/{local.key}").status_code == 404
        assert "全国的说明" in seen(client, land, "teacher", f"/articles/{local.key}")

    def test_lists_cards_and_items_lead_to_it(
        self, client: Client, land: Country, authors: Authors
    ) -> None:
        link = 'href="/articles/cards/acc-4a"'
        for address in (
            "/articles",
            "/articles?card=ACC-4a&category=cards&audience=school&subsystem=preschool",
            "/cards/ACC-4a",
            "/filing/annexes?subsystem=secondary_vocational",
        ):
            assert link in seen(client, land, "teacher", address), address
        assert link not in client.get("/articles?card=ACC-1").text

    def test_a_list_needs_the_same_statements_at_any_length(
        self, officer: Client, authors: Authors, queries: Queries
    ) -> None:
        counts = []
        for _ in range(2):
            authors.published()
            queries.clear()
            assert officer.get("/articles").status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1]


HOSTILE = (
    "<script>alert(1)</script> ![x](https://example.org/x.png) [a](javascript:alert(1)) "
    "[b](https://example.org) [c](article:nobody/knows) [d](card:ACC-4a) 这是**“重要”**内容"
)


def test_a_text_brings_no_html_picture_or_strange_address(
    app: Flask, land: Country, authors: Authors
) -> None:
    with app.test_request_context("/"):
        text = str(render(HOSTILE, actor=land.actor("teacher")))
        table = str(render("| a | b |\n| --- | --- |\n| 1 | `2` |\n\n## c", top=3))
    assert "<script" not in text
    assert "<img" not in text
    assert text.count("href=") == 1
    assert 'href="/cards/ACC-4a"' in text
    assert "<strong>“重要”</strong>" in text
    assert '<div class="table-responsive" tabindex="0"' in table
    assert "<h3>c</h3>" in table
    assert "<code>2</code>" in table


@pytest.mark.parametrize("words", ["S-2.1.4 <b onclick=x>", "x S-3.5.4"])
def test_a_link_has_no_words_that_only_a_pointer_shows(
    app: Flask, land: Country, authors: Authors, words: str
) -> None:
    with app.test_request_context("/"):
        text = str(render(f'[卡片](card:ACC-4a "{words}")', actor=land.actor("teacher")))
    assert "title" not in text
    assert "S-" not in text
    assert '<a href="/cards/ACC-4a">卡片</a>' in text


def test_a_table_does_not_grow_beyond_what_was_written(
    app: Flask, land: Country, authors: Authors
) -> None:
    wide, usual = "|" + "a|" * 900 + "\n|" + "-|" * 900, "| a | b |\n|-|-|"
    with app.test_request_context("/"):
        flood = str(render(wide + "\n|" * 2500, actor=land.actor("teacher")))
        table = str(render(usual + "\n| 1 |" * 500, actor=land.actor("teacher")))
    assert "<td" not in flood
    assert len(flood) < 20_000
    assert table.count("<td>") == 1000


class TestWriting:
    def test_looked_at_kept_and_submitted(
        self, officer: Client, session: Session, land: Country
    ) -> None:
        form = form_of(officer.get("/articles/new?beside=cards/acc-4a"), "/new")
        looked = officer.post("/articles/new", data={**form, **TEXTS, "do": "preview"})
        assert "<li>打开服务台。</li>" in looked.text
        assert newest(session).category == "cards"
        for _ in range(2):  # the second click does nothing
            sent = officer.post("/articles/new", data={**form, **TEXTS, "do": "submit"})
            assert sent.status_code == 303
        article = newest(session)
        assert (article.state, article.beside_id is not None) == (State.SUBMITTED, True)
        assert session.scalar(select(func.count(Article.id))) == 2
        officer.sign_in(land.account("province_lead"))
        assert article.title in officer.get("/articles/desk").text
        publish = form_of(officer.get(f"/articles/{article.id}/publish"), "/publish")
        assert officer.post(f"/articles/{article.id}/publish", data=publish).status_code == 303
        session.refresh(article)
        assert article.state is State.PUBLISHED

    def test_a_number_of_a_person_is_marked_and_not_kept(
        self, officer: Client, session: Session
    ) -> None:
        form = form_of(officer.get("/articles/new"), "/new")
        said = {**form, **TEXTS, "body": "打13800138000", "items": "XX-99", "clauses": "第三条"}
        page = officer.post("/articles/new", data={**said, "do": "save"})
        assert page.status_code == 422
        assert "像手机号码" in page.text
        assert "没有编号为“XX-99”的填报事项" in page.text
        assert "“第三条”不是条款号" in page.text
        assert TEXTS["summary"] in page.text
        assert session.scalar(select(func.count(Article.id))) == 1

    def test_somebody_was_faster_and_the_words_stay(
        self, officer: Client, authors: Authors, session: Session
    ) -> None:
        article = authors.start()
        address = f"/articles/{article.key}/edit"
        form = form_of(officer.get(address), "/edit")
        authors.do(
            Verb.EDIT, "province_lead", article, content=replace(LOCAL, summary="别人改的。")
        )
        session.commit()
        page = officer.post(address, data={**form, "summary": "我改的。", "do": "save"})
        assert page.status_code == 409
        assert "我改的。" in page.text
        again = form_of(page, "/edit")
        assert officer.post(address, data={**again, "do": "save"}).status_code == 303
        session.refresh(article)
        assert article.head_no == 3

    def test_strangers_write_nothing(self, client: Client, land: Country, authors: Authors) -> None:
        client.sign_in(land.account("teacher"))
        assert client.get("/articles/new").status_code == 403
        assert client.get("/articles/desk").status_code == 403
        client.sign_in(land.account("county_officer"))
        assert client.get("/articles/cards/acc-4a/edit").status_code == 403


def test_versions_are_compared_and_brought_back(
    officer: Client, authors: Authors, session: Session, land: Country
) -> None:
    article = authors.published()
    authors.do(
        Verb.EDIT, "province_officer", article, content=replace(LOCAL, body="## 怎么做\n\n新的做法")
    )
    session.commit()
    page = officer.get(f"/articles/{article.id}/versions")
    assert "<mark>新的做法</mark>" in page.text
    form = form_of(page, "/versions/1/restore")
    assert officer.post(f"/articles/{article.id}/versions/1/restore", data=form).status_code == 303
    session.refresh(article)
    assert (article.head_no, article.state) == (3, State.DRAFT)
    # Readers compare what was published only.
    page_of_reader = seen(officer, land, "teacher", f"/articles/{article.id}/versions")
    assert "新的做法" not in page_of_reader


def test_a_no_with_its_reason_reaches_the_desk(
    client: Client, land: Country, authors: Authors, session: Session
) -> None:
    article = authors.published()
    address = f"/articles/{article.id}/helped"
    form = form_of(seen_response(client, land, "teacher", article.key), "/helped")
    said = {**form, "answer": "no", "why": "unclear", "words": "第二步找不到"}
    refused = client.post(address, data={**said, "words": "打13800138000"})
    assert refused.status_code == 422
    for _ in range(2):
        assert client.post(address, data=said).status_code == 303
    assert session.scalar(select(func.count(ArticleFeedback.id))) == 1
    desk = seen(client, land, "province_officer", "/articles/desk")
    assert "第二步找不到" in desk
    assert "看不懂" in desk


def seen_response(client: Client, land: Country, who: str, key: str):  # type: ignore[no-untyped-def]
    client.sign_in(land.account(who))
    return client.get(f"/articles/{key}")


def test_the_desk_shows_what_differs_from_its_file(
    client: Client, land: Country, authors: Authors
) -> None:
    authors.do(
        Verb.EDIT, "national_officer", authors.get(), content=replace(NATIONAL, body="另一种说法")
    )
    assert "与文件不同" in seen(client, land, "national_officer", "/articles/desk")
    page = seen(client, land, "national_officer", "/articles/cards/acc-4a?newest=1")
    assert "<mark>另一种说法</mark>" in page
    assert "另一种说法" not in seen(client, land, "teacher", "/articles/cards/acc-4a?newest=1")


VERB_PAGES = [
    (Verb.SUBMIT, "province_officer", ()),
    (Verb.DISCARD, "province_officer", ()),
    (Verb.RECALL, "province_officer", ((Verb.SUBMIT, "province_officer"),)),
    (Verb.RETURN, "province_lead", ((Verb.SUBMIT, "province_officer"),)),
    (Verb.PUBLISH, "province_lead", ((Verb.SUBMIT, "province_officer"),)),
]


@pytest.mark.parametrize("language", ["zh", "en"])
class TestPagesOfVerbs:
    @pytest.mark.parametrize(("verb", "who", "before"), VERB_PAGES)
    def test_of_a_draft(
        self, client: Client, land: Country, authors: Authors, language: str,
        verb: Verb, who: str, before: tuple[tuple[Verb, str], ...],
    ) -> None:  # fmt: skip
        article = authors.start()
        for done, by in before:
            authors.do(done, by, article)
        client.set_cookie("language", language)
        page = seen(client, land, who, f"/articles/{article.id}/{verb.value}")
        assert 'name="once"' in page

    @pytest.mark.parametrize("verb", [Verb.KEEP, Verb.WITHDRAW])
    def test_of_what_is_published(
        self, client: Client, land: Country, authors: Authors, language: str, verb: Verb
    ) -> None:
        article = authors.published()
        client.set_cookie("language", language)
        page = seen(client, land, "province_lead", f"/articles/{article.id}/{verb.value}")
        assert 'name="once"' in page
