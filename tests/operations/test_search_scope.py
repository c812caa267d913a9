"""Whoever searches finds what they may read and nothing else (semantics 3)."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from helpdesk.kernel.actor import SYSTEM
from helpdesk.organizations.operations import indexing as bodies
from helpdesk.organizations.operations.moving import move_body
from helpdesk.reports.queries.searching import sights
from helpdesk.search.queries import finding
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.operations import conversation, indexing
from tests.factories.country import Country
from tests.factories.tickets import MONDAY, Desk
from tests.support.queries import Queries

SECRET = "钥匙串"


@pytest.fixture
def now() -> datetime:
    return MONDAY


@pytest.fixture
def ticket(country: Country, desk: Desk) -> Ticket:
    """A question that went from the school to the city; both offices wrote an internal note."""
    opened = desk.open(title="登录提示密码错误", text="昨天还能登录，今天提示密码错误。")
    desk.accept("county_officer", opened)
    conversation.note(
        ticket=opened, act=desk.act("county_officer", opened), text=f"疑似用了{SECRET}保存的旧密码"
    )
    desk.hand_up("county_officer", opened)
    return opened


def found(country: Country, who: str, text: str) -> list[tuple[str, str]]:
    """(key, part) of the tickets that this person finds, and what they are counted as."""
    result = finding.find(text, sights(country.actor(who)), kinds=("ticket",))
    assert result.total == len(result.hits)
    return [(hit.key, hit.part) for hit in result.hits]


def test_a_word_of_an_internal_note_is_found_by_who_reads_notes(
    country: Country, ticket: Ticket
) -> None:
    holders = ("county_officer", "city_officer", "city_supervisor")
    others = (
        "teacher",
        "principal",
        "enrolment_officer",
        "province_lead",
        "other_province_officer",
    )
    for who in holders:
        assert found(country, who, SECRET) == [(ticket.number, "notes")]
    for who in (*others, "neighbour_officer", "province_officer", "agent", "sibling_teacher"):
        assert found(country, who, SECRET) == [], who
        hits = finding.suggest(SECRET, sights(country.actor(who)))
        assert not [hit for hit in hits if hit.kind == "ticket"], who
        assert not finding.similar(f"用{SECRET}保存", sights(country.actor(who)), kinds=("ticket",))


def test_hidden_words_do_not_change_what_others_find(
    country: Country, desk: Desk, ticket: Ticket
) -> None:
    """A word of the note and one that stands nowhere are the same to who reads no notes."""
    for who in ("teacher", "principal"):
        hidden, unknown = (
            finding.find(f"{word} 密码错误", sights(country.actor(who)))
            for word in (SECRET, "铁链子")
        )
        assert [(hit.key, hit.score) for hit in hidden.hits] == [
            (hit.key, hit.score) for hit in unknown.hits
        ]


def test_the_conversation_is_found_by_the_parties(country: Country, ticket: Ticket) -> None:
    for who in ("teacher", "county_officer", "city_officer", "city_supervisor"):
        assert found(country, who, "密码错误") == [(ticket.number, "")], who
    for who in ("sibling_teacher", "city_teacher", "neighbour_officer", "other_province_officer"):
        assert found(country, who, "密码错误") == [], who


def test_a_ticket_is_found_by_its_number_whole_and_in_part(
    country: Country, ticket: Ticket
) -> None:
    whole = ticket.number
    running = whole.split("-")[1]
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in whole)
    parts = {whole, running, running[-4:], running[:5], whole.replace("-", ""), wide}
    for asked in sorted(parts):
        assert found(country, "teacher", asked) == [(whole, "")], asked
        assert found(country, "sibling_teacher", asked) == []


def test_a_restricted_ticket_is_found_by_its_very_parties(country: Country, desk: Desk) -> None:
    secret = desk.open(card="SEC", title="名单外传", text="名单出现在群里。")
    assert found(country, "teacher", "名单外传") == [(secret.number, "")]
    assert found(country, "county_lead", "名单外传") == []
    assert found(country, "city_lead", "名单外传") == []
    assert found(country, "province_lead", "名单外传") == [(secret.number, "")]


def test_personal_data_that_an_older_row_holds_is_masked(
    country: Country, desk: Desk, session: Session
) -> None:
    ticket = desk.open()
    ticket.text = "学生证件号110101201003078515登录不了。"
    session.flush()
    indexing.index_ticket(ticket)
    assert found(country, "teacher", "110101201003078515") == []
    hit = finding.find("证件号", sights(country.actor("teacher")), kinds=("ticket",)).hits[0]
    assert "110101201003078515" not in "".join(text for text, _ in hit.snippet)


def test_bodies_are_found_in_the_range_by_name_code_and_initials(
    country: Country, session: Session
) -> None:
    reindex_bodies()
    school = country.body("school")

    def names(who: str, text: str) -> set[str]:
        hits = finding.find(text, sights(country.actor(who)), kinds=("body",)).hits
        return {hit.title for hit in hits}

    for asked in ("示范县第一中学", "第一中学", school.code, school.code[-4:], "sfxdyzx", "dyzx"):
        assert school.name in names("county_officer", asked), asked
        assert school.name not in names("neighbour_officer", asked), asked


def test_a_moved_subtree_is_found_where_it_is_now(
    country: Country, session: Session, now: datetime
) -> None:
    reindex_bodies()
    school, neighbour = country.body("school"), country.body("neighbour")

    def sees(who: str) -> bool:
        hits = finding.find(school.code, sights(country.actor(who)), kinds=("body",)).hits
        return bool(hits)

    assert (sees("county_officer"), sees("neighbour_officer")) == (True, False)
    move_body(
        actor=SYSTEM,
        body=school,
        new_parent=neighbour,
        version=school.version,
        approval_no="示教〔2026〕7号",
        since_on=date(2026, 11, 2),
        reason="县级管理体制调整",
        now=now,
    )
    assert (sees("county_officer"), sees("neighbour_officer")) == (False, True)


def test_a_search_costs_the_same_however_much_is_found(
    country: Country, desk: Desk, queries: Queries
) -> None:
    def cost() -> int:
        desk.country.actor("teacher")
        queries.clear()
        finding.find("密码错误", sights(country.actor("teacher")))
        return len(queries)

    desk.open()
    few = cost()
    for _ in range(4):
        desk.open()
    assert cost() == few


def reindex_bodies() -> None:
    """The factory writes rows past the operations: what `search reindex` is for."""
    last: int | None = 0
    while last is not None:
        last = bodies.index_after(last, size=7)
