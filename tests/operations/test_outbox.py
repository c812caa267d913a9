"""Messages are written with their fact, once, masked, in the reader's language."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.kernel.errors import Forbidden, NotFound
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.outbox import access, queries
from helpdesk.outbox.models import Message
from helpdesk.outbox.operations import keeping
from helpdesk.outbox.operations.writing import Note, put_all
from helpdesk.outbox.operations.writing import put as put_one
from helpdesk.outbox.rules import State
from helpdesk.people.events import PersonsMerged
from tests.factories.country import Country


def put(country: Country, who: str = "teacher", key: str = "history:1", **over: Any) -> int:
    return put_one(
        event_key=key,
        recipient_person_id=country.people[who].id,
        message=over.pop("message", "ticket_arrived"),
        params=over.pop("params", {"number": "2026-0000001", "title": "登录不了"}),
        about=over.pop("about", "ticket:2026-0000001"),
        now=over.pop("now", country.now),
        **over,
    )


def rows(session: Session) -> list[Message]:
    return list(session.scalars(select(Message).order_by(Message.id)))


def test_a_notice_is_there_at_once_and_a_letter_waits(session: Session, country: Country) -> None:
    assert put(country) == 2
    notice, letter = rows(session)
    assert (notice.channel, notice.state, notice.next_at) == ("in_app", State.SENT, None)
    assert (letter.channel, letter.state, letter.next_at) == ("mail", State.QUEUED, country.now)


def test_the_same_fact_tells_a_person_once(session: Session, country: Country) -> None:
    put(country)
    assert put(country) == 0
    assert len(rows(session)) == 2


@pytest.mark.parametrize(
    "other",
    [{"key": "history:2"}, {"message": "ticket_closed"}, {"who": "principal"}],
    ids=["another fact", "another message", "another person"],
)
def test_what_differs_is_told_too(
    session: Session, country: Country, other: dict[str, Any]
) -> None:
    put(country)
    assert put(country, **other) == 2


def test_the_message_goes_with_the_fact_that_is_undone(session: Session, country: Country) -> None:
    with pytest.raises(RuntimeError), unit_of_work():
        put(country)
        raise RuntimeError("the act failed")
    assert rows(session) == []


def test_the_readers_language_is_kept(session: Session, country: Country) -> None:
    country.people["teacher"].locale = "en"
    session.flush()
    put(country)
    assert {row.locale for row in rows(session)} == {"en"}


def test_personal_data_never_gets_into_a_row(session: Session, country: Country) -> None:
    put(country, params={"title": "学生13812345678登录不了"})
    assert all("13812345678" not in str(row.params) for row in rows(session))


def test_many_readers_cost_two_statements(
    session: Session, country: Country, queries: list[str]
) -> None:
    queries.clear()
    note = Note("history:9", "ticket_arrived", "ticket:2026-0000001", {})
    readers = [person.id for person in country.people.values()]
    assert put_all(note=note, recipients=readers, now=country.now) == 2 * len(readers)
    assert len(queries) == 2


def test_nobody_to_tell_is_no_error(session: Session, country: Country) -> None:
    note = Note("history:9", "ticket_arrived")
    assert put_all(note=note, recipients=(), now=country.now) == 0


# --- a person's own list -------------------------------------------------------------------------


def test_notices_are_counted_listed_and_read(session: Session, country: Country) -> None:
    teacher = country.actor("teacher")
    person_id = country.people["teacher"].id
    for number in range(5):
        put(country, key=f"history:{number}")
    assert queries.unread_count(person_id) == 5
    newest = queries.notices_of(person_id, size=2)
    assert newest.next is not None
    older = queries.notices_of(person_id, after=newest.next, size=2)
    ids = [notice.id for notice in (*newest.rows, *older.rows)]
    assert ids == sorted(ids, reverse=True)
    assert keeping.mark_read(actor=teacher, notice_ids=[ids[0]], now=country.now) == 1
    assert queries.unread_count(person_id) == 4
    assert keeping.mark_all_read(actor=teacher, up_to_id=ids[2], now=country.now) == 3
    assert queries.unread_count(person_id) == 1


def test_nobody_reads_or_marks_the_notices_of_others(session: Session, country: Country) -> None:
    put(country)
    principal = country.actor("principal")
    notice_id = rows(session)[0].id
    assert queries.notices_of(country.people["principal"].id).rows == []
    assert keeping.mark_read(actor=principal, notice_ids=[notice_id], now=country.now) == 0
    with pytest.raises(NotFound):
        access.notice_about(principal, notice_id)
    assert access.notice_about(country.actor("teacher"), notice_id) == "ticket:2026-0000001"


def test_a_letter_is_no_notice(session: Session, country: Country) -> None:
    put(country, channels=("mail",))
    assert queries.unread_count(country.people["teacher"].id) == 0
    with pytest.raises(NotFound):
        access.notice_about(country.actor("teacher"), rows(session)[0].id)


def test_the_count_stops_where_the_bell_says_more(session: Session, country: Country) -> None:
    for number in range(queries.MOST_COUNTED + 3):
        put(country, key=f"history:{number}", channels=("in_app",))
    assert queries.unread_count(country.people["teacher"].id) == queries.MOST_COUNTED


def test_two_records_of_one_person_share_one_bell(session: Session, country: Country) -> None:
    put(country, "teacher", "history:1")
    put(country, "principal", "history:1")
    put(country, "teacher", "history:2")
    kept, merged = country.people["principal"].id, country.people["teacher"].id
    keeping.follow_merge(PersonsMerged(kept_id=kept, merged_id=merged, at=country.now))
    assert queries.unread_count(kept) == 2
    assert queries.unread_count(merged) == 1, "what both were told is not told twice"


# --- dead letters --------------------------------------------------------------------------------


def dead(session: Session, country: Country, key: str = "history:1") -> Message:
    put(country, key=key, channels=("mail",))
    row = rows(session)[-1]
    row.state, row.next_at, row.attempts, row.reason = State.DEAD, None, 15, "550 refused"
    session.flush()
    return row


def test_a_dead_letter_is_sent_again_with_all_its_attempts(
    session: Session, country: Country
) -> None:
    row = dead(session, country)
    later = country.now + timedelta(days=9)
    agent = country.actor("agent")
    keeping.retry(actor=agent, message_id=row.id, now=later)
    session.refresh(row)
    assert (row.state, row.attempts, row.next_at) == (State.QUEUED, 0, later)
    assert row.good_until > later
    assert (row.retried_by, row.retried_at) == (agent.person_id, later)


def test_a_second_click_says_that_it_was_done(session: Session, country: Country) -> None:
    row = dead(session, country)
    keeping.retry(actor=country.actor("agent"), message_id=row.id, now=country.now)
    with pytest.raises(keeping.NotDead):
        keeping.retry(actor=country.actor("agent"), message_id=row.id, now=country.now)


def test_all_dead_letters_at_once_and_no_others(session: Session, country: Country) -> None:
    dead(session, country, "history:1")
    dead(session, country, "history:2")
    put(country, key="history:3")
    assert keeping.retry_all(actor=country.actor("agent"), now=country.now) == 2
    assert queries.letters(state=State.DEAD).rows == []
    assert len(queries.letters(state=State.QUEUED).rows) == 3


def test_the_operators_figures(session: Session, country: Country) -> None:
    dead(session, country)
    put(country, key="history:2", now=country.now - timedelta(hours=2))
    load = queries.load()
    assert load.by_state == {State.DEAD: 1, State.QUEUED: 1}
    assert load.oldest_waiting == country.now - timedelta(hours=2)
    assert load.last_sent is None


def test_the_outbox_is_its_operators(session: Session, country: Country) -> None:
    with pytest.raises(Forbidden):
        access.outbox(country.actor("agent"))
