"""`helpdesk training import`: a test run by default, every bad row by its line, exit codes."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session as Database

from helpdesk.training.models.attendance import Attendance
from helpdesk.training.models.importing import ImportRun
from helpdesk.training.models.sessions import Session
from helpdesk.training.rules.sessions import Mode, State
from tests.factories import country
from tests.factories.country import Country
from tests.factories.training import add_session

GOOD = "工号,姓名,时长\nT-TEACHER,王老师,110\n,校长示范,60\n"
CLEAN = "工号,姓名,时长\nT-TEACHER,王老师,110\n"
BAD = "姓名,学校,时长\n王老师,示范县第一中学,很久\n,示范县第一中学,5\n"


@pytest.fixture
def land(session: Database, now: datetime) -> Country:
    """The small country; numbers of staff are capital letters."""
    made = country.build(now)
    made.people["teacher"].staff_no = "T-TEACHER"
    return made


@pytest.fixture
def course(land: Country, session: Database, now: datetime) -> Session:
    """A running session of the county, online."""
    made = add_session(land.body("county"), now, state=State.RUNNING, mode=Mode.ONLINE)
    session.commit()  # a refused command rolls back
    return made


@pytest.fixture
def runner(app: Flask, land: Country) -> FlaskCliRunner:
    """The console script."""
    return app.test_cli_runner()


def run(
    runner: FlaskCliRunner, number: int, folder: Path, rows: str, *more: str
) -> tuple[int, str, str]:
    file = folder / "签到.csv"
    file.write_text(rows, encoding="gb18030")
    result = runner.invoke(args=["training", "import", str(number), str(file), *more])
    return result.exit_code, result.stdout, result.stderr


def recorded(session: Database) -> list[int]:
    session.expire_all()
    return list(session.scalars(select(Attendance.person_id)))


def test_a_test_run_records_nothing(
    runner: FlaskCliRunner, course: Session, session: Database, tmp_path: Path
) -> None:
    code, out, err = run(runner, course.id, tmp_path, GOOD)
    assert code == 0
    assert "已匹配 1" in out
    assert "只是试读" in out
    assert "第3行 校长示范：没有这个人" in err
    assert recorded(session) == []
    assert len(session.scalars(select(ImportRun)).all()) == 1


def test_confirmed_it_records(
    runner: FlaskCliRunner, course: Session, session: Database, land: Country, tmp_path: Path
) -> None:
    code, out, _err = run(runner, course.id, tmp_path, CLEAN, "--confirm", "--json")
    found = json.loads(out)
    assert code == 0
    assert (found["confirmed"], found["recorded"], found["online"]) == (True, 1, True)
    assert found["rows"][0]["outcome"] == "matched"
    assert recorded(session) == [land.people["teacher"].id]


def test_rows_that_are_open_keep_it_from_being_confirmed(
    runner: FlaskCliRunner, course: Session, session: Database, tmp_path: Path
) -> None:
    code, _out, err = run(runner, course.id, tmp_path, GOOD, "--confirm")
    assert code == 2
    assert "还有行要处理，没有登记" in err
    assert recorded(session) == []


def test_every_bad_row_is_named_by_its_line(
    runner: FlaskCliRunner, course: Session, tmp_path: Path
) -> None:
    code, _out, err = run(runner, course.id, tmp_path, BAD)
    assert code == 2
    assert "第2行 王老师：时长看不懂" in err
    assert "第3行 ：没有工号、手机或姓名" in err


def test_what_is_not_there_and_what_is_no_list(
    runner: FlaskCliRunner, course: Session, tmp_path: Path
) -> None:
    assert run(runner, 999999, tmp_path, CLEAN)[0] == 3
    code, _out, err = run(runner, course.id, tmp_path, "a,b\n1,2\n")
    assert code == 2
    assert "没有找到表头" in err
    missing = runner.invoke(args=["training", "import", str(course.id), str(tmp_path / "none.csv")])
    assert missing.exit_code == 2
