"""工作日历: the day table is filled once, and notices are read from files and put in force."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import chinese_calendar
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from helpdesk.kernel.actor import ANONYMOUS, SYSTEM
from helpdesk.kernel.errors import BadData, Forbidden
from helpdesk.workdays import operations, rules
from helpdesk.workdays import queries as workdays
from helpdesk.workdays.events import WorkdaysChanged
from helpdesk.workdays.models import Day, Year
from helpdesk.workdays.rules import NamedDay, Notice, UnknownYear, YearStatus
from tests.factories.clocks import Heard
from tests.support.queries import Queries

CONFIRMED, PROVISIONAL = YearStatus.CONFIRMED, YearStatus.PROVISIONAL


def guangxi(year: int = 2026, status: YearStatus = CONFIRMED, *days: NamedDay) -> Notice:
    return Notice("45", year, status, "自治区通知(试验)", days)


SAN_YUE_SAN = NamedDay(date(2026, 4, 20), False, "三月三", "San Yue San")
MAKE_UP = NamedDay(date(2026, 4, 25), True, "三月三", "San Yue San")


# ------------------------------------------------------------------ the first filling


def test_an_empty_table_is_filled_once(session: Session, now: datetime) -> None:
    assert operations.seed(now=now) == 24
    years = session.scalars(select(Year.year).order_by(Year.year)).all()
    assert years == list(range(2004, 2028))
    days = session.scalar(select(func.count()).select_from(Day))
    assert operations.seed(now=now) == 0
    assert session.scalar(select(func.count()).select_from(Day)) == days


def test_a_year_that_is_there_is_never_overwritten(session: Session, now: datetime) -> None:
    operations.seed(now=now)
    session.execute(update(Year).where(Year.year == 2026).values(source="本地载入"))
    assert operations.seed(now=now) == 0
    assert session.scalars(select(Year.source).where(Year.year == 2026)).one() == "本地载入"


def test_the_stored_calendar_is_the_shipped_one(session: Session, now: datetime) -> None:
    operations.seed(now=now)
    stored, shipped = workdays.calendar(), workdays.shipped_calendar()
    assert stored == shipped
    assert stored.working_days == shipped.working_days
    assert stored.named == shipped.named


def test_2005_12_31_was_worked(session: Session, now: datetime) -> None:
    operations.seed(now=now)
    assert not chinese_calendar.is_workday(date(2005, 12, 31))
    assert workdays.calendar().works(date(2005, 12, 31))
    assert workdays.calendar().reason(date(2005, 12, 31))[0] == "makeup"


def test_files_say_the_same_as_the_package() -> None:
    package = rules.build(workdays._chinesecalendar())
    differing = rules.changed_days(package, workdays.shipped_calendar())
    assert {day.date.year for day in differing} == {2027}


def test_2027_is_provisional_with_its_statutory_days_only(session: Session, now: datetime) -> None:
    operations.seed(now=now)
    calendar = workdays.calendar()
    off = [day.isoformat()[5:] for day in sorted(calendar.named) if day.year == 2027]
    assert off == [
        "01-01", "02-05", "02-06", "02-07", "02-08", "04-05", "05-01", "05-02", "06-09", "09-15",
        "10-01", "10-02", "10-03",
    ]  # fmt: skip
    assert not any(calendar.works(date.fromisoformat(f"2027-{day}")) for day in off)
    assert (calendar.confirmed(2026), calendar.confirmed(2027)) == (True, False)


def test_an_empty_table_knows_no_year(session: Session) -> None:
    with pytest.raises(UnknownYear, match="2026"):
        workdays.calendar().works(date(2026, 9, 21))


def test_reading_a_calendar_again_is_one_query(
    session: Session, now: datetime, queries: Queries
) -> None:
    operations.seed(now=now)
    workdays.calendars(("CN", "45", "65"))
    queries.clear()
    workdays.calendars(("CN", "45", "65"))
    assert len(queries) == 1


# ------------------------------------------------------------------ loading a notice


@pytest.fixture
def heard(session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Heard:
    operations.seed(now=now)
    return Heard(monkeypatch)


def load(notice: Notice, now: datetime) -> workdays.Preview:
    return operations.load_year(notice=notice, actor=SYSTEM, now=now)


def notice_of(year: int) -> Notice:
    (found,) = [n for n in workdays.notices() if n.year == year]
    return found


def test_a_preview_names_the_days_and_changes_nothing(heard: Heard) -> None:
    old = notice_of(2026)
    days = {day.day: day for day in old.days}
    del days[date(2026, 9, 20)]  # the make-up Sunday
    days[date(2026, 9, 22)] = NamedDay(date(2026, 9, 22), False, "试验日", "Trial Day")
    seen = workdays.preview(replace(old, days=tuple(days.values())))
    assert [(d.date.day, d.worked, d.works, d.was_zh, d.text_zh) for d in seen.changed] == [
        (20, True, False, "国庆节调休上班", "周末"),
        (22, True, False, "工作日", "试验日放假"),
    ]
    assert (seen.status_before, seen.nothing_new) == (CONFIRMED, False)
    assert notice_of(2026) == old


def test_a_loaded_notice_is_in_force_and_told(heard: Heard, now: datetime) -> None:
    notice = replace(notice_of(2027), status=CONFIRMED, source="2027年通知(试验)")
    load(notice, now)
    assert notice_of(2027) == notice
    assert workdays.calendar().info(2027).status is CONFIRMED
    (told,) = heard.of(WorkdaysChanged)
    assert (told.region, told.years, told.at) == ("CN", (2027,), now)
    assert told.version == workdays.calendar().version


def test_the_same_notice_again_is_no_news(heard: Heard, now: datetime) -> None:
    assert load(notice_of(2026), now).nothing_new
    assert heard == []


def test_a_notice_may_reach_back_into_december(heard: Heard, now: datetime) -> None:
    saturday = NamedDay(date(2026, 12, 26), True, "元旦", "New Year's Day")
    notice = replace(notice_of(2027), days=(*notice_of(2027).days, saturday))
    load(notice, now)
    assert workdays.calendar().works(date(2026, 12, 26))
    assert heard.of(WorkdaysChanged)[0].years == (2026, 2027)
    load(replace(notice, days=notice.days[:-1]), now)
    assert not workdays.calendar().works(date(2026, 12, 26))


def test_loading_needs_the_permission(heard: Heard, now: datetime) -> None:
    with pytest.raises(Forbidden):
        operations.load_year(notice=guangxi(), actor=ANONYMOUS, now=now)


# ------------------------------------------------------------------ provinces


def test_a_province_adds_its_own_days(heard: Heard, now: datetime) -> None:
    load(guangxi(2026, CONFIRMED, SAN_YUE_SAN, MAKE_UP), now)
    own, national = workdays.calendar("45"), workdays.calendar()
    assert not own.works(SAN_YUE_SAN.day)
    assert own.works(MAKE_UP.day)
    assert national.works(SAN_YUE_SAN.day)
    assert not national.works(MAKE_UP.day)
    assert own.reason(SAN_YUE_SAN.day) == ("holiday", "三月三放假", "Holiday: San Yue San")
    assert own.info(2026).sources[-1] == "自治区通知(试验)"
    # The national days stand below.
    assert own.works(date(2026, 9, 20))


WAITING = [
    # 已载入的自治区年份, 年份, 已确认
    pytest.param((), 2026, True, id="没有自己假日的省份：按全国"),
    pytest.param((2026,), 2026, True, id="已载入当年"),
    pytest.param((2026,), 2025, True, id="早于第一年：按全国"),
    pytest.param((2025,), 2026, False, id="去年有、今年还没有载入：暂定"),
    pytest.param((2026, 2027), 2027, False, id="全国的还没有公布：暂定"),
]


@pytest.mark.parametrize(("loaded", "year", "confirmed"), WAITING)
def test_a_province_that_has_not_ordered_yet_is_provisional(
    heard: Heard, now: datetime, loaded: tuple[int, ...], year: int, confirmed: bool
) -> None:
    for each in loaded:
        load(guangxi(each), now)
    assert workdays.calendar("45").confirmed(year) is confirmed


def test_a_provisional_overlay_makes_its_year_provisional(heard: Heard, now: datetime) -> None:
    load(guangxi(2026, PROVISIONAL, SAN_YUE_SAN), now)
    assert not workdays.calendar("45").confirmed(2026)
    assert workdays.calendar().confirmed(2026)


# ------------------------------------------------------------------ files

GOOD = """\
year: 2027
region: CN
status: confirmed
source: 国务院办公厅通知(试验)
off:
  - {day: 2027-01-01, zh: 元旦, en: New Year's Day}
  - {from: 2027-02-05, to: 2027-02-07, zh: 春节, en: Spring Festival}
works:
  - {day: 2027-01-30, zh: 春节, en: Spring Festival}
"""


def read(folder: Path, text: str) -> Notice:
    file = folder / "2027.yaml"
    file.write_text(text, encoding="utf-8")
    return workdays.read_notice(file)


def test_a_good_file(tmp_path: Path) -> None:
    found = read(tmp_path, GOOD)
    assert (found.region, found.year, found.status) == ("CN", 2027, CONFIRMED)
    assert [(d.day.isoformat(), d.works, d.name_zh) for d in found.days] == [
        ("2027-01-01", False, "元旦"),
        ("2027-01-30", True, "春节"),
        ("2027-02-05", False, "春节"),
        ("2027-02-06", False, "春节"),
        ("2027-02-07", False, "春节"),
    ]


STATUS = "status: confirmed"
LAST = GOOD[GOOD.index("works:") :].rstrip()

WRONG = [
    # 原文, 改成, 行, 说明
    pytest.param("year: 2027", "year: 1927", 1, "1927 is no year", id="年份太早"),
    pytest.param("year: 2027", "year: 明年", 1, "expected a whole number", id="年份不是数"),
    pytest.param("region: CN", "region: Guangxi", 2, "neither CN nor a province", id="地区不认识"),
    pytest.param("region: CN", "region: 45", 2, "in quotes", id="省份代码没有引号"),
    pytest.param("status: confirmed", "status: sure", 3, "'sure' is none of", id="状态不认识"),
    pytest.param("source: 国务院办公厅通知(试验)", "source: ''", 4, "text is empty", id="没有依据"),
    pytest.param("off:", "holidays:", 5, "unknown key 'holidays'", id="键写错"),
    pytest.param("day: 2027-01-01", "day: 2027-02-30", 6, "no date", id="没有这一天"),
    pytest.param("day: 2027-01-01", "day: 1月1日", 6, "a date like", id="日期写法"),
    pytest.param("day: 2027-01-01", "day: 2026-11-30", 6, "neither in 2027", id="别的年份"),
    pytest.param("day: 2027-01-01", "day: 2028-01-01", 6, "neither in 2027", id="下一年"),
    pytest.param("day: 2027-01-01", "day: 2027-02-06", 7, "twice", id="同一天写了两次"),
    pytest.param(", zh: 元旦,", ",", 6, "missing key zh", id="缺名称"),
    pytest.param("{from: 2027-02-05, to", "{to", 7, "either `day` or both", id="只有止没有起"),
    pytest.param("to: 2027-02-07", "to: 2027-02-01", 7, "before `from`", id="止在起之前"),
    pytest.param("2027-01-30", "2027-01-29", 9, "no Saturday or Sunday", id="平日写成上班"),
    pytest.param("2027-01-30", "2027-02-06", 9, "twice", id="又放假又上班"),
    pytest.param(LAST, "works: none", 8, "expected a list", id="不是列表"),
    pytest.param(STATUS, f"{STATUS}\n{STATUS}", 4, "twice", id="键重复"),
    pytest.param("works:", "works: [", 9, "expected", id="不是YAML"),
]


@pytest.mark.parametrize(("old", "new", "line", "told"), WRONG)
def test_a_wrong_file_is_refused_with_line_and_reason(
    tmp_path: Path, old: str, new: str, line: int, told: str
) -> None:
    assert old in GOOD
    with pytest.raises(BadData, match=told) as refused:
        read(tmp_path, GOOD.replace(old, new, 1))
    assert f"2027.yaml:{line}: " in str(refused.value)


def test_a_national_notice_without_holidays_is_no_notice(tmp_path: Path) -> None:
    empty = "year: 2027\nregion: CN\nstatus: confirmed\nsource: x\noff: []\nworks: []\n"
    with pytest.raises(BadData, match=r"2027\.yaml:5: .*holidays"):
        read(tmp_path, empty)
    assert read(tmp_path, empty.replace("CN", '"45"')).days == ()


@pytest.mark.parametrize("name", ["none.yaml", "folder"])
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(BadData, match=name):
        workdays.read_notice(tmp_path / name)


def test_every_shipped_file_is_good(tmp_path: Path) -> None:
    names = sorted(file.name for file in workdays.FOLDER.glob("*.yaml"))
    assert names == ["2025.yaml", "2026.yaml", "2027.yaml"]
    for name in names:
        shutil.copy(workdays.FOLDER / name, tmp_path / name)
        assert workdays.read_notice(tmp_path / name) in workdays.shipped()
