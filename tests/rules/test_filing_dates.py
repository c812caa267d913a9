"""填报期限: which day is whose, as tables an official can read."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest

from helpdesk.filing.queries import tables
from helpdesk.filing.rules import annexes, dates, earlier
from helpdesk.filing.rules.annexes import Level, Status
from helpdesk.filing.rules.dates import Occurrence, Overlay
from helpdesk.filing.rules.earlier import AlreadyPast, LaterThanAbove, NotEarlier
from helpdesk.filing.rules.mention import mentioned, pressing, touched
from helpdesk.kernel.errors import Named
from helpdesk.organizations.rules import Kind, Subsystem
from helpdesk.workdays.queries import shipped_calendar

CALENDAR = shipped_calendar()
TODAY = date(2026, 9, 22)
VO, SH, PG = Subsystem.SECONDARY_VOCATIONAL, Subsystem.SENIOR_HIGH, Subsystem.POSTGRADUATE


def day(text: str) -> date:
    return date.fromisoformat(text)


def told(
    subsystem: Subsystem, level: Level, first: str, last: str, *, central: bool = False
) -> list[str]:
    """`VO-14 2025 autumn 2026-01-31`, in order of the day."""
    found = dates.occurrences(
        tables.items(subsystem), level, day(first), day(last), central=central
    )
    return [
        f"{o.item.id} {o.term_year} {o.term or '-'} {o.named_on}"
        for o in sorted(found, key=lambda o: (o.named_on, o.item.id))
    ]


# 2026 non-working days among the dates of the annexes, and the working day before each.
NOT_WORKING = """
2026-01-10 2026-01-09 周六
2026-01-31 2026-01-30 周六
2026-03-15 2026-03-13 周日
2026-05-31 2026-05-29 周日
2026-06-20 2026-06-18 周六，端午放假19日至21日
2026-07-05 2026-07-03 周日
2026-09-05 2026-09-04 周六
2026-10-31 2026-10-30 周六
2026-11-15 2026-11-13 周日
2026-12-20 2026-12-18 周日
"""


@pytest.mark.parametrize(
    "row", [line.split() for line in NOT_WORKING.split("\n") if line], ids=lambda row: row[0]
)
def test_date_that_does_not_work_is_not_moved(row: list[str]) -> None:
    worked, status = dates.last_working_day(CALENDAR, day(row[0]))
    assert (worked, status) == (day(row[1]), Status.CONFIRMED)


def test_all_other_named_dates_of_the_year_work() -> None:
    listed = {day(line.split()[0]) for line in NOT_WORKING.split("\n") if line}
    named = {
        o.named_on
        for s in Subsystem
        for level in Level
        for o in dates.occurrences(
            tables.items(s), level, day("2026-01-01"), day("2026-12-31"), central=True
        )
        if o.item.cycle is not annexes.Cycle.MONTH
    }
    off = {d for d in named if dates.last_working_day(CALENDAR, d)[0] != d}
    assert off == listed


DAYS = [
    # 日期, 之前最后一个工作日, 依据
    pytest.param("2026-09-20", "2026-09-20", Status.CONFIRMED, id="周日，国庆调休上班"),
    pytest.param("2026-09-25", "2026-09-24", Status.CONFIRMED, id="中秋放假"),
    pytest.param("2027-01-10", "2027-01-08", Status.PROVISIONAL, id="2027年安排未公布，暂定"),
    pytest.param("2027-01-01", "2026-12-31", Status.PROVISIONAL, id="元旦前一天在上年，仍暂定"),
]


@pytest.mark.parametrize(("named", "worked", "status"), DAYS)
def test_last_working_day(named: str, worked: str, status: Status) -> None:
    assert dates.last_working_day(CALENDAR, day(named)) == (day(worked), status)


def test_year_without_calendar_has_no_last_working_day() -> None:
    assert dates.last_working_day(CALENDAR, date(2031, 1, 31)) == (None, Status.UNKNOWN)


def test_next_year_dates_belong_to_their_term() -> None:
    assert told(VO, Level.COUNTY, "2026-01-20", "2026-02-01") == [
        "VO-06 2026 - 2026-01-25",
        "VO-07 2026 - 2026-01-25",
        "VO-10 2026 - 2026-01-25",
        "VO-11 2026 - 2026-01-25",
        "VO-04 2025 - 2026-01-31",
        "VO-14 2025 autumn 2026-01-31",
    ]


def test_school_sees_its_own_dates() -> None:
    assert told(VO, Level.SCHOOL, "2026-01-20", "2026-02-19") == [
        "VO-02 2026 - 2026-01-20",
        "VO-06 2026 - 2026-01-20",
        "VO-10 2026 - 2026-01-20",
        "VO-08 2026 - 2026-01-31",
        "VO-01 2026 - 2026-02-15",
    ]


@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_unaided_report_of_vocational_schools(year: int) -> None:
    """S-2.4.3: ten times a year, not in February and August."""
    found = told(VO, Level.SCHOOL, f"{year}-01-01", f"{year}-12-31")
    months = [int(line[-5:-3]) for line in found if line.startswith("VO-18")]
    assert months == [1, 3, 4, 5, 6, 7, 9, 10, 11, 12]


@pytest.mark.parametrize(("year", "last"), [(2026, "02-28"), (2028, "02-29")])
def test_last_day_of_the_month(year: int, last: str) -> None:
    assert told(VO, Level.SCHOOL, f"{year}-02-21", f"{year}-02-29" if year == 2028 else
                f"{year}-02-28") == [f"VO-08 {year} - {year}-{last}"]  # fmt: skip


TIERS = [
    # 级别, 资助分档设置
    pytest.param(Level.PROVINCE, ["VO-05 2026 - 2026-09-05"], id="省9月5日"),
    pytest.param(Level.CITY, ["VO-05 2026 - 2026-09-10"], id="市9月10日"),
    pytest.param(Level.COUNTY, ["VO-05 2026 - 2026-09-15"], id="县9月15日"),
    pytest.param(Level.CENTRAL, [], id="中央没有"),
    pytest.param(Level.SCHOOL, [], id="学校没有"),
]


@pytest.mark.parametrize(("level", "expected"), TIERS)
def test_dates_per_level(level: Level, expected: list[str]) -> None:
    found = told(VO, level, "2026-09-01", "2026-09-20")
    assert [line for line in found if line.startswith("VO-05")] == expected


@pytest.mark.parametrize("level", [Level.COUNTY, Level.CITY, Level.PROVINCE])
def test_date_without_level_binds_every_office(level: Level) -> None:
    assert "SH-07 2026 spring 2026-07-31" in told(SH, level, "2026-07-01", "2026-07-31")


FISCAL = [
    # 级别, 财政资金
    pytest.param(Level.CENTRAL, "SH-14 2026 spring 2026-04-30"),
    pytest.param(Level.PROVINCE, "SH-15 2026 spring 2026-05-15"),
    pytest.param(Level.CITY, "SH-16 2026 spring 2026-05-31"),
    pytest.param(Level.COUNTY, "SH-17 2026 spring 2026-06-15"),
]


@pytest.mark.parametrize(("level", "expected"), FISCAL)
def test_fiscal_rows_are_shown_to_their_level_only(level: Level, expected: str) -> None:
    ids = ("SH-14", "SH-15", "SH-16", "SH-17")
    found = told(SH, level, "2026-04-01", "2026-06-30")
    assert [line for line in found if line.startswith(ids)] == [expected]


CENTRAL_ONLY = [
    # 谁, 部属高校, 基层就业第一批
    pytest.param(Level.SCHOOL, True, ["PG-10", "PG-11", "PG-18", "PG-19"], id="部属高校"),
    pytest.param(Level.SCHOOL, False, [], id="地方高校没有"),
    pytest.param(Level.PROVINCE, False, [], id="省级没有"),
    pytest.param(Level.CENTRAL, False, ["PG-11", "PG-19"], id="中央级审核"),
]


@pytest.mark.parametrize(("level", "central", "expected"), CENTRAL_ONLY)
def test_items_of_central_universities(level: Level, central: bool, expected: list[str]) -> None:
    found = told(PG, level, "2026-06-26", "2026-08-31", central=central)
    grassroots = ("PG-10", "PG-11", "PG-18", "PG-19")
    assert sorted(line[:5] for line in found if line.startswith(grassroots)) == expected


def test_two_chains_cross_the_year() -> None:
    """Batch 2 begins in December 2026 and ends in April 2027: all of it is of 2026."""
    found = told(PG, Level.SCHOOL, "2026-12-26", "2027-04-30", central=True)
    assert [line for line in found if line[:5] in ("PG-14", "PG-15", "PG-16", "PG-17")] == [
        "PG-14 2026 - 2026-12-31",
        "PG-15 2026 - 2027-01-10",
        "PG-16 2026 - 2027-04-10",
        "PG-17 2026 - 2027-04-15",
    ]


def test_local_projects_are_defined_by_the_office() -> None:
    """S-2.4.1 gives the act to the aid office; schools check."""
    item = tables.item("SH-08")
    remark = item.remark(Level.SCHOOL)
    assert remark is not None
    assert remark.zh == "由资助部门定制；请核对是否可见"
    assert item.remark(Level.COUNTY) is None


# ------------------------------------------------------------------ earlier dates


def occurrence(item_id: str, level: Level, named: str) -> Occurrence:
    found = dates.occurrences((tables.item(item_id),), level, day(named), day(named))
    return next(iter(found))


LISTED = occurrence("SH-07", Level.COUNTY, "2027-01-31")


def overlay(office: str, path: str, due: str | None, version: int = 1) -> Overlay:
    return Overlay(
        Named(office), office, path, "SH-07", Level.COUNTY, LISTED.named_on,
        day(due) if due else None, "", version,
    )  # fmt: skip


STRICTEST = [
    # 省, 市, 县 -> 日期和部门
    pytest.param([None, None, None], "2027-01-31", None, id="都没有提前"),
    pytest.param(["2027-01-25", None, None], "2027-01-25", "省", id="只有省"),
    pytest.param(["2027-01-25", "2027-01-20", None], "2027-01-20", "市", id="市更早"),
    pytest.param(["2027-01-20", "2027-01-22", None], "2027-01-20", "省", id="省更早"),
    pytest.param(["2027-01-20", None, "2027-01-20"], "2027-01-20", "省", id="同一天算上级"),
]


@pytest.mark.parametrize(("asked", "due", "office"), STRICTEST)
def test_strictest_on_the_path(asked: list[str | None], due: str, office: str | None) -> None:
    places = zip("省市县", ("/1/", "/1/2/", "/1/2/3/"), asked, strict=True)
    overlays = [overlay(name, path, d) for name, path, d in places]
    (found,) = dates.deadlines([LISTED], overlays, CALENDAR, day("2027-01-01"), day("2027-01-31"))
    assert found.due_on == day(due)
    assert (found.overlay.office.name if found.overlay else None) == office
    assert found.occurrence.named_on == day("2027-01-31")


def test_overlay_brings_a_date_into_the_window() -> None:
    earlier = overlay("市", "/1/2/", "2026-10-10")
    last = day("2026-10-22")
    horizon = dates.horizon([earlier], last)
    assert horizon == LISTED.named_on
    found = dates.occurrences(tables.items(SH), Level.COUNTY, TODAY, horizon)
    shown = dates.deadlines(found, [earlier], CALENDAR, TODAY, last)
    assert [(d.occurrence.item.id, d.due_on) for d in shown if d.overlay] == [
        ("SH-07", day("2026-10-10"))
    ]
    assert all(d.due_on <= last for d in shown)


def test_revision_rises_with_every_change() -> None:
    def revision(*overlays: Overlay) -> int:
        window = (day("2027-01-01"), day("2027-01-31"))
        return dates.deadlines([LISTED], overlays, CALENDAR, *window)[0].revision

    assert revision() == 0
    assert revision(overlay("市", "/1/2/", "2027-01-20")) == 1
    assert revision(overlay("市", "/1/2/", None, version=2)) == 2


REFUSED = [
    # 提前到, 上级已有, 拒绝
    pytest.param("2027-01-31", None, NotEarlier, id="同一天不是提前"),
    pytest.param("2027-02-03", None, NotEarlier, id="推后"),
    pytest.param("2026-09-21", None, AlreadyPast, id="已过"),
    pytest.param("2027-01-25", "2027-01-20", LaterThanAbove, id="比上级晚"),
    pytest.param("2027-01-20", "2027-01-20", LaterThanAbove, id="与上级同一天"),
]


@pytest.mark.parametrize(("due", "above", "refusal"), REFUSED)
def test_date_that_is_not_earlier_is_refused(
    due: str, above: str | None, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        earlier.check_earlier(LISTED, day(due), [overlay("省", "/1/", above)], TODAY)


@pytest.mark.parametrize("due", ["2026-09-22", "2027-01-30"])
def test_earlier_date_is_accepted(due: str) -> None:
    earlier.check_earlier(LISTED, day(due), [], TODAY)


ORDERS = [
    # 部门, 可以提前的级别
    pytest.param(Kind.COUNTY_AID, "school county"),
    pytest.param(Kind.CITY_AID, "school county city"),
    pytest.param(Kind.PROVINCE_AID, "school county city province"),
    pytest.param(Kind.SCHOOL, ""),
    pytest.param(Kind.CENTRAL_HEI, ""),
    pytest.param(Kind.NATIONAL_AID_CENTRE, ""),
    pytest.param(Kind.PROVINCE_IT, ""),
]


@pytest.mark.parametrize(("kind", "levels"), ORDERS)
def test_office_orders_its_own_level_and_below(kind: Kind, levels: str) -> None:
    assert " ".join(level for level in Level if earlier.may_order(kind, level)) == levels


WEEKS = [("2026-09-22", "2026-W39"), ("2027-01-03", "2026-W53"), ("2027-01-04", "2027-W01")]


@pytest.mark.parametrize(("text", "week"), WEEKS)
def test_week(text: str, week: str) -> None:
    assert dates.week_of(day(text)) == week


def test_month_grid_is_filled_up() -> None:
    weeks = dates.month_grid(2026, 9)
    assert (weeks[0][0], weeks[-1][-1]) == (day("2026-08-31"), day("2026-10-04"))
    assert all(
        later - one == timedelta(days=1) for w in weeks for one, later in itertools.pairwise(w)
    )


MENTIONS = [
    # 原话, 事项
    pytest.param("SH-06", "SH-06", id="编号"),
    pytest.param("sh-06 的名单", "SH-06", id="小写编号"),
    pytest.param("ＳＨ－０６", "SH-06", id="全角编号"),
    pytest.param("家庭经济信息录入与困难学生认定管理", "SH-01", id="名称"),
    pytest.param("国家助学金的资助名单录入晚了", "SH-06", id="模块和名称"),
    pytest.param("学校资助 资助业务设置", "SH-11", id="两个模块共用一格"),
    pytest.param("资助名单录入", None, id="几个模块都有"),
    pytest.param("SH-06和SH-07", None, id="两个编号"),
    pytest.param("XSH-066", None, id="不是编号"),
    pytest.param("", None, id="没有写"),
]


@pytest.mark.parametrize(("text", "item_id"), MENTIONS)
def test_item_that_a_question_names(text: str, item_id: str | None) -> None:
    found = mentioned(text, tables.items(SH))
    assert (found.id if found else None) == item_id


# text, acts of the card, items it touches
TOUCHED = [
    ("SH-06 没来得及", ("family_econ",), {"SH-06"}),
    ("困难等级没有全部录入", ("family_econ",), {"SH-01"}),
    ("财政资金没录", ("fiscal_county", "fiscal_city"), {"SH-17", "SH-16"}),
    ("名单没录完", ("no_such_act",), set()),
    ("打不开", (), set()),
]


@pytest.mark.parametrize(("text", "acts", "ids"), TOUCHED)
def test_a_question_touches_what_it_names_or_what_its_card_is_about(
    text: str, acts: tuple[str, ...], ids: set[str]
) -> None:
    found = touched(text, (*tables.items(SH), *tables.items(VO)), acts, SH)
    assert {item.id for item in found} == ids


# today, late, the date that presses
PRESSING = [
    ("2026-10-31", False, "2026-10-31"),
    ("2026-11-01", False, "2027-04-30"),
    ("2026-11-01", True, "2026-10-31"),
    ("2026-12-01", True, "2026-10-31"),
    ("2026-12-02", True, "2027-04-30"),
    ("2026-10-31", True, "2026-10-31"),
]


@pytest.mark.parametrize(("today", "late", "due"), PRESSING)
def test_the_date_that_presses(today: str, late: bool, due: str) -> None:
    item = next(i for i in tables.items(Subsystem.COMPULSORY) if i.id == "CE-01")
    found = dates.occurrences([item], Level.SCHOOL, date(2026, 1, 1), date(2027, 12, 31))
    known = dates.deadlines(found, (), CALENDAR, date(2026, 1, 1), date(2027, 12, 31))
    chosen = pressing(known, day(today), late=late)
    assert chosen is not None
    assert chosen.due_on == day(due)
