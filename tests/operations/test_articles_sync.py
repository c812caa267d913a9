"""Articles from files: what was written here stays until somebody says otherwise."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest

from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.errors import NotFound
from helpdesk.knowledge.access import articles as access
from helpdesk.knowledge.operations.articles.syncing import OwnerUnknown
from helpdesk.knowledge.queries import articlefiles as folder
from helpdesk.knowledge.queries import articles as queries
from helpdesk.knowledge.rules.articles import State, Verb
from helpdesk.knowledge.rules.differences import Change
from tests.factories.articles import NATIONAL, Authors, file
from tests.factories.country import Country
from tests.support.queries import Queries

NEWER = replace(NATIONAL, summary="由县里重置。")
OURS = replace(NATIONAL, summary="各省不同，由资助部门重置。")


@pytest.fixture
def authors(country: Country) -> Authors:
    return Authors(country)


@pytest.fixture
def made(request: pytest.FixtureRequest) -> Queries:
    """The statements sent so far."""
    found: Queries = request.getfixturevalue("queries")
    return found


@pytest.fixture
def changed_here(authors: Authors) -> Authors:
    """The article of the file, changed by the national centre."""
    authors.sync()
    authors.do(Verb.EDIT, "national_officer", authors.get(), content=OURS)
    return authors


def test_the_real_stock_comes_in_and_stays(authors: Authors, made: Queries) -> None:
    stock = folder.files()
    assert len(authors.sync(*stock).added) == len(stock)
    made.clear()
    again = authors.sync(*stock)
    assert len(made) <= 8
    assert len(again.unchanged) == len(stock)
    others = (again.added, again.updated, again.diverged, again.gone)
    assert others == ([], [], [], [])


def test_a_changed_file_is_a_new_version_that_everybody_sees(authors: Authors) -> None:
    authors.sync()
    assert authors.sync(file(NEWER)).updated == ["cards/acc-4a"]
    article = authors.get()
    assert (article.summary, article.shown_no, article.state) == (NEWER.summary, 2, State.PUBLISHED)
    assert len(queries.versions(article, all_of_them=True)) == 2


def test_a_run_on_trial_writes_nothing(authors: Authors) -> None:
    assert authors.sync(write=False).added == ["cards/acc-4a"]
    with pytest.raises(NotFound):
        authors.get()


def test_what_was_written_here_is_listed_with_the_difference(changed_here: Authors) -> None:
    assert changed_here.get().diverged
    (one,) = changed_here.sync(file(NEWER)).diverged
    assert one.key == "cards/acc-4a"
    assert [line.text for line in one.lines if line.change is Change.OLD] == [
        f"summary: {NEWER.summary}"
    ]
    article = changed_here.get()
    assert queries.view(SYSTEM, article, newest=True).content == OURS
    assert queries.view(SYSTEM, article).content == NATIONAL  # what readers see meanwhile
    # The newest text of the file is kept for the desk, once.
    changed_here.sync(file(NEWER))
    assert article.file_no is not None
    assert queries.content(queries.version_of(article, article.file_no)) == NEWER
    assert len(queries.versions(article, all_of_them=True)) == 3


def test_the_file_is_taken_when_somebody_says_so(changed_here: Authors) -> None:
    report = changed_here.sync(file(NEWER), take=frozenset({"cards/acc-4a"}))
    assert report.taken == ["cards/acc-4a"]
    article = changed_here.get()
    assert (article.state, article.diverged, article.summary) == (
        State.PUBLISHED,
        False,
        NEWER.summary,
    )
    assert [done.verb for done in queries.history(article)][-1] is Verb.TAKE_FILE
    with pytest.raises(NotFound):
        changed_here.sync(file(NEWER), take=frozenset({"cards/nothing"}))


def test_what_is_exported_and_committed_has_diverged_no_more(changed_here: Authors) -> None:
    article = changed_here.get()
    assert queries.diverged_ids() == [article.id]
    assert changed_here.sync(file(OURS)).unchanged == [article.key]
    assert not changed_here.get().diverged
    assert queries.diverged_ids() == []


def test_a_file_that_is_gone_leaves_its_article(authors: Authors) -> None:
    authors.sync()
    assert authors.sync(file(key="howto/two-accounts")).gone == ["cards/acc-4a"]
    assert authors.get().shown_no == 1


def test_a_file_may_belong_to_an_office(authors: Authors, country: Country) -> None:
    authors.sync(file(owner="420000"))
    assert authors.get().body_id == country.body("province").id
    with pytest.raises(NotFound):
        access.article(country.actor("hei_staff"), "cards/acc-4a")
    with pytest.raises(OwnerUnknown):
        authors.sync(file(key="howto/two-accounts", owner="NOBODY"))


def test_a_local_article_is_written_as_a_file_with_its_owner(authors: Authors) -> None:
    article = authors.published()
    found = queries.as_a_file(article.id)
    assert found.key == article.key
    assert "\nowner: '420000'\n" in found.text


def test_nobody_takes_the_token_of_a_file_beforehand(authors: Authors) -> None:
    authors.start("other_province_officer", once=sha256(b"cards/acc-4a").hexdigest())
    assert authors.sync().added == ["cards/acc-4a"]
