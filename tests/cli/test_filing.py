"""`helpdesk filing next`: one JSON document on any database or none, a sentence for bad input."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from tests.factories.country import BODIES, Country, build
from tests.factories.filing import earlier
from tests.support.program import helpdesk

SCHOOL = BODIES["school"][3]
WINTER = ("--subsystem", "senior_high", "--level", "school", "--on", "2026-12-20", "--days", "1")


@pytest.fixture
def country(session: Session, now: datetime) -> Country:
    return build(now)


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["filing", "next", *arguments])


def rows(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_a_fresh_machine_answers_without_a_database(tmp_path: Path) -> None:
    done = helpdesk(
        "filing", "next", "--subsystem", "secondary_vocational", "--level", "school",
        "--on", "2026-01-20", "--json", cwd=tmp_path,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert [(row["item_id"], row["due_on"], row["last_working_day"]) for row in found] == [
        ("VO-02", "2026-01-20", "2026-01-20"),
        ("VO-06", "2026-01-20", "2026-01-20"),
        ("VO-10", "2026-01-20", "2026-01-20"),
        ("VO-08", "2026-01-31", "2026-01-30"),
        ("VO-01", "2026-02-15", "2026-02-14"),
    ]
    assert found[0] == {
        "item_id": "VO-02",
        "subsystem": "secondary_vocational",
        "module": "student_info",
        "item": "bank_card",
        "term": None,
        "term_year": 2026,
        "due_on": "2026-01-20",
        "last_working_day": "2026-01-20",
        "status": "confirmed",
        "inferred": False,
        "overlay": None,
    }
    assert not list(tmp_path.rglob("*.sqlite3"))


def test_autumn_ends_in_the_next_year(app: Flask) -> None:
    found = rows(run(app, "--subsystem", "senior_high", "--level", "city",
                     "--on", "2027-01-31", "--days", "0", "--json"))  # fmt: skip
    assert [(r["item_id"], r["term"], r["term_year"], r["status"]) for r in found] == [
        ("SH-04", "autumn", 2026, "provisional"),
        ("SH-07", "autumn", 2026, "provisional"),
        ("SH-10", "autumn", 2026, "provisional"),
    ]
    assert {r["last_working_day"] for r in found} == {"2027-01-29"}


def test_inferred_item_is_off_unless_asked_for(app: Flask) -> None:
    asked = ("--subsystem", "senior_high", "--level", "school", "--on", "2026-07-15", "--days", "0")
    assert rows(run(app, *asked, "--json")) == []
    (found,) = rows(run(app, *asked, "--inferred", "--json"))
    assert (found["item_id"], found["inferred"]) == ("SH-X1", True)


def test_body_brings_the_earlier_dates_of_its_path(app: Flask, country: Country) -> None:
    earlier(country, "county_lead", "SH-06:school:2027-06-20", "2027-01-02")
    asked = ("--subsystem", "senior_high", "--level", "school", "--on", "2027-01-01", "--days", "5")
    (found,) = rows(run(app, *asked, "--org", SCHOOL, "--json"))
    assert (found["item_id"], found["due_on"]) == ("SH-06", "2027-01-02")
    assert found["overlay"] == {
        "code": "420101",
        "name": "示范县资助中心",
        "notice_due_on": "2027-06-20",
    }
    neighbour = BODIES["city_school"][3]
    assert rows(run(app, *asked, "--org", neighbour, "--json")) == []


def test_body_that_does_not_use_the_subsystem_has_no_dates(app: Flask, country: Country) -> None:
    asked = ("--subsystem", "preschool", "--level", "school", "--on", "2026-12-20")
    assert rows(run(app, *asked, "--org", SCHOOL, "--json")) == []


def test_central_university_is_known_by_its_code(app: Flask, country: Country) -> None:
    asked = ("--subsystem", "undergraduate", "--level", "school", "--on", "2026-12-31",
             "--days", "0", "--json")  # fmt: skip
    ids = {row["item_id"] for row in rows(run(app, *asked))}
    central = {row["item_id"] for row in rows(run(app, *asked, "--org", BODIES["hei"][3]))}
    assert central - ids == {"UG-14"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_table_for_people(app: Flask, country: Country, lang: str) -> None:
    earlier(country, "city_lead", "SH-06:school:2027-06-20", "2026-12-20")
    done = run(app, *WINTER, "--org", SCHOOL, "--lang", lang)
    assert done.exit_code == 0
    assert done.stdout.count("2026-12-20") >= 2
    if lang == "zh":
        assert "示范市资助中心提前；通知为2027-06-20" in done.stdout
        assert "国家助学金：资助名单录入" in done.stdout
        assert "最后工作日 2026-12-18（已确认）" in done.stdout
    else:
        assert "National grant: Entry of the aid list" in done.stdout


def test_nothing_due_is_said(app: Flask) -> None:
    done = run(app, "--subsystem", "preschool", "--level", "city", "--on", "2026-08-10")
    assert done.stdout.strip() == "这些天没有要填报的。"


PRESCHOOL = ("--subsystem", "preschool", "--level", "school")
WRONG = [
    # 参数, 退出码
    pytest.param(("--subsystem", "primary", "--level", "school"), 2, id="子系统"),
    pytest.param(("--subsystem", "preschool", "--level", "town"), 2, id="级别"),
    pytest.param(("--subsystem", "preschool"), 2, id="没有级别"),
    pytest.param((*PRESCHOOL, "--on", "2026-02-30"), 2, id="没有这一天"),
    pytest.param((*PRESCHOOL, "--on", "9999-12-31"), 2, id="太远"),
    pytest.param((*PRESCHOOL, "--days", "-1"), 2, id="天数"),
    pytest.param((*PRESCHOOL, "--on", "2031-06-20"), 2, id="没有日历的年份"),
    pytest.param((*WINTER, "--org", "9999999999"), 3, id="没有这个单位"),
]


@pytest.mark.parametrize(("arguments", "code"), WRONG)
def test_bad_input_is_refused_with_a_sentence(
    app: Flask, country: Country, arguments: tuple[str, ...], code: int
) -> None:
    done = run(app, *arguments, "--json")
    assert (done.exit_code, done.stdout) == (code, "")
    assert done.stderr.strip()
