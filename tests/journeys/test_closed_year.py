"""A closed year stays while staff leave: the figures of 2025 and who stood behind them.

Tuesday 22 September 2026: the county's 2025 was closed in February. A reviewer leaves; this year
has one person less, last year nobody. In February 2027 this year is closed too, and stays as well.
"""

from __future__ import annotations

from collections.abc import Callable

import time_machine
from playwright.sync_api import expect

from helpdesk.jobs.runner import run_once
from helpdesk.jobs.schedule import BY_NAME
from tests.support.browsing import Visitor
from tests.support.live import Live
from tests.support.office_work import at

COUNTY, SCHOOL = "421122", "3442900121"


def figures(person: Visitor, year: int) -> list[str]:
    """The three figures of a year of the county, as they stand on the page."""
    person.open(f"/training/coverage/{COUNTY}?year={year}")
    return [
        of.inner_text().replace("\u00a0", " ")
        for of in person.page.locator(".hd-figs .hd-fig .of").all()
    ]


def trained(person: Visitor, year: int) -> list[str]:
    """Who was trained, by the list of that year."""
    person.open(f"/training/coverage/{COUNTY}/persons?which=trained&year={year}")
    rows = person.page.locator("#persons tbody tr")
    return sorted(row.inner_text() for row in rows.all())


def leave(admin: Visitor, name: str, day: str) -> None:
    """Somebody of the school leaves on this day."""
    admin.open(f"/people/bodies/{SCHOOL}")
    admin.follow(admin.page.get_by_role("link", name=name).first)
    admin.press("离岗")
    admin.page.fill("[name=left_on]", day)
    admin.press("办理离岗")
    expect(admin.page.locator("main")).to_contain_text("离岗")


def test_a_closed_year_stays_while_staff_leave(
    live: Live, arrive: Callable[..., Visitor], clock: time_machine.Traveller
) -> None:
    lead, admin = arrive("demo-county-lead"), arrive("demo-county-admin")
    before, people = figures(lead, 2025), trained(lead, 2025)
    now_active = figures(lead, 2026)
    lead.open(f"/training/coverage/{COUNTY}?year=2025")
    expect(lead.page.locator("main")).to_contain_text("已结转，数据不再变动")
    lead.examine()
    lead.show("training-closed-year")

    leave(admin, "李老师(演示)", "2026-09-21")
    assert figures(lead, 2026) != now_active
    assert figures(lead, 2025) == before
    assert trained(lead, 2025) == people

    clock.move_to(at(2, 2, 9).replace(year=2027), tick=True)
    run_once(live.app, BY_NAME["training_counts"], "journey")
    assert run_once(live.app, BY_NAME["training_years"], "journey") == "closed (2026,)"
    lead, admin = arrive("demo-county-lead"), arrive("demo-county-admin")
    closed, people = figures(lead, 2026), trained(lead, 2026)
    leave(admin, "张校长(演示)", "2027-02-01")
    assert figures(lead, 2026) == closed
    assert trained(lead, 2026) == people
    assert figures(lead, 2025) == before
