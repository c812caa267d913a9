"""Drafts and what becomes of them: the guard, the second click, the forecast, clearing away."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.catalog.rules import Door
from helpdesk.files.models import File
from helpdesk.files.queries import Store
from helpdesk.files.rules.kinds import Limits
from helpdesk.intake import access
from helpdesk.intake.models.asking import Solved
from helpdesk.intake.models.drafts import Draft
from helpdesk.intake.operations import asking
from helpdesk.intake.operations import drafts as operations
from helpdesk.intake.queries import drafts as queries
from helpdesk.intake.rules import questions as rules
from helpdesk.intake.rules.questions import Answers, Stage
from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.errors import Forbidden, NotFound, RuleBroken
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.rules import BodyStatus
from helpdesk.sla.rules import Promise
from helpdesk.tickets.models import History, Ticket, TicketFile
from tests.factories.country import build
from tests.factories.intake import WHOLE, Intake

ID = "990101200001010006"


@pytest.fixture
def intake(session: Session, now: datetime, tmp_path: Path) -> Intake:
    return Intake(build(now), now, Store(tmp_path / "files", Limits()))


def test_a_draft_becomes_a_ticket_and_is_emptied(intake: Intake, session: Session) -> None:
    draft = intake.start(file_ids=[intake.file()])
    number = intake.submit(draft)
    ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
    assert (ticket.card_code, ticket.title) == ("ACC-4c", "操作账号登录不了")
    assert ticket.fields["exact_message"] == "用户不存在"
    assert ticket.holder_body_id == intake.country.body("county").id
    assert ticket.callback_number == "0571-88880000"
    assert ticket.asker_person_id == intake.country.people["teacher"].id
    assert ticket.filer_body_id is None
    assert session.scalars(select(TicketFile.name)).all() == ["汇总.csv"]
    assert (draft.ticket_number, draft.answers, draft.files) == (number, {}, [])
    assert queries.drafts_of(intake.country.actor("teacher")) == ()


def test_a_second_click_finds_the_first_ticket(intake: Intake, session: Session) -> None:
    draft = intake.start()
    first = intake.submit(draft)
    assert intake.submit(draft) == first
    assert session.scalar(select(func.count(Ticket.id))) == 1


def test_the_key_of_a_draft_opens_one_ticket_only(intake: Intake, session: Session) -> None:
    draft = intake.start()
    first = intake.submit(draft)
    # As if the first answer had been lost before the draft was emptied.
    draft.ticket_number, draft.answers = None, WHOLE.to_json()
    assert intake.submit(draft) == first
    assert session.scalar(select(func.count(Ticket.id))) == 1


GUARDED = [
    {"title": ID},
    {"text": f"想给{ID}做认定"},
    {"callback_name": "13800000000"},
    {"fields": {"exact_message": f"G{ID}"}},
    {"received_how": "6222020200112230"},
    {"previous_number": ID},
]


@pytest.mark.parametrize("words", GUARDED)
def test_nothing_with_a_number_of_a_person_is_kept(
    intake: Intake, session: Session, words: dict[str, Any]
) -> None:
    with pytest.raises(rules.PersonalDataInDraft):
        intake.start(answers=Answers(**words))
    draft = intake.start()
    with pytest.raises(rules.PersonalDataInDraft):
        operations.keep_draft(
            actor=intake.country.actor("teacher"),
            draft=draft,
            answers=Answers(**words),
            file_ids=(),
            stage=Stage.DETAILS,
            now=intake.now,
        )
    assert session.scalars(select(Draft.answers)).all() == [WHOLE.to_json()]


def test_a_question_goes_on_from_one_its_writer_may_read(intake: Intake, session: Session) -> None:
    first = intake.submit(intake.start())
    second = intake.submit(intake.start(answers=replace(WHOLE, previous_number=f" {first} ")))
    alien = replace(WHOLE, previous_number=second)
    third = intake.submit(intake.start("sibling_teacher", alien), "sibling_teacher")
    before = {ticket.number: ticket.previous_id for ticket in session.scalars(select(Ticket))}
    assert before[first] is None
    assert before[second] == session.scalar(select(Ticket.id).where(Ticket.number == first))
    assert before[third] is None


def test_a_half_draft_is_kept_but_not_sent(intake: Intake) -> None:
    draft = intake.start(answers=Answers(text="先写到这里"), stage=Stage.DETAILS)
    with pytest.raises(rules.DraftIncomplete) as caught:
        intake.submit(draft)
    assert "哪个账号、提示原文、是新建学校、回访电话" in str(caught.value)
    in_english = str(caught.value.filled("en")["labels"])
    assert in_english.isascii()
    assert in_english.endswith(", call-back number")
    (row,) = queries.drafts_of(intake.country.actor("teacher"))
    assert row.id == draft.id


def test_out_stores_nothing(intake: Intake) -> None:
    with pytest.raises(rules.NoRedirectedQuestion):
        intake.start(card_code="OUT", door=Door.BUSINESS)


def test_drafts_are_their_writer_s_alone(intake: Intake) -> None:
    draft = intake.start()
    assert access.draft(intake.country.actor("teacher"), draft.id) is draft
    for who in ("principal", "sibling_teacher", "county_officer", "agent"):
        with pytest.raises(NotFound):
            access.draft(intake.country.actor(who), draft.id)
        assert queries.drafts_of(intake.country.actor(who)) == ()
    with pytest.raises(NotFound):
        access.draft(SYSTEM, draft.id)


def test_a_draft_for_a_body_one_has_left_is_closed_to_one(intake: Intake) -> None:
    draft = intake.start()
    draft.body_id = intake.country.body("sibling_school").id
    with pytest.raises(Forbidden):
        access.draft(intake.country.actor("teacher"), draft.id)


def test_files_of_a_draft(intake: Intake, session: Session) -> None:
    one, two, alien = intake.file(), intake.file(words=b"c,d\n"), intake.file("sibling_teacher")
    actor = intake.country.actor("teacher")
    draft = intake.start(file_ids=[one, two, alien, 99999])
    assert draft.files == [one, two]
    assert access.in_own_draft(actor, one)
    assert not access.in_own_draft(actor, alien)
    assert not access.in_own_draft(intake.country.actor("principal"), one)
    assert not access.in_own_draft(SYSTEM, one)
    operations.keep_draft(
        actor=actor, draft=draft, answers=WHOLE, file_ids=[two], stage=Stage.REVIEW, now=intake.now
    )
    assert session.get(File, one) is None
    operations.discard(actor=actor, draft=draft)
    assert session.scalars(select(File.id)).all() == [alien]
    assert session.scalar(select(func.count(Draft.id))) == 0


def test_six_files_are_too_many(intake: Intake) -> None:
    six = [intake.file(words=f"a,{n}\n".encode()) for n in range(6)]
    with pytest.raises(rules.TooManyFiles):
        intake.start(file_ids=six)


def test_a_settled_question_is_counted_without_a_name(intake: Intake, session: Session) -> None:
    body = organizations.body(intake.country.body("school").id)
    asking.count_solved(card_code="acc-4c", body=body, now=intake.now)
    row = session.scalars(select(Solved)).one()
    assert (row.card_code, row.body_id, row.at) == ("ACC-4c", body.id, intake.now)


def test_old_drafts_and_loose_files_are_cleared_away(intake: Intake, session: Session) -> None:
    sent = intake.start(file_ids=[intake.file()])
    intake.submit(sent)
    kept, loose = intake.file(words=b"c\n"), intake.file(words=b"d\n")
    fresh = intake.start(file_ids=[kept])
    assert operations.clear_away(now=intake.now + timedelta(hours=47)) == 0
    assert operations.clear_away(now=intake.now + timedelta(days=3)) == 1
    assert session.get(File, loose) is None
    assert session.get(File, kept) is not None
    fresh.updated_at = intake.now + timedelta(days=20)
    session.flush()
    assert operations.clear_away(now=intake.now + timedelta(days=31)) == 1
    assert session.scalars(select(Draft.id)).all() == [fresh.id]
    assert operations.clear_away(now=intake.now + timedelta(days=60)) == 2
    assert session.scalars(select(TicketFile.id)).all()
    assert session.scalar(select(func.count(File.id))) == 1


# --- for whom --------------------------------------------------------------------------------

# Who may write down whose question: rows are callers' bodies.
PHONE = [
    ("county_officer", "school", True),
    ("county_officer", "county", True),
    ("county_officer", "enrolment", True),
    ("county_officer", "city_school", False),
    ("county_officer", "neighbour", False),
    ("city_officer", "school", True),
    ("city_officer", "hei", False),
    ("province_officer", "school", True),
    ("province_officer", "other_province", False),
    ("agent", "school", True),
    ("agent", "province", True),
    ("agent", "hei", True),
    ("agent", "other_province", True),
    ("teacher", "school", False),
    ("it_engineer", "school", False),
]


@pytest.mark.parametrize(("who", "body", "allowed"), PHONE)
def test_who_files_for_whom(intake: Intake, who: str, body: str, allowed: bool) -> None:
    actor, code = intake.country.actor(who), intake.country.body(body).code
    if allowed:
        assert access.body_to_file_for(actor, code).code == code
    else:
        with pytest.raises(NotFound):
            access.body_to_file_for(actor, code)


@pytest.mark.parametrize("body", ["call_centre", "national_aid", "moe_it"])
def test_nobody_files_for_those_who_are_asked(intake: Intake, body: str) -> None:
    with pytest.raises(rules.NotToBeAskedFor):
        access.body_to_file_for(intake.country.actor("agent"), intake.country.body(body).code)


def test_a_closed_body_asks_no_more(intake: Intake, session: Session) -> None:
    intake.country.body("school").status = BodyStatus.CLOSED
    session.flush()
    with pytest.raises(rules.BodyDoesNotAskNow):
        access.own_body(intake.country.actor("teacher"))
    with pytest.raises(rules.BodyDoesNotAskNow):
        access.body_to_file_for(
            intake.country.actor("county_officer"), intake.country.body("school").code
        )


def test_a_draft_of_a_body_closed_meanwhile_is_not_sent(intake: Intake, session: Session) -> None:
    draft = intake.start()
    intake.country.body("school").status = BodyStatus.INVALID
    session.flush()
    with pytest.raises(rules.BodyDoesNotAskNow):
        intake.submit(draft)


def test_the_search_for_a_caller_stays_in_range(intake: Intake) -> None:
    def found(who: str, text: str) -> set[str]:
        actor = intake.country.actor(who)
        return {body.name for body in queries.bodies_to_file_for(actor, text)}

    assert found("county_officer", "中学") == {"示范县第一中学", "示范县第二中学"}
    assert "无人县中学" in found("agent", "中学")
    assert found("agent", "3442990001") == {"示范县第一中学"}
    assert found("agent", "呼叫中心") == set()
    assert found("teacher", "中学") == set()


# --- a report by telephone ---------------------------------------------------------------------


def test_a_phoned_report_counts_from_the_call(intake: Intake, session: Session) -> None:
    called = intake.now - timedelta(days=1)
    answers = Answers(
        text="来电说系统打不开", callback_name="赵老师", callback_number="13800000000",
        received_at=called, received_how="来电", fields={"menu_path": "登录页", "account_kind":
        "operator", "exact_message": "无提示"},
    )  # fmt: skip
    draft = intake.start(
        "agent", answers, body="hei", for_others=True, card_code="OPS", door=Door.BUSINESS
    )
    number = intake.submit(draft, "agent")
    ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
    assert ticket.opened_at == called
    assert ticket.asker_person_id is None
    assert ticket.filer_person_id == intake.country.people["agent"].id
    assert ticket.filer_body_id == intake.country.body("call_centre").id
    assert ticket.callback_name == "赵老师"
    assert ticket.due_promise == Promise.LEGAL
    history = session.scalars(select(History).where(History.ticket_id == ticket.id)).one()
    assert history.details == {"received_at": called.isoformat(), "received_how": "来电"}


@pytest.mark.parametrize("shift", [timedelta(minutes=1), timedelta(days=-400)])
def test_a_report_from_an_impossible_time_is_not_sent(intake: Intake, shift: timedelta) -> None:
    answers = Answers(
        fields=WHOLE.fields, callback_name="赵老师", callback_number="13800000000",
        received_at=intake.now + shift, received_how="来电",
    )  # fmt: skip
    draft = intake.start("county_officer", answers, body="school", for_others=True)
    with pytest.raises(RuleBroken):
        intake.submit(draft, "county_officer")


DIFFICULTY = Answers(
    title="还有学生没认定等级",
    text="等级没有全部录入。",
    fields={"count_in_module": "30", "count_graded": "28"},
    subsystem="senior_high",
    callback_name="王老师",
    callback_number="0571-88880000",
)


def test_a_question_keeps_the_filing_date_it_touches(intake: Intake, session: Session) -> None:
    number = intake.submit(intake.start(answers=DIFFICULTY, card_code="DIF-2", door=Door.BUSINESS))
    plain = intake.submit(intake.start())
    kept = {t.number: (t.item_id, t.item_due_on) for t in session.scalars(select(Ticket))}
    assert kept[number] == ("SH-01", date(2026, 10, 31))
    assert kept[plain] == (None, None)
