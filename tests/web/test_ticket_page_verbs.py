"""Every verb through its own page: done, refused, done twice, and what was typed is still there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from sqlalchemy.orm import Session

from helpdesk.tickets.models import Ticket
from helpdesk.tickets.operations import answers, steps, work
from helpdesk.tickets.rules import VERBS, Status, Verb
from helpdesk.web.tickets.verbs import PAGES
from tests.factories.country import build
from tests.factories.tickets import Desk
from tests.support.client import Client, form_of

ID_NUMBER = "11010519491231002X"


@pytest.fixture
def desk(session: Session, now: datetime) -> Iterator[Desk]:
    """A small country at work; its clock stands still at `now`."""
    with time_machine.travel(now, tick=False):
        yield Desk(build(now), now)


def arrived(desk: Desk) -> Ticket:
    return desk.open()


def accepted(desk: Desk) -> Ticket:
    ticket = desk.open()
    desk.accept("county_officer", ticket)
    return ticket


def handed_up(desk: Desk) -> Ticket:
    ticket = desk.open()
    desk.hand_up("county_officer", ticket)
    return ticket


def waiting(desk: Desk) -> Ticket:
    ticket = accepted(desk)
    desk.ask("county_officer", ticket)
    return ticket


def resolved(desk: Desk) -> Ticket:
    ticket = desk.open()
    desk.resolve("county_officer", ticket)
    return ticket


def closed(desk: Desk) -> Ticket:
    ticket = resolved(desk)
    answers.confirm(ticket=ticket, act=desk.act("teacher", ticket))
    return ticket


def finished(desk: Desk) -> Ticket:
    ticket = accepted(desk)
    desk.finish_steps("county_officer", ticket)
    return ticket


def returned(desk: Desk) -> Ticket:
    from helpdesk.routing import operations as routing

    ticket = accepted(desk)
    act = desk.act("county_officer", ticket)
    routing.return_down(ticket=ticket, act=act, reason="看不清", missing="截图")
    return ticket


def paused(desk: Desk) -> Ticket:
    ticket = accepted(desk)
    work.pause(ticket=ticket, act=desk.act("county_officer", ticket), event_name="等平台恢复")
    return ticket


def at_centre(desk: Desk) -> Ticket:
    ticket = desk.to_call_centre(desk.open())
    desk.accept("agent", ticket)
    return ticket


def with_open_step(desk: Desk) -> Ticket:
    ticket = desk.open(card="ACC-4b")
    desk.accept("county_officer", ticket)
    for step in steps.steps_of(ticket):
        if step.body_id == desk.country.body("enrolment").id:
            act = desk.act("county_officer", ticket)
            steps.delegate(ticket=ticket, act=act, step_id=step.id, question="请核对。")
            return ticket
    raise AssertionError("the card has no step of the enrolment office")


def lonely(desk: Desk) -> Ticket:
    return desk.open("lonely_teacher")


def first_step(desk: Desk, ticket: Ticket) -> str:
    return str(steps.unfinished_required(ticket)[0].id)


def open_step(desk: Desk, ticket: Ticket) -> str:
    return str(next(s.id for s in steps.steps_of(ticket) if s.state.value == "open"))


Start = Callable[[Desk], Ticket]
# verb: (the ticket before, who, what is typed, state after)
CASES: dict[Verb, tuple[Start, str, dict[str, Any], Status]] = {
    Verb.TAKE: (arrived, "county_officer", {}, Status.ARRIVED),
    Verb.ASSIGN: (arrived, "county_lead", {"person_id": "county_officer"}, Status.ARRIVED),
    Verb.RELEASE: (accepted, "county_officer", {}, Status.ACCEPTED),
    Verb.TAKE_OVER: (lonely, "city_officer", {"reason": "该县还没有人员"}, Status.ARRIVED),
    Verb.ACCEPT: (arrived, "county_officer", {}, Status.ACCEPTED),
    Verb.REPLY: (accepted, "teacher", {"text": "还是不行。"}, Status.ACCEPTED),
    Verb.NOTE: (accepted, "county_officer", {"text": "先按一件查。"}, Status.ACCEPTED),
    Verb.ASK: (
        accepted,
        "county_officer",
        {"text": "几点出错的？", "body_id": "school"},
        Status.WAITING,
    ),
    Verb.SUPPLY: (waiting, "teacher", {"text": "上午9点。"}, Status.ACCEPTED),
    Verb.HAND_UP: (
        accepted,
        "county_officer",
        {"reason": "本级没有权限", "tried": "核对过账号"},
        Status.ARRIVED,
    ),
    Verb.RECALL: (handed_up, "county_officer", {"reason": "县里能办"}, Status.ACCEPTED),
    Verb.REDIRECT: (
        arrived,
        "county_lead",
        {"card_code": "OPS", "reason": "是操作问题"},
        Status.ARRIVED,
    ),
    Verb.RETURN: (
        accepted,
        "county_officer",
        {"reason": "看不清截图", "missing": "清楚的截图"},
        Status.RETURNED,
    ),
    Verb.RESUBMIT: (returned, "teacher", {"text": "已附新截图。"}, Status.ARRIVED),
    Verb.WITHDRAW: (arrived, "teacher", {"reason": "自己解决了"}, Status.WITHDRAWN),
    Verb.DELEGATE: (
        at_centre,
        "agent",
        {"step_id": "0", "body_id": "national_aid", "name": "补建账号", "question": "请补建。"},
        Status.ACCEPTED,
    ),
    Verb.COMPLETE_STEP: (
        with_open_step,
        "enrolment_officer",
        {"step_id": open_step, "answer": "审核已通过。"},
        Status.ACCEPTED,
    ),
    Verb.RECORD_STEP: (
        accepted,
        "county_officer",
        {"step_id": first_step, "answer": "已核实身份", "source": "电话", "source_on": ""},
        Status.ACCEPTED,
    ),
    Verb.FEEDBACK: (
        at_centre,
        "agent",
        {"text": "已定位。", "end": "promised", "promised_on": "2026-09-30", "because": ""},
        Status.FED_BACK,
    ),
    Verb.RESOLVE: (
        finished,
        "county_officer",
        {"text": "已重置。", "proof": "已登录成功"},
        Status.RESOLVED,
    ),
    Verb.CONFIRM: (resolved, "teacher", {"call_back": ""}, Status.CLOSED),
    Verb.NOT_SOLVED: (resolved, "teacher", {"reason": "仍然提示密码错误"}, Status.ARRIVED),
    Verb.REOPEN: (closed, "teacher", {"reason": "又出现了"}, Status.ARRIVED),
    Verb.CLOSE: (resolved, "county_officer", {"reason": "对方电话说已解决"}, Status.CLOSED),
    Verb.MERGE: (
        accepted,
        "county_officer",
        {"number": "other", "reason": "同一件事"},
        Status.MERGED,
    ),
    Verb.URGE: (arrived, "teacher", {"text": "今天要用"}, Status.ARRIVED),
    Verb.PRIORITY: (arrived, "county_officer", {"urgency": "urgent"}, Status.ARRIVED),
    Verb.PAUSE: (accepted, "county_officer", {"event_name": "等平台恢复"}, Status.ACCEPTED),
    Verb.RESUME: (paused, "county_officer", {}, Status.ACCEPTED),
}
WITHOUT_WORDS = (
    Verb.TAKE,
    Verb.RELEASE,
    Verb.ACCEPT,
    Verb.RESUME,
    Verb.CONFIRM,
    Verb.URGE,
    Verb.PRIORITY,
    Verb.ASSIGN,
)


def test_every_verb_of_the_table_is_walked() -> None:
    assert set(CASES) == set(VERBS)


def typed(desk: Desk, ticket: Ticket, values: dict[str, Any]) -> dict[str, str]:
    """The words of a case with the ids of this very database."""
    made = {}
    for key, value in values.items():
        if callable(value):
            made[key] = value(desk, ticket)
        elif key == "person_id":
            made[key] = str(desk.country.people[value].id)
        elif key == "body_id":
            made[key] = str(desk.country.body(value).id)
        elif value == "other":
            other = desk.open(title="另一件")
            desk.accept("county_officer", other)
            made[key] = other.number
        else:
            made[key] = value
    return made


@pytest.mark.parametrize("verb", list(CASES), ids=lambda verb: verb.value)
def test_a_verb_is_done_once_and_says_so(verb: Verb, desk: Desk, client: Client) -> None:
    start, who, words, after = CASES[verb]
    ticket = start(desk)
    values = typed(desk, ticket, words)
    client.sign_in(desk.country.account(who))
    address = f"/tickets/{ticket.number}/{verb.value}"
    page = client.get(address)
    assert page.status_code == 200
    sent = {**form_of(page, verb.value), **values}
    version = ticket.version
    answer = client.post(address, data=sent)
    assert answer.status_code == 303, answer.text
    assert ticket.status is after
    assert ticket.version == version + 1
    assert 'class="hd-notice hd-notice--tint is-ok"' in client.get(f"/tickets/{ticket.number}").text
    # The double click: said, and nothing changes.
    again = client.post(address, data=sent, follow_redirects=True)
    assert "已经处理过了，不用重复提交" in again.text
    assert ticket.version == version + 1


@pytest.mark.parametrize(
    "verb", [v for v in CASES if v not in WITHOUT_WORDS], ids=lambda verb: verb.value
)
def test_an_empty_form_comes_back_with_a_sentence(verb: Verb, desk: Desk, client: Client) -> None:
    start, who, _words, _after = CASES[verb]
    ticket = start(desk)
    before = ticket.status
    client.sign_in(desk.country.account(who))
    answer = client.post(f"/tickets/{ticket.number}/{verb.value}", data={"version": "", "once": ""})
    assert answer.status_code == 422
    assert "处要改" in answer.text
    assert ticket.status is before


@pytest.mark.parametrize(
    "verb",
    [v for v in CASES if v not in WITHOUT_WORDS and v is not Verb.MERGE],
    ids=lambda verb: verb.value,
)
def test_personal_data_is_shown_masked_and_not_kept(verb: Verb, desk: Desk, client: Client) -> None:
    start, who, words, _after = CASES[verb]
    ticket = start(desk)
    values = typed(desk, ticket, words)
    text = next(k for k in ("reason", "text", "answer", "question", "event_name") if k in values)
    values[text] = f"学生{ID_NUMBER}登不上"
    before = ticket.version
    client.sign_in(desk.country.account(who))
    answer = client.post(f"/tickets/{ticket.number}/{verb.value}", data=values)
    assert answer.status_code == 422
    assert "有个人信息，没有保存" in answer.text
    assert "像身份证号" in answer.text
    # What was typed is still there for correction; nothing is stored.
    assert f"学生{ID_NUMBER}登不上" in answer.text
    assert ticket.version == before


@pytest.mark.parametrize("verb", [v for v, page in PAGES.items() if page.label])
def test_a_complaint_calls_the_field_by_its_label(verb: Verb, desk: Desk, client: Client) -> None:
    start, who, _words, _after = CASES[verb]
    ticket = start(desk)
    client.sign_in(desk.country.account(who))
    address = f"/tickets/{ticket.number}/{verb.value}"
    form = {**form_of(client.get(address), verb.value), "reason": ""}
    page = client.post(address, data=form).text
    assert page.count(PAGES[verb].label) >= 2  # at the field and in the complaint


def test_of_two_people_at_once_one_is_told_and_keeps_the_text(desk: Desk, client: Client) -> None:
    ticket = accepted(desk)
    client.sign_in(desk.country.account("county_officer"))
    address = f"/tickets/{ticket.number}/hand-up"
    sent = form_of(client.get(address), "hand-up")
    work.prioritise(ticket=ticket, act=desk.act("county_lead", ticket), urgent=True)
    sent |= {"reason": "本级没有权限", "tried": "核对过账号"}
    answer = client.post(address, data=sent)
    assert answer.status_code == 409
    assert "已经办理（调整缓急）" in answer.text
    assert "本级没有权限" in answer.text
    # The form now carries what is known: the second try goes through.
    again = client.post(address, data={**form_of(answer, "hand-up")})
    assert again.status_code == 303
    assert ticket.holder_body_id == desk.country.body("city").id


def test_a_reply_fits_whatever_happened_meanwhile(desk: Desk, client: Client) -> None:
    ticket = accepted(desk)
    client.sign_in(desk.country.account("teacher"))
    sent = form_of(client.get(f"/tickets/{ticket.number}"), "/reply")
    work.prioritise(ticket=ticket, act=desk.act("county_lead", ticket), urgent=True)
    answer = client.post(f"/tickets/{ticket.number}/reply", data={**sent, "text": "补一句。"})
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("#talk-end")


@pytest.mark.parametrize(
    ("who", "verb", "status"),
    [
        ("teacher", "accept", 403),
        ("teacher", "note", 403),
        ("county_officer", "assign", 403),
        ("county_officer", "confirm", 403),
        ("city_officer", "accept", 403),
        ("neighbour_officer", "accept", 404),
        ("it_engineer", "accept", 404),
        ("sibling_teacher", "withdraw", 404),
        ("county_officer", "supply", 403),
        ("county_officer", "hand-up", 409),
        ("teacher", "confirm", 409),
    ],
)
def test_the_wrong_person_or_moment_is_refused(
    who: str, verb: str, status: int, desk: Desk, client: Client
) -> None:
    ticket = desk.open()
    client.sign_in(desk.country.account(who))
    answer = client.get(f"/tickets/{ticket.number}/{verb}")
    assert answer.status_code == status
    if status == 409:
        assert "请刷新页面查看能做什么" in answer.text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"end": "promised", "promised_on": ""}, "请填写“承诺解决日期”"),
        ({"end": "cannot", "because": " "}, "请填写“无法解决的原因”"),
        ({"end": "promised", "promised_on": "2026-09-01"}, "承诺解决日期不能早于今天"),
        ({"end": "", "promised_on": "2026-09-30"}, "处要改"),
        ({"end": "promised", "promised_on": "soon"}, "处要改"),
        ({"end": "promised", "promised_on": "2026-09-30", "text": "长" * 4001}, "写得太长"),
    ],
)
def test_feedback_needs_a_date_or_a_reason(
    words: dict[str, str], said: str, desk: Desk, client: Client
) -> None:
    ticket = at_centre(desk)
    client.sign_in(desk.country.account("agent"))
    seen = {"version": str(ticket.version), "text": "已定位。", "because": ""}
    answer = client.post(f"/tickets/{ticket.number}/feedback", data={**seen, **words})
    assert answer.status_code == 422
    assert said in answer.text
    assert ticket.status is Status.ACCEPTED


def test_a_wrong_number_to_merge_into_keeps_the_form(desk: Desk, client: Client) -> None:
    ticket = accepted(desk)
    client.sign_in(desk.country.account("county_officer"))
    address = f"/tickets/{ticket.number}/merge"
    form = form_of(client.get(address), "/merge")
    answer = client.post(address, data={**form, "number": "2026-9999999", "reason": "同一件事"})
    assert answer.status_code == 422
    assert "不能并入2026-9999999" in answer.text
    assert "同一件事" in answer.text


@pytest.mark.parametrize("verb", list(CASES), ids=lambda verb: verb.value)
def test_every_verb_page_can_be_read_in_english(verb: Verb, desk: Desk, client: Client) -> None:
    start, who, _words, _after = CASES[verb]
    ticket = start(desk)
    client.set_cookie("language", "en")
    client.sign_in(desk.country.account(who))
    assert client.get(f"/tickets/{ticket.number}/{verb.value}").status_code == 200
