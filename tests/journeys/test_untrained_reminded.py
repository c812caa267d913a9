"""The untrained of one county are found and reminded, and who came is reminded no more.

Tuesday 22 September 2026, in 红安县: the head of the county office looks at the year, opens who is
missing, takes the list along, reminds them; a teacher reads the notice and the page behind it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
import time_machine
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from helpdesk.jobs.runner import run_once
from helpdesk.jobs.schedule import BY_NAME
from helpdesk.kernel.clock import now
from helpdesk.organizations.models import Body
from helpdesk.people.models import Account, Person
from helpdesk.training.operations import crediting, recounting
from tests.factories.training import attend, held
from tests.support.browsing import Visitor
from tests.support.live import Live
from tests.support.office_work import at, told

COUNTY, SCHOOL = "421122", "3442900121"


@pytest.fixture
def counted(live: Live) -> Live:
    """The counters are of today, as the jobs leave them every morning."""
    with live.prepared():
        recounting.recount(now())
    return live


def job(live: Live, name: str) -> str:
    """The job as the scheduler would start it."""
    return run_once(live.app, BY_NAME[name], "journey")


def trains(live: Live, user_name: str) -> None:
    """Somebody takes part in a session of the county after all."""
    with live.prepared() as session:
        county = session.scalars(select(Body).where(Body.code == COUNTY)).one()
        person = session.scalars(
            select(Person)
            .join(Account, Account.person_id == Person.id)
            .where(Account.user_name == user_name)
        ).one()
        attend(held(county, date(2026, 9, 22)), person)
        session.flush()
        crediting.settle([person.id], now=now())


def missing(lead: Visitor) -> int:
    """Rows of the list of who is not trained."""
    lead.open(f"/training/coverage/{COUNTY}/persons?which=untrained")
    return lead.page.locator("#persons tbody tr").count()


def test_who_is_not_trained_is_found_and_reminded(
    counted: Live, arrive: Callable[..., Visitor], clock: time_machine.Traveller
) -> None:
    lead = arrive("demo-county-lead")
    lead.open("/")
    lead.press("看年度情况")
    expect(lead.page.locator("h1")).to_contain_text("2026年度培训")
    lead.examine()
    lead.show("training-county")
    rest = lead.page.locator("#fig-persons ~ .of a").last
    number = int(rest.inner_text().replace(",", ""))
    lead.follow(rest)
    expect(lead.page.locator("h1")).to_have_text("未培训人员")
    rows = lead.page.locator("#persons tbody tr")
    expect(rows).to_have_count(number)
    expect(lead.page.locator("#persons")).to_contain_text("DEMO-000001")
    lead.examine()
    lead.show("untrained")

    with lead.page.expect_download() as taken:
        lead.page.get_by_role("link", name="导出XLSX").click()
    sheet = CalamineWorkbook.from_path(taken.value.path()).get_sheet_by_index(0).to_python()
    assert taken.value.suggested_filename.endswith("-2026-20260922.xlsx")
    assert len(sheet) == number + 1

    lead.press("提醒这些人")
    expect(lead.page.locator("h1")).to_contain_text(f"提醒{number}名未培训的人")
    lead.examine()
    lead.show("remind")
    lead.press(f"提醒{number}人")
    expect(lead.page.locator(".hd-flashes")).to_contain_text("已开始提醒")
    expect(lead.page.locator("main")).to_contain_text("正在发送提醒")
    assert job(counted, "training_reminders").endswith("pieces 1")
    lead.open("/training/coverage")
    expect(lead.page.locator("main")).to_contain_text("今天已提醒")

    teacher = arrive("demo-school")
    assert any("前参加2026年度培训" in words for words in told(teacher))
    teacher.show("training-notice")
    notice = teacher.page.locator("#notices form.hd-act button", has_text="年度培训")
    teacher.follow(notice.first)
    expect(teacher.page.locator("h1")).to_contain_text("我的培训")
    teacher.open("/training/coverage")
    expect(teacher.page.locator("#missing")).to_contain_text("王老师(演示)")
    teacher.examine()
    teacher.show("training-school")

    trains(counted, "demo-school")
    assert missing(lead) == number - 1
    expect(lead.page.locator("#persons")).not_to_contain_text("DEMO-000001")
    clock.move_to(at(10, 8, 9), tick=True)
    with counted.prepared():
        recounting.recount(now())
    before = len(told(arrive("demo-school")))
    job(counted, "training_reminders")
    assert len(told(arrive("demo-school"))) == before
    principal = told(arrive("demo-principal"))
    assert any("前参加2026年度培训" in words for words in principal)
    assert any("没有参加2026年度培训" in words for words in principal)


def test_a_province_and_the_country_around_it(
    counted: Live, arrive: Callable[..., Visitor]
) -> None:
    coordinator = arrive("demo-training")
    coordinator.open("/training/coverage")
    expect(coordinator.page.locator("#nation")).to_contain_text("不是地图")
    coordinator.page.locator("#splits").wait_for()
    coordinator.examine()
    coordinator.show("training-province")
    coordinator.show("training-nation", "#nation", dark=True)
    coordinator.follow(coordinator.page.locator("#parts tbody th a").first)
    expect(coordinator.page.locator("h1")).to_contain_text("2026年度培训")
