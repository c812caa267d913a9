"""Articles: written at an office, published by its lead, seen below it, looked at again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Delete, Update, delete, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.errors import AlreadyDone, Forbidden, NotFound, RuleBroken
from helpdesk.knowledge.access import articles as access
from helpdesk.knowledge.models.articles import Article, ArticleHistory, ArticleVersion
from helpdesk.knowledge.operations.articles import answering, reminding, writing
from helpdesk.knowledge.operations.articles.record import (
    ArticleChangedMeanwhile,
    ArticleNotNow,
    PersonalDataInArticle,
)
from helpdesk.knowledge.operations.articles.reviewing import ArticleIncomplete, ReviewDayBehind
from helpdesk.knowledge.operations.reviewing import ReasonMissing
from helpdesk.knowledge.operations.writing import TitleMissing
from helpdesk.knowledge.queries import articledesk as desks
from helpdesk.knowledge.queries import articles as queries
from helpdesk.knowledge.rules.articles import State, Verb, Why
from helpdesk.people.events import PersonsMerged
from helpdesk.search.queries import finding
from tests.factories.articles import LOCAL, NATIONAL, Authors
from tests.factories.country import Country
from tests.support.hearing import Ear, everyone

NUMBER = "身份证110101199003071234"
BETTER = replace(LOCAL, summary="本省由市里重置。", cards=("ACC-4b",))
IN_PROVINCE = {
    "teacher", "principal", "sibling_teacher", "city_teacher", "lonely_teacher", "county_officer",
    "county_lead", "neighbour_officer", "city_officer", "city_lead", "city_supervisor",
    "province_officer", "province_lead", "it_engineer", "enrolment_officer",
}  # fmt: skip


@pytest.fixture
def authors(country: Country) -> Authors:
    return Authors(country)


@pytest.fixture
def ear(session: Session, country: Country) -> Ear:
    return Ear(session, country)


def readers(country: Country, article: Article) -> set[str]:
    """Who of the country may open the article."""
    found = set()
    for name in country.people:
        try:
            access.article(country.actor(name), article.key)
            found.add(name)
        except NotFound:
            continue
    return found


def found_by(country: Country, who: str, word: str) -> list[int]:
    """What a person finds when searching."""
    found = finding.find(word, (access.searchable(country.actor(who)),))
    return [hit.owner_id for hit in found.hits]


class TestWhoReads:
    def test_a_draft_is_seen_by_its_own_office(self, country: Country, authors: Authors) -> None:
        article = authors.start()
        assert readers(country, article) == {"province_officer", "province_lead"}
        assert found_by(country, "province_officer", "重置密码") == []

    def test_what_is_published_by_everybody_below(self, country: Country, authors: Authors) -> None:
        article = authors.published()
        assert readers(country, article) == IN_PROVINCE
        assert found_by(country, "teacher", "重置密码") == [article.id]
        assert found_by(country, "hei_staff", "重置密码") == []

    def test_the_national_text_by_everybody(self, country: Country, authors: Authors) -> None:
        authors.sync()
        assert readers(country, authors.get()) == set(country.people)
        assert found_by(country, "other_province_officer", "ACC-4a") == [authors.get().id]

    def test_only_its_own_office_may_change_it(self, country: Country, authors: Authors) -> None:
        authors.sync()
        with pytest.raises(Forbidden):
            access.article_for(country.actor("province_lead"), "cards/acc-4a", Verb.EDIT)
        access.article_for(country.actor("national_officer"), "cards/acc-4a", Verb.EDIT)
        with pytest.raises(Forbidden):
            access.writing_body(country.actor("county_officer"), country.body("province").id)


class TestBeside:
    def test_a_rule_of_the_province_stands_beside_the_national_text(
        self, country: Country, authors: Authors
    ) -> None:
        authors.sync()
        national = authors.get()
        local = authors.published(beside_id=national.id)
        seen = queries.view(country.actor("teacher"), national)
        assert [line.id for line in seen.beside] == [local.id]
        assert [line.key for line in queries.view(SYSTEM, local).beside] == ["cards/acc-4a"]
        assert queries.view(country.actor("hei_staff"), national).beside == ()

    def test_of_a_card_the_own_office_comes_first(self, country: Country, authors: Authors) -> None:
        authors.sync()
        local = authors.published()
        found = queries.of_cards(country.actor("teacher"), ("ACC-4a",))
        assert [line.key for line in found] == [local.key, "cards/acc-4a"]
        (of_item,) = queries.by_item(SYSTEM, ("VO-08",))["VO-08"]
        assert of_item.key == "cards/acc-4a"
        assert queries.of_keys(country.actor("hei_staff"), (local.key,)) == {}
        actor = country.actor("teacher")
        lines = queries.lines(actor, (national := authors.get().id, local.id, national))
        assert [line.id for line in lines] == [national, local.id]


class TestLife:
    def test_readers_see_the_published_text_until_the_new_one_is(self, authors: Authors) -> None:
        article = authors.published()
        authors.do(Verb.EDIT, "province_officer", article, content=BETTER, why="市里接手")
        assert article.state is State.DRAFT
        assert queries.view(SYSTEM, article).content == LOCAL
        assert article.summary == LOCAL.summary
        authors.do(Verb.SUBMIT, "province_officer", article)
        authors.do(Verb.PUBLISH, "province_lead", article)
        assert queries.view(SYSTEM, article).content == BETTER
        assert queries.of_cards(SYSTEM, ("ACC-4a",)) == ()
        found = queries.versions(article, all_of_them=True)
        assert [(v.no, v.why, v.published_at is not None) for v in found] == [
            (2, "市里接手", True),
            (1, "", True),
        ]

    def test_an_old_version_comes_back_as_a_draft(self, authors: Authors) -> None:
        article = authors.published()
        authors.do(Verb.EDIT, "province_officer", article, content=BETTER)
        with pytest.raises(RuleBroken):
            authors.do(Verb.RESTORE, "province_officer", article, no=2)
        authors.do(Verb.RESTORE, "province_officer", article, no=1)
        assert (article.head_no, article.state) == (3, State.DRAFT)
        assert queries.view(SYSTEM, article, newest=True).content == LOCAL

    def test_a_draft_is_given_up(self, authors: Authors) -> None:
        article = authors.published()
        authors.do(Verb.EDIT, "province_officer", article, content=BETTER)
        authors.do(Verb.DISCARD, "province_officer", article)
        assert (article.state, article.head_no) == (State.PUBLISHED, 1)
        # Its text stays among the versions, and the next one has a number of its own.
        authors.do(Verb.EDIT, "province_officer", article, content=BETTER)
        assert article.head_no == 3

    def test_what_is_withdrawn_is_found_no_more(self, country: Country, authors: Authors) -> None:
        article = authors.published()
        with pytest.raises(ReasonMissing):
            authors.do(Verb.WITHDRAW, "province_lead", article, words=" ")
        authors.do(Verb.WITHDRAW, "province_lead", article, words="规定变了")
        assert readers(country, article) == {"province_officer", "province_lead"}
        assert found_by(country, "teacher", "重置密码") == []

    def test_what_was_withdrawn_is_not_read_among_the_versions_of_a_better_text(
        self, authors: Authors
    ) -> None:
        article = authors.published()
        authors.do(Verb.WITHDRAW, "province_lead", article, words="写错了")
        authors.do(Verb.EDIT, "province_officer", article, content=BETTER)
        authors.do(Verb.SUBMIT, "province_officer", article)
        authors.do(Verb.PUBLISH, "province_lead", article)
        assert [v.no for v in queries.versions(article, all_of_them=False)] == [2]
        assert [v.no for v in queries.versions(article, all_of_them=True)] == [2, 1]

    @pytest.mark.parametrize(
        "act",
        [
            update(ArticleHistory).values(words="x"),
            delete(ArticleHistory),
            update(ArticleVersion).values(body="x"),
            update(ArticleVersion).values(person_id=None),
            update(ArticleVersion).values(published_at=None, why="x"),
            delete(ArticleVersion),
        ],
    )
    def test_versions_and_history_are_only_added_to(
        self, session: Session, authors: Authors, act: Update | Delete
    ) -> None:
        authors.start()
        with pytest.raises(DatabaseError, match="append-only"):
            session.execute(act)

    def test_an_older_text_may_be_shown_again(self, authors: Authors) -> None:
        article = authors.published()
        authors.do(Verb.WITHDRAW, "province_lead", article, words="规定变了")
        authors.do(Verb.EDIT, "province_officer", article, content=LOCAL)
        authors.do(Verb.SUBMIT, "province_officer", article)
        authors.do(Verb.PUBLISH, "province_lead", article)
        assert (article.head_no, article.shown_no) == (1, 1)

    def test_gaps_and_states(self, authors: Authors) -> None:
        article = authors.start(content=replace(LOCAL, body=""))
        with pytest.raises(ArticleIncomplete):
            authors.do(Verb.SUBMIT, "province_officer", article)
        with pytest.raises(ArticleNotNow):
            authors.do(Verb.PUBLISH, "province_lead", article)
        with pytest.raises(TitleMissing):
            authors.do(Verb.EDIT, "province_officer", article, content=replace(LOCAL, title=" "))

    def test_no_number_of_a_person_is_kept(self, authors: Authors) -> None:
        with pytest.raises(PersonalDataInArticle):
            authors.start(content=replace(LOCAL, body=NUMBER))
        article = authors.start()
        with pytest.raises(PersonalDataInArticle):
            authors.do(Verb.EDIT, "province_officer", article, content=replace(LOCAL, body=NUMBER))
        with pytest.raises(PersonalDataInArticle):
            authors.do(Verb.EDIT, "province_officer", article, content=BETTER, why=NUMBER)
        assert queries.view(SYSTEM, article).content == LOCAL

    def test_a_second_click_and_somebody_faster(self, authors: Authors) -> None:
        article = authors.start(once="same")
        assert authors.start(once="same").id == article.id
        authors.do(Verb.EDIT, "province_officer", article, content=BETTER, once="click", version=1)
        with pytest.raises(AlreadyDone):
            authors.do(
                Verb.EDIT, "province_officer", article, content=BETTER, once="click", version=1
            )
        with pytest.raises(ArticleChangedMeanwhile):
            authors.do(Verb.SUBMIT, "province_officer", article, version=1)


def test_a_draft_from_a_ticket_is_masked(country: Country, authors: Authors) -> None:
    article = writing.start_from_ticket(
        actor=country.actor("county_officer"),
        body_id=country.body("county").id,
        ticket_number="2026-0000001",
        title="学生张小明登不上",
        text=f"学生姓名：张小明，{NUMBER}。重置后可以登录。",
        card_code="ACC-4a",
        once="from-ticket",
        now=country.now,
    )
    said = queries.view(SYSTEM, article).content
    assert "张小明" not in said.body
    assert "110101199003071234" not in said.body
    assert "重置后可以登录" in said.body
    assert (article.ticket_number, said.cards) == ("2026-0000001", ("ACC-4a",))


class TestMessages:
    def test_the_lead_is_asked_and_the_author_told(self, authors: Authors, ear: Ear) -> None:
        article = authors.start()
        authors.do(Verb.SUBMIT, "province_officer", article)
        assert ear.told() == everyone("article_submitted", "province_lead")
        authors.do(Verb.RETURN, "province_lead", article, words="写明日期")
        assert ear.told() == everyone("article_returned", "province_officer")
        assert queries.returned_because(queries.history(article)) == "写明日期"
        authors.do(Verb.SUBMIT, "province_officer", article)
        authors.do(Verb.RECALL, "province_officer", article)
        authors.do(Verb.SUBMIT, "province_officer", article)
        ear.rows()
        authors.do(Verb.PUBLISH, "province_lead", article)
        assert ear.told() == everyone("article_published", "province_officer")

    def test_the_office_is_reminded_once_for_a_day(
        self, country: Country, authors: Authors, ear: Ear
    ) -> None:
        article = authors.published()
        ear.rows()
        assert reminding.remind_reviews(now=country.now) == 0
        later = country.now + timedelta(days=365)
        assert reminding.remind_reviews(now=later) == 1
        assert ear.told() == everyone("article_review_due", "province_officer", "province_lead")
        assert reminding.remind_reviews(now=later + timedelta(days=1)) == 0
        with pytest.raises(ReviewDayBehind):
            authors.do(Verb.KEEP, "province_lead", article, review_on=date(2026, 9, 1))
        authors.do(Verb.KEEP, "province_lead", article, review_on=date(2027, 10, 1))
        assert reminding.remind_reviews(now=later) == 0
        assert reminding.remind_reviews(now=later + timedelta(days=30)) == 1


class TestFeedback:
    def test_a_person_is_counted_once_a_version(self, country: Country, authors: Authors) -> None:
        article = authors.published()
        for who, yes in (("teacher", True), ("teacher", False), ("principal", True)):
            answering.helped(
                actor=country.actor(who),
                article=article,
                yes=yes,
                why=None if yes else Why.UNCLEAR,
                words="" if yes else "第二步找不到",
                now=country.now,
            )
        assert desks.tallies((article,)) == {article.id: desks.Tally(yes=1, no=1)}
        assert desks.my_answer(country.actor("teacher"), article) is False
        (one,) = desks.desk(country.actor("province_officer"), date(2026, 9, 22)).unhelpful
        assert (one.line.id, one.why, one.words) == (article.id, Why.UNCLEAR, "第二步找不到")
        with pytest.raises(PersonalDataInArticle):
            answering.helped(
                actor=country.actor("teacher"),
                article=article,
                yes=False,
                words=NUMBER,
                now=country.now,
            )
        merged = PersonsMerged(
            country.people["principal"].id, country.people["teacher"].id, country.now
        )
        answering.follow_merge(merged)
        assert desks.tallies((article,)) == {article.id: desks.Tally(yes=1)}


def test_the_desk_of_an_office(country: Country, authors: Authors) -> None:
    authors.sync()
    draft = authors.start()
    waiting = authors.start()
    authors.do(Verb.SUBMIT, "province_officer", waiting)
    due = authors.published()
    authors.do(Verb.KEEP, "province_lead", due, review_on=date(2026, 10, 1))
    lead = country.actor("province_lead")
    desk = desks.desk(lead, date(2026, 9, 22))
    assert [line.id for line in desk.drafts] == [draft.id]
    assert [line.id for line in desk.to_review] == [waiting.id]
    assert [line.id for line in desk.due] == [due.id]
    assert (desks.waiting(lead), desks.waiting(country.actor("province_officer"))) == (1, 0)
    assert desks.desk(country.actor("city_lead"), date(2026, 9, 22)).empty
    authors.do(Verb.EDIT, "national_officer", authors.get(), content=replace(NATIONAL, body="新"))
    national = desks.desk(country.actor("national_officer"), date(2026, 9, 22))
    assert [line.key for line in national.diverged] == ["cards/acc-4a"]
    assert desks.from_file(authors.get())
