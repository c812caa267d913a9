"""Lists of any meeting tool: headings in many spellings, units, rows added up, bad rows named."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from helpdesk.training.rules import sheets
from helpdesk.training.rules.sheets import Field, NoHeading, NoRows, TooManyRows

DAY = date(2026, 9, 22)
NINE = datetime(2026, 9, 22, 1, 0, tzinfo=UTC)

HEADINGS = [
    ("工号", Field.STAFF_NO), ("教职工号", Field.STAFF_NO), ("员工编号", Field.STAFF_NO),
    ("Staff No.", Field.STAFF_NO), ("工　号", Field.STAFF_NO), ("Employee ID", Field.STAFF_NO),
    ("手机", Field.MOBILE), ("手机号码", Field.MOBILE), ("联系电话", Field.MOBILE),
    ("Mobile", Field.MOBILE), ("Phone number", Field.MOBILE),
    ("姓名", Field.NAME), ("姓 名", Field.NAME), ("用户昵称（入会昵称）", Field.NAME),
    ("参会人", Field.NAME), ("Name (Original Name)", Field.NAME), ("Participant", Field.NAME),
    ("单位", Field.BODY), ("所在学校", Field.BODY), ("部门", Field.BODY), ("School", Field.BODY),
    ("入会时间", Field.JOINED), ("首次入会时间", Field.JOINED), ("Join Time", Field.JOINED),
    ("签到时间", Field.JOINED),
    ("离会时间", Field.LEFT), ("最后退会时间", Field.LEFT), ("Leave Time", Field.LEFT),
    ("时长（分钟）", Field.MINUTES), ("累计参会时长", Field.MINUTES),
    ("Duration (Minutes)", Field.MINUTES),
    ("进度", Field.PERCENT), ("学习完成率", Field.PERCENT), ("Progress", Field.PERCENT),
    ("出勤情况", Field.ATTENDANCE), ("是否签到", Field.ATTENDANCE), ("签到", Field.ATTENDANCE),
    ("到会", Field.ATTENDANCE), ("Attendance", Field.ATTENDANCE), ("Status", Field.ATTENDANCE),
    ("序号", None), ("身份证号", None), ("User Email", None), ("备注", None), ("", None),
]  # fmt: skip


@pytest.mark.parametrize(("heading", "field"), HEADINGS)
def test_heading(heading: str, field: Field | None) -> None:
    found = sheets.columns([[heading, "姓名"]] if field is not Field.NAME else [[heading]])
    assert ({v: k for k, v in found.places.items()}.get(0)) is field


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("95", 95), ("95.5", 95), ("95分钟", 95), ("1小时35分", 95), ("1小时35分钟20秒", 95),
     ("01:35:20", 95), ("1:35", 95), ("0:00:59", 0), ("1h 35m", 95), ("35 min", 35), ("0", 0)],
)  # fmt: skip
def test_minutes(text: str, minutes: int) -> None:
    assert sheets.minutes_of(text) == minutes


@pytest.mark.parametrize("text", ["很久", "-5", "9e99", "nan", "1:2:3:4", "一百"])
def test_no_minutes(text: str) -> None:
    with pytest.raises((ValueError, OverflowError)):
        sheets.minutes_of(text)


@pytest.mark.parametrize(
    ("text", "share", "percent"),
    [("95%", False, 95), ("95", False, 95), ("0.955", True, 95), ("1", True, 100), ("0", False, 0)],
)
def test_per_cent(text: str, share: bool, percent: int) -> None:
    assert sheets.percent_of(text, share=share) == percent


@pytest.mark.parametrize(
    ("text", "when"),
    [("09:00", NINE), ("9:00:00", NINE), ("2026-09-22 09:00:00", NINE), ("2026/9/22 9:00", NINE),
     ("2026年9月22日 09:00", NINE)],
)  # fmt: skip
def test_times_are_of_beijing(text: str, when: datetime) -> None:
    assert sheets.instant_of(text, DAY) == when


@pytest.mark.parametrize(
    "day", ["9026-09-22", "9999-12-31", "0001-01-01", "2024-09-20", "2027-09-30", "1926/9/22"]
)
def test_a_day_far_from_the_session_is_no_time_of_it(day: str) -> None:
    rows = [["工号", "入会时间", "离会时间"], ["Z-1A", "9:00", f"{day} 10:00"]]
    (line,) = sheets.read(rows, DAY).lines
    assert (line.bad, line.minutes) == ("bad_left", None)


@pytest.mark.parametrize("number", ["13912345678", "11010119900307001X"])
def test_headings_keep_no_number_of_a_person(number: str) -> None:
    reading = sheets.read([[f"姓名\x07{number}", "工号"], ["张三", "Z-1A"]], DAY)
    assert number not in str(reading.headings)
    assert "\x07" not in str(reading.headings)


MESSY = [
    ["示范县资助系统培训 签到表", "", "", "", "", "", ""],
    [],
    ["序号", "姓 名", "工　号", "手机号", "所在学校", "入会时间", "离会时间"],
    ["1", "张 三", "ｚ-００００１", "138 1234 5678", "一中", "2026/9/22 9:00", "2026/9/22 10:00"],
    ["2", "张三", "Z-00001", "", "一中", "2026/9/22 9:30", "2026/9/22 10:30"],
    ["3", "李四", "'0012", "+86 13912345678", "二中", "9:10", "8:00"],
    ["", "", "", "", "", "", ""],
    ["4", "", "", "", "三中", "", ""],
    ["序号", "姓 名", "工　号", "手机号", "所在学校", "入会时间", "离会时间"],
    ["合计", "3人", "", "", "", "", ""],
]


class TestMessySheet:
    def read(self) -> sheets.Reading:
        return sheets.read(MESSY, DAY)

    def test_title_blank_repeated_heading_and_totals_are_no_persons(self) -> None:
        assert [line.numbers for line in self.read().lines] == [(4, 5), (6,), (8,)]

    def test_two_devices_at_once_count_once(self) -> None:
        first = self.read().lines[0]
        assert (first.staff_no, first.name, first.mobile) == ("Z-00001", "张三", "13812345678")
        assert first.minutes == 90

    def test_bad_rows_say_why(self) -> None:
        assert [line.bad for line in self.read().lines] == ["", "left_first", "nobody"]

    def test_text_numbers(self) -> None:
        assert self.read().lines[1].staff_no == "0012"
        assert self.read().lines[1].mobile == "13912345678"


def test_rows_of_one_person_add_minutes_and_keep_the_highest_per_cent() -> None:
    rows = [["工号", "时长", "进度"], ["Z-1A", "30", "40%"], ["Z-1A", "45", "90%"]]
    (line,) = sheets.read(rows, DAY).lines
    assert (line.minutes, line.percent, line.numbers) == (75, 90, (2, 3))


def test_seconds_and_shares_are_seen_by_the_column() -> None:
    rows = [["工号", "观看时长(秒)", "进度"], ["Z-1A", "5400", "0.8"], ["Z-2A", "60", "1"]]
    one, other = sheets.read(rows, DAY).lines
    assert (one.minutes, one.percent) == (90, 80)
    assert (other.minutes, other.percent) == (1, 100)


def test_numbers_that_name_a_person_are_counted_and_left_out() -> None:
    rows = [["姓名", "身份证号", "单位"], ["张三", "11010119900307001X", "一中 11010119900307001X"]]
    reading = sheets.read(rows, DAY)
    assert reading.hidden == 2
    assert "19900307" not in str(reading.lines)


def test_a_bad_cell_spoils_its_row_alone() -> None:
    rows = [["姓名", "时长", "进度", "入会时间"], ["甲一", "很久", "", ""],
            ["乙二", "5", "180", ""], ["丙三", "5", "", "上午"],
            ["丁四", "5", "50", "9:00"]]  # fmt: skip
    assert [line.bad for line in sheets.read(rows, DAY).lines] == [
        "bad_minutes", "bad_percent", "bad_joined", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "refusal"),
    [
        ([], NoHeading),
        ([["a", "b"], ["1", "2"]], NoHeading),
        ([["单位", "时长"], ["一中", "5"]], NoHeading),
        ([["姓名"]], NoRows),
        ([["姓名"], [""]], NoRows),
        ([["姓名"], *[["甲"]] * 5001], TooManyRows),
    ],
)
def test_refused(rows: list[list[str]], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        sheets.read(rows, DAY)


SAID_ABSENT = [
    "缺席", "缺勤", "缺", "未到", "未签到", "没来", "请假", "病假", "旷课", "否", "No", "0",
    "absent", "Excused", "×",
]  # fmt: skip
SAID_THERE = ["", "已到", "到", "√", "是", "迟到", "出席", "1", "present", "准时"]


@pytest.mark.parametrize("word", [*SAID_ABSENT, *SAID_THERE])
def test_who_is_marked_absent_by_hand_is_not_recorded_as_present(word: str) -> None:
    rows = [["姓名", "工号", "出勤情况"], ["张三", "Z-00001", word]]
    assert [line.bad for line in sheets.read(rows, DAY).lines] == [
        "absent" if word in SAID_ABSENT else ""
    ]
