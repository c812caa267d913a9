"""A messy file of a meeting tool: tried out, settled by hand, recorded once."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import select, text
from sqlalchemy.orm import Session as Database
from werkzeug.test import TestResponse

from helpdesk.training.models.attendance import Attendance, Trained
from helpdesk.training.models.importing import ImportRow, ImportRun
from helpdesk.training.models.sessions import Session
from helpdesk.training.operations import importing
from helpdesk.training.rules.attendance import Presence, Way
from helpdesk.training.rules.matching import Outcome
from helpdesk.training.rules.sessions import Mode, State
from tests.factories.country import Country
from tests.factories.people import employ
from tests.factories.training import add_session, attend
from tests.support.client import Client, form_of
from tests.support.queries import Queries

MESSY = """示范县资助系统培训,,,,
,,,,
姓 名,工号,手机,所在学校,参会时长（分钟）
王老师,T-TEACHER,,示范县第一中学,60
王老师,t-teacher,,示范县第一中学,60
李老师,,,示范县第二中学,100
校长,,,,110
赵老师,T-CITY-TEACHER,,,100
同名老师,,,,90
县主任,T-COUNTY-LEAD,,,90
无名氏,,13900001111,,90
,,,示范县第一中学,90
孙小老师,X-99,,,很久
合计,,,,730
"""


@pytest.fixture
def course(land: Country, now: datetime) -> Session:
    """A running session of the county, held online too; two people of one name in two schools."""
    for person in land.people.values():
        person.staff_no = person.staff_no.upper().replace("_", "-")[:14]
    for name, number in (("school", "N-01"), ("sibling_school", "N-02")):
        employ(land.body(name), "同名老师", now, staff_no=number)
    made = add_session(land.body("county"), now, state=State.RUNNING, mode=Mode.BOTH)
    attend(made, land.people["county_lead"])
    return made


@pytest.fixture
def lead(client: Client, land: Country) -> Client:
    """The browser of the head of the county office."""
    client.sign_in(land.account("county_lead"))
    return client


def base(course: Session) -> str:
    return f"/training/sessions/{course.id}/attendance/imports"


def upload(
    client: Client, course: Session, data: bytes | str = MESSY, name: str = "签到.csv", **over: Any
) -> TestResponse:
    content = data.encode() if isinstance(data, str) else data
    fields = {**form_of(client.get(base(course)), "/imports"), "held": "online", **over}
    return client.post(base(course), data={**fields, "file": (io.BytesIO(content), name)})


def outcomes(session: Database) -> dict[str, Outcome]:
    return {row.name: row.outcome for row in session.scalars(select(ImportRow)) if row.name}


def settle(client: Client, session: Database, where: str, name: str, **said: Any) -> TestResponse:
    row = session.scalars(select(ImportRow).where(ImportRow.name == name)).one()
    return client.post(f"{where}/rows", data={"row": row.position, **said})


def book(rows: list[list[Any]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        made.add_worksheet("封面").write(0, 0, "会议纪要")
        sheet = made.add_worksheet("名单")
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                sheet.write(r, c, cell)
    return out.getvalue()


class TestTryOut:
    def test_every_row_has_its_verdict_and_nothing_is_recorded(
        self, lead: Client, course: Session, session: Database
    ) -> None:
        answer = upload(lead, course)
        assert answer.status_code == 303
        assert outcomes(session) == {
            "王老师": Outcome.MATCHED, "李老师": Outcome.MATCHED, "校长": Outcome.CHECK,
            "赵老师": Outcome.MATCHED, "同名老师": Outcome.AMBIGUOUS, "县主任": Outcome.RECORDED,
            "无名氏": Outcome.UNKNOWN, "孙小老师": Outcome.BAD,
        }  # fmt: skip
        wang = session.scalars(select(ImportRow).where(ImportRow.name == "王老师")).one()
        assert (wang.minutes, wang.lines) == (120, [4, 5])
        page = lead.get(answer.location).text
        for said in ("第12行", "没有工号、手机或姓名", "第13行", "时长看不懂", "示范县第二中学"):
            assert said in page
        assert len(session.scalars(select(Attendance)).all()) == 1

    def test_a_double_click_makes_one_run(
        self, lead: Client, course: Session, session: Database
    ) -> None:
        first = upload(lead, course, once="token")
        assert upload(lead, course, once="token").location == first.location
        assert len(session.scalars(select(ImportRun)).all()) == 1

    @pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
    def test_encodings(
        self, lead: Client, course: Session, session: Database, encoding: str
    ) -> None:
        upload(lead, course, MESSY.encode(encoding))
        assert outcomes(session)["王老师"] is Outcome.MATCHED

    def test_workbook_with_a_cover_sheet_and_numbers_as_numbers(
        self, lead: Client, course: Session, session: Database, land: Country
    ) -> None:
        land.people["teacher"].staff_no = "20260001"
        data = book([["签到表"], ["工号", "姓名", "时长"], [20260001, "王老师", 100.0]])
        upload(lead, course, data, "名单.xlsx")
        assert outcomes(session) == {"王老师": Outcome.MATCHED}

    def test_numbers_that_name_a_person_are_told_and_kept_nowhere(
        self, lead: Client, course: Session, session: Database
    ) -> None:
        number, mobile = "11010119900307001X", "13800138000"
        rows = f"姓名,身份证号,手机,单位\n王老师,{number},{mobile},{number}\n"
        page = lead.get(upload(lead, course, rows).location).text
        assert "2个身份证号之类的号码" in page
        assert number not in page
        for table in ("training_import", "training_import_row", "files_file"):
            kept = str(session.execute(text(f"SELECT * FROM {table}")).all())
            assert number not in kept
            assert mobile not in kept

    def test_formulas_and_markup_are_only_text(
        self, lead: Client, course: Session, session: Database
    ) -> None:
        rows = '姓名,单位\n"=HYPERLINK(""x"")",<b>x</b><img src=x>\n'
        page = lead.get(upload(lead, course, rows).location).text
        assert "<img src=x>" not in page
        assert "&lt;b&gt;x&lt;/b&gt;" in page

    @pytest.mark.parametrize(
        ("data", "name", "said"),
        [
            ("a,b\n1,2\n", "x.csv", "没有找到表头"),
            ("姓名\n", "x.csv", "表头下面没有记录"),
            ("姓名\n甲\n", "x.txt", "纯文本"),
            (b"", "x.csv", "空文件"),
            (b"PK\x03\x04broken", "x.xlsx", "打不开"),
            (b"\x89PNG\r\n\x1a\n", "x.png", "请上传 XLSX 或 CSV"),
            ("姓名\n甲\n", "名单13812345678.csv", "文件名里有个人信息"),
        ],
        ids=["no heading", "no rows", "text", "empty", "broken", "picture", "named"],
    )
    def test_refused_with_the_way_out(
        self, lead: Client, course: Session, data: bytes | str, name: str, said: str
    ) -> None:
        answer = upload(lead, course, data, name)
        assert answer.status_code == 422
        assert said in answer.text

    def test_no_file(self, lead: Client, course: Session) -> None:
        fields = {**form_of(lead.get(base(course)), "/imports"), "file": (io.BytesIO(b""), "")}
        assert "请选择文件" in lead.post(base(course), data=fields).text

    def test_a_thousand_rows_need_few_statements(
        self, lead: Client, course: Session, queries: Queries
    ) -> None:
        rows = "\n".join(["工号,姓名", *(f"Q-{i:04d},陌生人{i}" for i in range(1000))])
        queries.clear()
        assert upload(lead, course, rows).status_code == 303
        assert len(queries) <= 60


class TestByHand:
    @pytest.fixture
    def where(self, lead: Client, course: Session) -> str:
        return str(upload(lead, course).location)

    def test_choose_among_two(
        self, lead: Client, where: str, session: Database, land: Country
    ) -> None:
        row = session.scalars(select(ImportRow).where(ImportRow.name == "同名老师")).one()
        stranger = settle(
            lead, session, where, "同名老师", act="choose", person_id=land.people["agent"].id
        )
        assert stranger.status_code == 422
        settle(lead, session, where, "同名老师", act="choose", person_id=row.candidates[1])
        assert outcomes(session)["同名老师"] is Outcome.MATCHED

    def test_a_staff_number_needs_the_name_of_the_row(
        self, lead: Client, where: str, session: Database, land: Country
    ) -> None:
        answer = settle(lead, session, where, "无名氏", act="number", staff_no="T-PRINCIPAL")
        assert answer.status_code == 422
        assert 'value="T-PRINCIPAL"' in answer.text
        land.people["principal"].name = "无名氏"
        settle(lead, session, where, "无名氏", act="number", staff_no="t-principal")
        assert outcomes(session)["无名氏"] is Outcome.MATCHED

    def test_accept_all_and_skip(self, lead: Client, where: str, session: Database) -> None:
        lead.post(f"{where}/rows", data={"act": "accept"})
        settle(lead, session, where, "同名老师", act="skip")
        found = outcomes(session)
        assert (found["校长"], found["同名老师"]) == (Outcome.MATCHED, Outcome.SKIPPED)

    @pytest.mark.parametrize("said", [{"act": "none"}, {"row": "999"}, {"row": "x", "act": "skip"}])
    def test_nonsense(self, lead: Client, where: str, said: dict[str, str]) -> None:
        assert lead.post(f"{where}/rows", data={"act": "skip", **said}).status_code == 404


class TestConfirm:
    def test_records_once_whoever_clicks_twice(
        self, lead: Client, course: Session, session: Database, land: Country
    ) -> None:
        where = upload(lead, course).location
        done = lead.post(f"{where}/confirm")
        assert "已登记3人" in lead.get(done.location).text
        assert lead.post(f"{where}/confirm").status_code == 303
        rows = session.scalars(select(Attendance).where(Attendance.way == Way.IMPORT)).all()
        wang = next(row for row in rows if row.person_id == land.people["teacher"].id)
        assert len(rows) == 3
        assert (wang.online, wang.minutes, wang.percent) == (True, 120, 100)
        assert wang.presence is Presence.PRESENT
        trained = set(session.scalars(select(Trained.person_id)))
        assert land.people["teacher"].id in trained

    def test_settled_rows_stay_as_they_were_recorded(
        self, lead: Client, course: Session, session: Database
    ) -> None:
        where = upload(lead, course).location
        lead.post(f"{where}/confirm")
        assert settle(lead, session, where, "同名老师", act="skip").status_code == 409

    def test_the_desk_was_faster_meanwhile(
        self, lead: Client, course: Session, session: Database, land: Country
    ) -> None:
        where = upload(lead, course).location
        attend(course, land.people["teacher"], presence=Presence.LATE)
        done = lead.post(f"{where}/confirm")
        assert "已登记2人；已有记录1人" in lead.get(done.location).text
        rows = session.scalars(
            select(Attendance.presence).where(Attendance.person_id == land.people["teacher"].id)
        )
        assert rows.all() == [Presence.LATE]

    def test_a_later_list_of_a_course_goes_on_with_the_earlier(
        self, lead: Client, course: Session, session: Database, land: Country
    ) -> None:
        for percent, sentence in (
            (40, "已登记1人；已有记录0人"), (100, "已登记1人；已有记录0人"),
            (90, "已登记0人；已有记录1人"),
        ):  # fmt: skip
            where = upload(lead, course, f"工号,学习进度\nT-TEACHER,{percent}%\n").location
            assert sentence in lead.get(lead.post(f"{where}/confirm").location).text
        found = session.scalars(
            select(Attendance).where(Attendance.person_id == land.people["teacher"].id)
        ).one()
        assert (found.minutes, found.percent, found.version) == (120, 100, 2)

    def test_in_the_room_few_minutes_are_left_early(
        self, lead: Client, course: Session, session: Database, land: Country
    ) -> None:
        where = upload(lead, course, "工号,时长\nT-TEACHER,30\n", held="here").location
        lead.post(f"{where}/confirm")
        row = session.scalars(
            select(Attendance).where(Attendance.person_id == land.people["teacher"].id)
        ).one()
        assert (row.presence, row.minutes, row.online) == (Presence.LEFT_EARLY, 30, False)

    def test_two_rows_settled_as_one_person_are_one_record(
        self, lead: Client, course: Session, session: Database, land: Country
    ) -> None:
        rows = "姓名,单位,时长\n王老师,示范县第一中学,50\n王老师,不知道,60\n"
        where = upload(lead, course, rows).location
        row = session.scalars(select(ImportRow).where(ImportRow.outcome == Outcome.AMBIGUOUS)).one()
        teacher = land.people["teacher"].id
        lead.post(
            f"{where}/rows", data={"act": "choose", "row": row.position, "person_id": teacher}
        )
        lead.post(f"{where}/confirm")
        found = session.scalars(select(Attendance).where(Attendance.person_id == teacher)).one()
        assert found.minutes == 110


class TestForgetting:
    def test_what_nobody_confirmed_goes_after_a_month(
        self, lead: Client, course: Session, session: Database, now: datetime
    ) -> None:
        confirmed = upload(lead, course).location
        lead.post(f"{confirmed}/confirm")
        upload(lead, course, "姓名\n路人\n")
        runs = session.scalars(select(ImportRun)).all()
        for run in runs:
            run.created_at = now - timedelta(days=31)
        upload(lead, course, "姓名\n路人\n")
        assert importing.forget_unused(now=now) == 1
        assert len(session.scalars(select(ImportRun.id)).all()) == 2
        kept = set(session.scalars(select(ImportRow.run_id)))
        assert kept == set(session.scalars(select(ImportRun.id)))


class TestWhoMay:
    @pytest.mark.parametrize("who", ["neighbour_officer", "teacher", "agent", "hei_staff"])
    def test_others_do_not(self, client: Client, course: Session, land: Country, who: str) -> None:
        client.sign_in(land.account("county_lead"))
        where = upload(client, course).location
        client.sign_in(land.account(who))
        assert client.get(where).status_code in (403, 404)
        for act in ("rows", "confirm"):
            assert client.post(f"{where}/{act}").status_code in (403, 404)

    def test_a_run_belongs_to_its_session(
        self, lead: Client, course: Session, land: Country, now: datetime
    ) -> None:
        run = upload(lead, course).location.rsplit("/", 1)[1]
        other = add_session(land.body("county"), now, state=State.RUNNING)
        assert lead.get(f"{base(other)}/{run}").status_code == 404
        assert lead.post(f"{base(other)}/{run}/confirm").status_code == 404

    def test_numbers_of_another_county_are_not_told_apart(
        self, lead: Client, course: Session, session: Database
    ) -> None:
        where = upload(lead, course, "工号\nT-LONELY-TEACH\nT-NOBODY\n").location
        page = lead.get(where).text
        assert "孙老师" not in page
        assert session.scalars(select(ImportRow.outcome)).all() == [Outcome.UNKNOWN] * 2
