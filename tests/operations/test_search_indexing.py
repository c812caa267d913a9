"""What owners put into the index: replaced at its address, in pieces where it is very long."""

from __future__ import annotations

from types import ModuleType

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from helpdesk.knowledge.operations import case_index
from helpdesk.knowledge.operations.articles import indexing as article_index
from helpdesk.organizations.operations import indexing as body_index
from helpdesk.search import models
from helpdesk.search.operations.indexing import drop, put, replace_all
from helpdesk.search.rules.entries import Entry
from helpdesk.tickets.operations import indexing as ticket_index
from tests.support.queries import Queries


def rows(session: Session) -> list[models.Entry]:
    statement = select(models.Entry).order_by(models.Entry.owner_id, models.Entry.piece)
    return list(session.scalars(statement))


def hits(session: Session, token: str) -> int:
    """How many rows of the engine's own index hold this token."""
    asked = {
        "sqlite": "SELECT count(*) FROM search_text WHERE search_text MATCH :token",
        "postgresql": "SELECT count(*) FROM search_entry WHERE tokens @@ CAST(:token AS tsquery)",
    }
    statement = text(asked[session.get_bind().dialect.name])
    return int(session.execute(statement, {"token": f"{token}"}).scalar_one())


def test_a_text_is_replaced_at_its_address(session: Session) -> None:
    put([Entry("card", 1, "密码", "旧的正文"), Entry("card", 2, "学籍")])
    put([Entry("card", 1, "密码", "新的说法")])
    assert [(row.title, row.text) for row in rows(session)] == [
        ("密码", "新的说法"),
        ("学籍", ""),
    ]
    assert (hits(session, "旧的"), hits(session, "新的"), hits(session, "学籍")) == (0, 1, 1)


def test_the_last_word_on_an_address_counts(session: Session) -> None:
    put([Entry("card", 1, "先说"), Entry("card", 1, "后说")])
    assert [row.title for row in rows(session)] == ["后说"]


def test_parts_stand_beside_each_other(session: Session) -> None:
    put([Entry("ticket", 1, "问题"), Entry("ticket", 1, "备注", part="notes")])
    drop("ticket", [1], part="notes")
    assert [row.part for row in rows(session)] == [""]
    drop("ticket", [1])
    assert rows(session) == []
    assert hits(session, "问题") == 0


def test_a_kind_that_comes_whole_leaves_nothing_behind(session: Session) -> None:
    put([Entry("card", 1, "一"), Entry("card", 2, "二"), Entry("item", 2, "三")])
    assert replace_all("card", [Entry("card", 1, "一")]) == 0
    assert [(row.kind, row.owner_id) for row in rows(session)] == [("card", 1), ("item", 2)]
    assert replace_all("card", [Entry("card", 1, "一", "变了")]) == 1
    assert replace_all("card", [Entry("card", 1, "一", "变了")], anew=True) == 1


@pytest.mark.parametrize("long", ["资助系统" * 300, "甲乙" + "字" * 600 + "丙丁"])
def test_a_long_text_is_found_to_its_end_and_shrinks_again(session: Session, long: str) -> None:
    put([Entry("article", 1, "长文", long + "末尾的词")])
    assert len(rows(session)) > 1
    assert hits(session, "尾的") == 1
    put([Entry("article", 1, "长文", "短了")])
    assert len(rows(session)) == 1
    assert hits(session, "尾的") == 0


@pytest.mark.parametrize("owner", [article_index, body_index, case_index, ticket_index])
def test_what_is_indexed_anew_is_held_until_it_is_written(
    session: Session, queries: Queries, owner: ModuleType
) -> None:
    """Else an older text overwrites what was published between reading and writing."""
    owner.index_after(0, size=5)
    waits = session.get_bind().dialect.name == "postgresql"  # SQLite has one writer anyway
    assert any("FOR UPDATE" in statement for statement in queries) is waits
