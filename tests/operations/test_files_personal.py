"""Files that carry data of students are refused, whatever they are and wherever it hides."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from helpdesk.files.queries import Store
from helpdesk.files.rules import refusals
from helpdesk.files.rules.kinds import Limits
from tests.factories.documents import document, pdf, xlsx
from tests.factories.files import PLAIN_TABLE, Desk, Rows

ID = "990101200001010006"
HIDDEN = "990101********0006"
NAMES = ["王小明", "李小红", "张三", "刘星", "陈晨", "杨洋"]
R = refusals


@pytest.fixture
def desk(session: Session, tmp_path: Path, now: datetime) -> Desk:
    return Desk(Store(tmp_path / "files", Limits()), now)


# --- personal data -------------------------------------------------------------------------------

LISTS: list[tuple[str, Rows, type[R.FileRefused], str]] = [
    ("identity column", [["姓名", "身份证件号"], ["甲", "不公开"]], R.StudentList, "身份证件号"),
    ("spaced heading", [["姓 名", "身 份 证 号"], ["甲", "x"]], R.StudentList, "身 份 证 号"),
    ("student number column", [["学籍号"], ["x"]], R.StudentList, "学籍号"),
    ("bank card column", [["开户行", "银行卡号"], ["某行", "x"]], R.StudentList, "银行卡号"),
    (
        "heading below a title",
        [["资助名单", ""], ["序号", "卡号"], [1, "x"]],
        R.StudentList,
        "卡号",
    ),
    (
        "names under a heading",
        [["姓名", "班级"], *[[n, "1班"] for n in NAMES]],
        R.ManyPersons,
        "6 行",
    ),
    ("names without heading", [[n, "1班"] for n in NAMES], R.ManyPersons, "6 行"),
    (
        "identity number",
        [["备注"], [f"见{ID}"]],
        R.PersonalDataInTable,
        f"A2 有个人信息（{HIDDEN}）",
    ),
    ("mobile as a number", [["电话"], [13800000000]], R.PersonalDataInTable, "138****0000"),
    ("mobile as a fraction", [["电话"], [13800000000.0]], R.PersonalDataInTable, "138****0000"),
    ("card that lost its end", [["号码"], [6222020000000000.0]], R.PersonalDataInTable, "A2"),
    ("identity number as a number", [["号码"], [9.9010120000101e17]], R.PersonalDataInTable, "A2"),
]


@pytest.mark.parametrize(
    ("rows", "refusal", "words"), [case[1:] for case in LISTS], ids=[case[0] for case in LISTS]
)
def test_lists_of_students_are_refused(
    desk: Desk, rows: Rows, refusal: type[R.FileRefused], words: str
) -> None:
    as_csv = "\n".join(",".join(str(v) for v in row) for row in rows).encode()
    as_table = [[str(v) for v in row] for row in rows]
    forms = {"名.xlsx": xlsx({"正常": PLAIN_TABLE, "名单": rows}, hidden=["名单"])}
    if all(isinstance(v, str) for row in rows for v in row):
        forms |= {"名.csv": as_csv, "名.docx": document(["说明"], table=as_table)}
    for name, data in forms.items():
        with pytest.raises(R.FileRefused) as caught:
            desk.keep(name, data)
        assert type(caught.value) is refusal
        assert words in str(caught.value)
        assert "人数" in str(caught.value)
        assert ID not in str(caught.value)
    assert desk.blobs() == []


NO_LISTS: list[tuple[str, Rows]] = [
    ("counts per school", PLAIN_TABLE),
    ("an empty form with headings", [["姓名", "身份证号"], ["", ""]]),
    ("contact persons, few", [["学校", "姓名"], ["第一中学", "王老师"], ["第二中学", "李老师"]]),
    (
        "words that begin like surnames",
        [["项目"], ["高中"], ["高一年级"], ["任务数"], ["金额元"], ["方案"], ["高三"], ["任务月"]],
    ),
    ("ticket numbers", [["工单"], *[[f"2026-000471{n}"] for n in range(9)]]),
    ("school codes", [["学校代码"], [3499000123], [3499000124.0], ["3499000125"]]),
    ("account kind", [["账号"], ["操作账号"], ["审核账号"]]),
    ("amounts", [["金额"], [1380000.5], [3960000]]),
]  # fmt: skip


@pytest.mark.parametrize("rows", [c[1] for c in NO_LISTS], ids=[c[0] for c in NO_LISTS])
def test_tables_of_counts_are_taken(desk: Desk, rows: Rows) -> None:
    assert desk.keep("汇总.xlsx", xlsx({"汇总": rows})).size > 0


HIDING: list[tuple[str, bytes, type[R.FileRefused]]] = [
    ("页.pdf", pdf(["fine", f"student {ID}"]), R.PersonalDataOnPage),
    ("折.pdf", pdf([f"student {ID[:9]}\n{ID[9:]}"]), R.PersonalDataOnPage),
    (
        "批注.pdf",
        pdf(["x"], more=[]).replace(
            b"/MediaBox", f"/Annots [<< /Subtype /Text /Contents ({ID}) >>] /MediaBox".encode()
        ),
        R.PersonalDataOnPage,
    ),
    ("段.docx", document(["说明", f"学生{ID}"]), R.PersonalDataInParagraph),
    ("页眉.docx", document(["说明"], header=f"学生{ID}"), R.PersonalDataHidden),
    (
        "批注.xlsx",
        xlsx(
            {"a": PLAIN_TABLE},
            more={
                "xl/comments1.xml": "<comments><comment><text><r><t>9901012000</t></r>"
                "<r><t>01010006</t></r></text></comment></comments>"
            },
        ),
        R.PersonalDataHidden,
    ),
    (
        "页脚.xlsx",
        xlsx(
            {"a": PLAIN_TABLE},
            sheet_end=f"<headerFooter><oddFooter>{ID}</oddFooter></headerFooter>",
        ),
        R.PersonalDataHidden,
    ),
    (
        "公式.xlsx",
        xlsx({"a": PLAIN_TABLE}, formula=f'"{ID}"'),
        R.PersonalDataHidden,
    ),
]


@pytest.mark.parametrize(("name", "data", "refusal"), HIDING, ids=[case[0] for case in HIDING])
def test_personal_data_is_found_wherever_it_hides(
    desk: Desk, name: str, data: bytes, refusal: type[R.FileRefused]
) -> None:
    with pytest.raises(R.FileRefused) as caught:
        desk.keep(name, data)
    assert type(caught.value) is refusal
    assert HIDDEN in str(caught.value)
    assert desk.blobs() == []


def test_a_list_written_as_lines_is_a_list_too(desk: Desk) -> None:
    lines = [f"{n} {name} 一班" for n, name in enumerate(NAMES * 2, 1)]
    with pytest.raises(R.ManyPersons):
        desk.keep("名单.docx", document(lines))
    assert desk.keep("说明.docx", document(["王小明 来电", "李小红 来电", "处理 情况 如下"]))
