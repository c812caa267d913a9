"""Who walks through every page, and with what in hand.

A page that no link of the demonstration leads to: give its address to somebody in PEOPLE, or let
`run` make what it shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.support.asking import ACC_4C, fill, sent
from tests.support.client import Client, form_of

# Somebody for every role and every tier, with addresses that ask for words first.
PEOPLE: dict[str, tuple[str, ...]] = {
    "demo-school": ("/ask?q=登录提示无效学校", "/search?q=登录", "/certificates/check"),
    "demo-university": (),
    "demo-county": ("/ask/phone?q=3442900121", "/search?q=没有这样的问题"),
    "demo-county-lead": ("/queue?view=no-handler", "/training/cases/5"),
    "demo-enrolment": (),
    "demo-county-admin": ("/people?q=王老师", "/people/bodies/2142900479"),
    "demo-city": ("/training/cases/4",),
    "demo-province": (),
    "demo-it": (),
    "demo-supervisor": (),
    "demo-training": ("/training/cases/1", "/training/cases/2", "/training/cases/4"),
    "demo-admin": ("/organizations/3442900121/move",),
    "demo-call": ("/ask/phone?q=421122", "/board?form=table"),
    "demo-call-lead": (),
    "demo-national-admin": (),
    "demo-auditor": (),
    "demo-operator": (),
}
CALLER = {"callback_name": "王老师(演示)", "callback_number": "0713-8800000"}
BIZ = {**CALLER, "card_topic": "other", "text": "免学费政策从哪个学期起算？"}
ARTICLE = "cards/biz"
INVALID_SCHOOL = {
    **CALLER,
    "card_account_kind": "operator",
    "card_exact_message": "无效学校。",
    "card_seen_at": "今天上午起。",
    "card_enrolled_count": "812",
}
ANOTHER_COUNTY = "/ask/phone/3442900120/business/BIZ"
People = Callable[[str], Client]


def starts(people: People) -> dict[str, tuple[str, ...]]:
    """Where everybody starts, after `run`."""
    made = run(people)
    return {name: (*known, *made.get(name, ())) for name, known in PEOPLE.items()}


def run(people: People) -> dict[str, list[str]]:
    """Make through the pages what the demonstration has not, questions in more states above all;
    answers addresses worth a visit by user name."""
    school, county, city = people("demo-school"), people("demo-county"), people("demo-city")
    asked, solved, above = (sent(school, "/ask/business/BIZ", **BIZ) for _ in range(3))
    helped = sent(school, "/ask/login/ACC-4b", **INVALID_SCHOOL)
    for ticket in (asked, solved, above, helped):
        use(county, ticket, "accept")
    use(county, asked, "ask", text="请补充学期。")
    use(county, solved, "resolve", text="从入学学期起算。", proof="政策文件。", article=ARTICLE)
    assert county.post(f"{solved}/worth-an-article").status_code == 303
    use(county, above, "hand-up", reason="需要市级答复。", tried="查过本地规定。")
    use(county, helped, "delegate")
    use(county, helped, "pause", event_name="等统一用户管理平台恢复。")
    nobody_there = sent(city, ANOTHER_COUNTY, **BIZ, received_how="来电")
    return {
        "demo-school": [asked, solved, _draft(school), _check(school)],
        "demo-county": [helped, above, solved, f"{asked}/reply?article={ARTICLE}"],
        "demo-county-lead": _training(people("demo-county-lead")),
        "demo-enrolment": [helped],
        "demo-city": [nobody_there],
    }


def _draft(school: Client) -> str:
    kept = school.post("/ask/login/ACC-4c", data=fill(school, "/ask/login/ACC-4c", **ACC_4C))
    return str(kept.location)


def _check(client: Client) -> str:
    """A check that was begun."""
    page = client.get("/training/quizzes/support")
    begun = client.post("/training/quizzes/support/start", data=form_of(page, "/start"))
    assert begun.status_code == 303, begun.get_data(as_text=True)
    return str(begun.location)


def _training(lead: Client) -> list[str]:
    """The session that is running, with certificates for who was there, and one of them checked."""
    page = lead.get("/training/sessions?when=running").get_data(as_text=True)
    found = re.search(r"/training/sessions/(\d+)", page)
    assert found, page
    sheets = f"/certificates/session/{found[1]}"
    assert lead.post(sheets).status_code == 303
    papers = lead.get(sheets).get_data(as_text=True)
    number = re.search(r"\d{4}(?:-[0-9A-Z]{4}){3}-[0-9A-Z]{2}", papers)
    assert number
    return [found[0], sheets, f"/certificates/check/{number[0]}"]


def use(client: Client, ticket: str, verb: str, **fields: str) -> None:
    """Send the form of a verb."""
    address = f"{ticket}/{verb}"
    answer = client.post(address, data={**form_of(client.get(address), address), **fields})
    assert answer.status_code == 303, answer.get_data(as_text=True)
