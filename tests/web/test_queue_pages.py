"""The queue of an office: its views, filters, pages, bulk verbs; and search by number and words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

import pytest
import time_machine
from sqlalchemy.orm import Session

from helpdesk.kernel import paging
from helpdesk.kernel.paging import BadCursor
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.operations import steps, work
from helpdesk.tickets.queries import lists
from helpdesk.tickets.queries.lists import Filters, Order, View
from tests.factories.country import build
from tests.factories.tickets import Desk
from tests.support.client import Client, form_of
from tests.support.queries import Queries


@pytest.fixture
def desk(session: Session, now: datetime) -> Iterator[Desk]:
    """A small country at work; its clock stands still at `now`."""
    with time_machine.travel(now, tick=False):
        yield Desk(build(now), now)


@pytest.fixture
def officer(desk: Desk, client: Client) -> Client:
    """The browser of somebody who handles tickets at the county."""
    client.sign_in(desk.country.account("county_officer"))
    return client


def numbers(page: str) -> list[str]:
    """Numbers of the listed tickets in their order."""
    return re.findall(r'class="ttl" href="/tickets/([\d-]+)"', page)


def view(client: Client, name: str, **more: str) -> list[str]:
    page = client.get("/queue", query_string={"view": name, **more})
    assert page.status_code == 200
    return numbers(page.text)


def test_schools_have_no_queue(desk: Desk, client: Client) -> None:
    client.sign_in(desk.country.account("teacher"))
    assert client.get("/queue").status_code == 403


def test_each_view_holds_what_its_name_says(desk: Desk, officer: Client) -> None:
    fresh = desk.open(title="刚到")
    taken = desk.open(title="已受理")
    desk.accept("county_officer", taken)
    asked = desk.open(title="追问中")
    desk.accept("county_lead", asked)
    desk.ask("county_lead", asked)
    gone = desk.open(title="已上报")
    desk.hand_up("county_officer", gone)
    neighbour = desk.open("city_teacher", title="市属学校的问题")

    assert set(view(officer, "held")) == {fresh.number, taken.number, asked.number}
    assert view(officer, "mine") == [taken.number]
    assert view(officer, "unassigned") == [fresh.number]
    assert view(officer, "waiting") == [asked.number]
    assert view(officer, "handed-up") == [gone.number]
    assert view(officer, "returned") == []
    everything = view(officer, "scope")
    assert set(everything) == {fresh.number, taken.number, asked.number, gone.number}
    assert neighbour.number not in everything


def test_a_return_comes_back_to_the_view_of_returns(desk: Desk, officer: Client) -> None:
    from helpdesk.routing import operations as routing

    ticket = desk.open()
    desk.hand_up("county_officer", ticket)
    desk.accept("city_officer", ticket)
    act = desk.act("city_officer", ticket)
    routing.return_down(ticket=ticket, act=act, reason="缺少截图", missing="登录页截图")
    assert view(officer, "returned") == [ticket.number]
    assert "退回1次" in officer.get("/queue?view=returned").text


def test_steps_given_to_us_stand_with_the_time_of_the_step(desk: Desk, client: Client) -> None:
    ticket = desk.open(card="ACC-4b")
    desk.accept("county_officer", ticket)
    office = desk.country.body("enrolment").id
    step = next(s for s in steps.steps_of(ticket) if s.body_id == office)
    act = desk.act("county_officer", ticket)
    steps.delegate(ticket=ticket, act=act, step_id=step.id, question="请核对。")
    client.sign_in(desk.country.account("enrolment_officer"))
    assert view(client, "steps") == [ticket.number]
    assert numbers(client.get("/queue").text) == [ticket.number], "the queue opens on the steps"
    assert view(client, "held") == []
    page = client.get("/queue?view=steps").text
    assert step.name_zh in page
    assert "还有3个工作日" in page
    steps.complete(
        ticket=ticket, act=desk.act("enrolment_officer", ticket), step_id=step.id, answer="已核对"
    )
    assert view(client, "steps") == []


def test_due_soon_is_two_working_days_and_late(desk: Desk, officer: Client) -> None:
    def arriving(day: int) -> Ticket:
        desk.now = datetime.fromisoformat(f"2026-09-{day}T09:00+08:00")
        return desk.open(title=f"{day}日到")

    # Answers are due three working days later: 20 September is worked, 25 to 27 are off.
    late, today, in_two, in_three = arriving(16), arriving(18), arriving(21), arriving(22)
    assert view(officer, "due-soon") == [late.number, today.number, in_two.number]
    assert in_three.number in view(officer, "held")
    page = officer.get("/queue?view=due-soon").text
    assert "已超期2个工作日" in page
    assert "今天到期" in page


def test_urgent_comes_first_and_then_the_earlier_due(desk: Desk, officer: Client) -> None:
    first = desk.open(title="先到")
    desk.later(hours=1)
    second = desk.open(title="后到而紧急")
    work.prioritise(ticket=second, act=desk.act("county_officer", second), urgent=True)
    assert view(officer, "held") == [second.number, first.number]
    assert view(officer, "held", urgent="1") == [second.number]


def test_filters_stand_in_the_address(desk: Desk, officer: Client) -> None:
    password = desk.open(title="密码问题")
    operation = desk.open(card="OPS", title="操作问题", text="菜单找不到。")
    assert view(officer, "held", card="OPS") == [operation.number]
    assert view(officer, "held", q="密码") == [password.number]
    assert view(officer, "held", status="accepted") == []
    page = officer.get("/queue?view=held&card=OPS").text
    assert '<option value="OPS" selected>' in page
    # The filters stay when another view is opened.
    links = re.findall(r'href="/queue\?([^"]+)"', page)
    assert any("view=mine" in link and "card=OPS" in link for link in links)
    # Words that mean nothing are left out, not refused.
    assert len(view(officer, "no-such-view", card="NO-SUCH-CARD", assignee="x")) == 2


def test_pages_follow_each_other_without_gaps(desk: Desk, officer: Client) -> None:
    made = {desk.open(title=f"第{n}个").number for n in range(53)}
    first = officer.get("/queue?view=held").text
    following = re.search(r'href="([^"]+)" rel="next"', first)
    assert following is not None
    second = officer.get(following[1].replace("&amp;", "&")).text
    assert len(numbers(first)) == 50
    assert set(numbers(first)) | set(numbers(second)) == made
    assert not set(numbers(first)) & set(numbers(second))
    assert "已到最后" in second


def test_a_page_address_that_is_not_ours_is_refused(officer: Client) -> None:
    assert officer.get("/queue?view=held&after=nonsense").status_code == 400


def test_several_are_taken_at_once(desk: Desk, officer: Client) -> None:
    mine, other = desk.open(), desk.open()
    page = officer.get("/queue?view=unassigned")
    sent = form_of(page, "/queue/take")
    chosen = re.findall(r'name="chosen" value="([^"]+)"', page.text)
    assert len(chosen) == 2
    # Somebody else is faster with one of them.
    work.take(ticket=other, act=desk.act("county_lead", other))
    answer = officer.post("/queue/take", data={**sent, "chosen": chosen}, follow_redirects=True)
    assert "已处理1件" in answer.text
    assert f"{other.number} 您打开页面以后" in answer.text
    assert mine.assignee_person_id == desk.country.people["county_officer"].id
    assert other.assignee_person_id == desk.country.people["county_lead"].id


def test_the_lead_assigns_several_at_once(desk: Desk, client: Client) -> None:
    tickets = [desk.open(), desk.open()]
    client.sign_in(desk.country.account("county_lead"))
    page = client.get("/queue?view=unassigned")
    sent = form_of(page, "/queue/take")
    person = desk.country.people["county_officer"]
    sent["person_id"] = str(person.id)
    chosen = [f"{t.number}:{t.version}" for t in tickets]
    answer = client.post("/queue/assign", data={**sent, "chosen": chosen}, follow_redirects=True)
    assert "已处理2件" in answer.text
    assert {t.assignee_person_id for t in tickets} == {person.id}


@pytest.mark.parametrize(
    ("address", "data", "said"),
    [
        ("/queue/take", {}, "请先勾选要处理的问题"),
        ("/queue/take", {"chosen": "2026-9999999:1"}, "没有找到"),
        ("/queue/take", {"chosen": "'; drop table"}, "没有找到"),
    ],
)
def test_bulk_says_what_is_missing(
    address: str, data: dict[str, str], said: str, officer: Client
) -> None:
    answer = officer.post(address, data={"back": "/queue", **data}, follow_redirects=True)
    assert said in answer.text


def test_assigning_to_nobody_is_said(desk: Desk, client: Client) -> None:
    ticket = desk.open()
    client.sign_in(desk.country.account("county_lead"))
    answer = client.post(
        "/queue/assign",
        data={"chosen": f"{ticket.number}:1", "person_id": "", "back": "/queue"},
        follow_redirects=True,
    )
    assert "请先选择指派给谁" in answer.text


def test_a_handler_may_not_assign(desk: Desk, officer: Client) -> None:
    answer = officer.post("/queue/assign", data={"chosen": "x", "person_id": "1"})
    assert answer.status_code == 403


def test_bodies_without_handler_are_seen_from_above(desk: Desk, client: Client) -> None:
    lonely = desk.open("lonely_teacher", title="没有人办理")
    desk.open(title="有人办理")
    client.sign_in(desk.country.account("city_officer"))
    assert view(client, "no-handler") == [lonely.number]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", ["held", "mine", "unassigned", "scope", "no-handler", "handed-up"])
def test_views_can_be_read_in_both_languages(
    name: str, language: str, desk: Desk, officer: Client
) -> None:
    desk.open()
    officer.set_cookie("language", language)
    assert officer.get(f"/queue?view={name}").status_code == 200


@pytest.mark.parametrize("address", ["/queue?view=held", "/queue?view=scope", "/search?q=密码"])
def test_the_number_of_queries_does_not_grow(
    address: str, desk: Desk, officer: Client, queries: Queries
) -> None:
    def count() -> int:
        queries.clear()
        assert officer.get(address).status_code == 200
        return len(queries)

    for _ in range(5):
        desk.open()
    count()
    with_five = count()
    for _ in range(45):
        desk.open()
    assert count() == with_five


def test_the_nearest_filing_date_comes_first_where_asked(
    desk: Desk, officer: Client, session: Session
) -> None:
    far, none, near = (desk.open(title=words) for words in ("较远", "无关", "最近"))
    far.item_id, far.item_due_on = "SH-06", date(2026, 12, 20)
    near.item_id, near.item_due_on = "SH-01", date(2026, 10, 31)
    session.flush()
    assert view(officer, "held", order="filing") == [near.number, far.number, none.number]
    assert view(officer, "held", order="nonsense") == [far.number, none.number, near.number]
    assert view(officer, "scope", order="filing") == view(officer, "scope")
    page = officer.get("/queue?order=filing").text
    assert page.index("填报SH-01，") < page.index("填报SH-06，")


def test_a_page_by_filing_date_goes_on_where_it_ended(desk: Desk, session: Session) -> None:
    for number in range(5):
        ticket = desk.open(title=f"第{number}件")
        ticket.item_due_on = date(2026, 10, 31) if number % 2 else None
    session.flush()
    actor, seen = desk.country.actor("county_officer"), list[str]()
    after: str | None = None
    while after is not None or not seen:
        page = lists.queue(
            actor,
            View.HELD,
            Filters(),
            soon_before=desk.now,
            order=Order.FILING,
            after=after,
            size=2,
        )
        seen += [row.title for row in page.rows]
        after = page.next
    assert seen == ["第1件", "第3件", "第0件", "第2件", "第4件"]
    with pytest.raises(BadCursor):
        lists.queue(
            actor,
            View.HELD,
            Filters(),
            soon_before=desk.now,
            order=Order.FILING,
            after=paging.encode(("yesterday", 1)),
        )
