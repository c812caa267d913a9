"""What one delivery run does with the rows, whatever the channel answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.outbox import rules
from helpdesk.outbox.models import Message
from helpdesk.outbox.operations import delivering, writing
from helpdesk.outbox.operations.delivering import Check, Equipment, Tally
from helpdesk.outbox.rules import Channel, Letter, Outcome, Rendered, State, Verdict
from tests.factories.country import Country, build


@dataclass
class Scripted:
    """A channel that answers as told, one answer a letter, then always "sent"."""

    answers: list[Verdict] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    ready: bool = True
    db_during_send: list[bool] = field(default_factory=list)
    session: Session | None = None

    @contextmanager
    def run(self) -> Iterator[Scripted]:
        yield self

    def send(self, letter: Letter) -> Outcome:
        self.letters.append(letter)
        assert self.session is not None
        self.db_during_send.append(bool(self.session.info.get("unit_of_work")))
        return Outcome(self.answers.pop(0) if self.answers else Verdict.SENT, "said so")


@dataclass
class Post:
    """Country, channel and a clock that a test moves on."""

    country: Country
    channel: Scripted
    session: Session
    now: datetime
    checks: Mapping[str, Check] = field(default_factory=dict)

    def put(self, key: str = "history:1", who: str = "teacher", **over: Any) -> Message:
        writing.put(
            event_key=key,
            recipient_person_id=self.country.people[who].id,
            message=over.pop("message", "ticket_arrived"),
            params=over.pop("params", {"title": "登录不了"}),
            about="ticket:2026-0000001",
            channels=("mail",),
            now=self.now,
        )
        return self.rows()[-1]

    def rows(self) -> list[Message]:
        found = select(Message).order_by(Message.id)
        return list(self.session.scalars(found.execution_options(populate_existing=True)))

    def deliver(self, **over: Any) -> Tally:
        tools = Equipment(
            render=over.pop("render", words),
            transports={Channel.MAIL: self.channel},
            checks=self.checks,
        )
        return delivering.deliver(
            tools=tools, clock=lambda: self.now, transaction=unit_of_work, **over
        )

    def later(self, **delta: int) -> None:
        self.now += timedelta(**delta)


def words(*, message: str, params: Mapping[str, Any], locale: str, about: str) -> Rendered:
    return Rendered(f"{locale}:{message}", f"{params['title']} {about}", "<p></p>")


@pytest.fixture
def post(session: Session, now: datetime) -> Post:
    country = build(now)
    return Post(country, Scripted(session=session), session, now)


def test_a_due_letter_is_rendered_and_sent_once(post: Post) -> None:
    post.put()
    assert post.deliver().summary() == "sent 1"
    assert post.deliver().summary() == ""
    (letter,) = post.channel.letters
    assert letter.address == "teacher@example.org"
    assert letter.rendered.subject == "zh:ticket_arrived"
    assert letter.rendered.text == "登录不了 ticket:2026-0000001"
    (row,) = post.rows()
    assert (row.state, row.sent_at, row.attempts) == (State.SENT, post.now, 1)


def test_no_unit_of_work_is_open_while_the_server_is_waited_for(post: Post) -> None:
    post.put()
    post.deliver()
    assert post.channel.db_during_send == [False]


def test_oldest_first_and_no_more_than_the_limit(post: Post) -> None:
    post.put("history:1")
    post.later(minutes=1)
    post.put("history:2", "principal")
    assert post.deliver(limit=1).sent == 1
    assert post.channel.letters[0].address == "teacher@example.org"


def test_a_letter_that_failed_for_now_waits_its_turn_and_keeps_its_identity(post: Post) -> None:
    post.channel.answers = [Verdict.LATER]
    post.put()
    assert post.deliver().later == 1
    assert post.deliver().summary() == ""
    (row,) = post.rows()
    assert (row.state, row.next_at, row.reason) == (
        State.QUEUED,
        post.now + rules.RETRY_AFTER[0],
        "said so",
    )
    post.later(minutes=1)
    assert post.deliver().sent == 1
    first, second = post.channel.letters
    assert first.identity == second.identity


def test_the_whole_table_of_waits_ends_in_death(post: Post) -> None:
    post.channel.answers = [Verdict.LATER] * rules.MOST_ATTEMPTS
    post.put()
    for wait in (*rules.RETRY_AFTER, timedelta()):
        post.deliver()
        post.now += wait
    (row,) = post.rows()
    assert (row.state, row.attempts, row.next_at) == (State.DEAD, rules.MOST_ATTEMPTS, None)


def test_a_refusal_for_good_is_death_and_the_next_letter_leaves(post: Post) -> None:
    post.channel.answers = [Verdict.NEVER]
    post.put("history:1")
    post.put("history:2", "principal")
    assert post.deliver().summary() == "sent 1, dead 1"
    assert [row.state for row in post.rows()] == [State.DEAD, State.SENT]


def test_an_outage_stops_the_run_and_spares_the_others(post: Post) -> None:
    post.channel.answers = [Verdict.OUTAGE]
    for number in range(3):
        post.put(f"history:{number}")
    tally = post.deliver()
    assert tally.summary() == "later 1, outage: said so"
    assert [row.attempts for row in post.rows()] == [1, 0, 0]


def test_without_a_ready_channel_nothing_is_touched(post: Post) -> None:
    post.channel.ready = False
    post.put()
    assert post.deliver().summary() == ""
    assert post.rows()[0].state is State.QUEUED


def test_a_message_that_lost_its_reason_is_dropped(post: Post) -> None:
    post.checks = {"ticket_arrived": lambda about, params: False}
    post.put("history:1")
    post.put("history:2", message="ticket_closed")
    assert post.deliver().summary() == "sent 1, dropped 1"
    assert post.rows()[0].reason == "reason lost"


def test_old_news_is_dropped_instead_of_flooding(post: Post) -> None:
    post.put()
    post.later(days=8)
    assert post.deliver().dropped == 1
    assert post.rows()[0].reason == "expired"


def test_a_reader_without_address_is_dropped(post: Post) -> None:
    post.country.people["teacher"].mail = ""
    post.session.flush()
    post.put()
    assert post.deliver().dropped == 1
    assert post.rows()[0].reason == "no address"


def test_words_that_cannot_be_made_kill_one_letter_only(post: Post) -> None:
    post.put("history:1", params={})
    post.put("history:2")
    assert post.deliver().summary() == "sent 1, dead 1"
    assert post.rows()[0].reason == "not rendered: KeyError"


def test_a_process_that_died_with_a_letter_loses_it_to_the_next(post: Post) -> None:
    post.put()
    with unit_of_work():
        lost = delivering.claim(channels=(Channel.MAIL,), now=post.now)
    assert lost is not None
    assert post.deliver().summary() == ""
    post.now += rules.CLAIM
    assert post.deliver().sent == 1
    # The first one wakes up after all: its word no longer counts.
    with unit_of_work():
        assert delivering.record(claimed=lost, outcome=Outcome(Verdict.NEVER), now=post.now) is None
    assert post.rows()[0].state is State.SENT


def test_a_letter_on_which_processes_die_is_not_tried_for_ever(post: Post) -> None:
    row = post.put()
    row.attempts = rules.MOST_ATTEMPTS
    post.session.flush()
    assert post.deliver().dead == 1
    assert post.channel.letters == []


def test_a_run_ends_in_time_for_a_tidy_stop(post: Post) -> None:
    for number in range(3):
        post.put(f"history:{number}")
    slow = post.channel.send

    def dawdle(letter: Letter) -> Outcome:
        post.now += rules.LONGEST_RUN + timedelta(seconds=1)
        return slow(letter)

    post.channel.send = dawdle  # type: ignore[method-assign]
    assert post.deliver().sent == 1
