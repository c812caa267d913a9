"""Student data never gets in: numbers in a text are caught and masked, lists are refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import sqlalchemy
from playwright.sync_api import FilePayload, expect

from helpdesk.kernel.db import Model
from tests.support.browsing import Visitor
from tests.support.live import Live
from tests.support.office_work import attach, enter, fill, go_on, send

# Invented: the check digit is right, the person is nobody.
IDENTITY = "110101201001017650"
TEXT = f"学生{IDENTITY}的困难等级保存不了，重试多次。"


def test_an_identity_number_is_caught_masked_and_not_stored(
    arrive: Callable[..., Visitor], live: Live
) -> None:
    teacher = arrive("demo-school")
    ask_about_operation(teacher)
    fill(teacher, text=TEXT)
    go_on(teacher)
    finding = teacher.page.locator("#text-found")
    expect(finding).to_contain_text("身份证")
    expect(finding).not_to_contain_text(IDENTITY)
    expect(teacher.page.locator("[name=text]")).to_have_value(TEXT)
    teacher.examine()
    teacher.show("student-data-found", "label[for=text]")
    assert IDENTITY not in everything_stored(live)

    teacher.press("用已遮盖的文本继续")
    expect(teacher.page.locator("h1")).to_have_text("核对并提交")
    number = send(teacher)
    expect(teacher.page.locator("#talk")).to_contain_text("的困难等级保存不了")
    expect(teacher.page.locator("#talk")).not_to_contain_text(IDENTITY)
    assert number in everything_stored(live)
    assert IDENTITY not in everything_stored(live)


def test_a_student_list_is_refused_with_another_way(
    arrive: Callable[..., Visitor], live: Live
) -> None:
    teacher = arrive("demo-school")
    ask_about_operation(teacher)
    fill(teacher, text="3名学生的困难等级保存不了。")
    attach(teacher, student_list(), confirmed=True)
    go_on(teacher)
    trouble = teacher.page.locator("main [role=alert]", has_text="像学生名单")
    expect(trouble).to_contain_text("只写人数")
    expect(teacher.page.locator("[name=text]")).to_have_value("3名学生的困难等级保存不了。")
    teacher.examine()
    teacher.show("student-list-refused", "#files-all")
    assert not [p for p in Path(live.app.config["FILES_DIR"]).rglob("*") if p.is_file()]
    go_on(teacher)
    send(teacher)


def ask_about_operation(teacher: Visitor) -> None:
    """The form of the card, filled in but for the words."""
    enter(teacher, "资助业务与操作", "不知道怎么操作")
    fill(
        teacher,
        card_menu_path="困难认定 > 等级录入",
        card_account_kind="operator",
        card_exact_message="保存失败。",
        callback_number="0713-8800000",
    )


def student_list() -> FilePayload:
    """A table as schools keep it, with invented numbers."""
    rows = ["姓名,身份证号,班级", *(f"学生{n},{IDENTITY},一班" for n in range(3))]
    return {"name": "名单.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode()}


def everything_stored(live: Live) -> str:
    """Every value of every table."""
    with live.prepared() as session:
        tables = Model.metadata.sorted_tables
        rows = [session.execute(sqlalchemy.select(table)).all() for table in tables]
    return repr(rows)
