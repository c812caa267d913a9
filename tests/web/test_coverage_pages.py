"""The year view: who sees what, that every figure leads to its list, and what is said beside it."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from helpdesk.organizations.models import Body
from helpdesk.organizations.rules import BodyStatus, Kind, Subsystem, shelf_of
from helpdesk.people.models import Appointment
from helpdesk.people.rules import Role
from helpdesk.training.models.closing import ClosedYear
from helpdesk.training.operations import closing, recounting
from tests.factories.country import Country
from tests.factories.people import employ, holder, root_admin
from tests.support.client import Client
from tests.support.inspection import parse
from tests.support.queries import Queries
from tests.support.staff_pages import SCHOOL, become
from tests.web.coverage import counted as counted
from tests.web.coverage import train

COUNTY, CITY, PROVINCE = "420101", "420100", "420000"
YEAR = "/training/coverage"


def hrefs(text: str) -> list[str]:
    """Addresses of the lists on a page, as a browser would ask for them."""
    found = [a.get("href", "") for a in parse(text).named("a")]
    return [one for one in found if re.search(r"/coverage/\w+/(bodies|persons)", one)]


def lines(client: Client, address: str) -> int:
    """Rows of a list."""
    return client.get(address).text.count('<td class="hd-num"')


class TestWhoSeesWhat:
    @pytest.mark.parametrize(
        ("who", "name"),
        [
            ("county_officer", "示范县资助中心"),
            ("county_lead", "示范县资助中心"),
            ("city_supervisor", "示范市资助中心"),
            ("province_lead", "示范省资助中心"),
            ("teacher", "示范县第一中学"),
            ("hei_staff", "示范部属大学"),
        ],
    )
    def test_opens_at_the_own_node(
        self, client: Client, counted: Country, who: str, name: str
    ) -> None:
        client.sign_in(counted.account(who))
        page = client.get(YEAR)
        assert page.status_code == 200
        assert name in page.text.split("</h1>")[0]

    @pytest.mark.parametrize(
        ("who", "code", "status"),
        [
            ("county_officer", COUNTY, 200),
            ("county_officer", SCHOOL, 200),
            ("city_officer", COUNTY, 200),
            ("county_officer", "420102", 404),
            ("county_officer", CITY, 404),
            ("county_officer", "all", 404),
            ("neighbour_officer", SCHOOL, 404),
            ("teacher", COUNTY, 404),
            ("teacher", "3442990002", 404),
            ("province_officer", "430000", 404),
            ("county_officer", "0000000000", 404),
            ("agent", COUNTY, 403),
            ("it_engineer", PROVINCE, 403),
        ],
    )
    def test_only_the_own_range(
        self, client: Client, counted: Country, who: str, code: str, status: int
    ) -> None:
        client.sign_in(counted.account(who))
        for what in ("", "/bodies", "/persons", "/persons.csv", "/bodies.xlsx"):
            # A file is read while the request lives, as a server does.
            page = client.get(f"{YEAR}/{code}{what}", buffered=True)
            assert page.status_code == status, what

    def test_the_whole_country(self, client: Client, counted: Country, now: datetime) -> None:
        become(client, root_admin(now))
        page = client.get(f"{YEAR}/all").text
        assert "全国：各省级单位人员培训率" in page
        assert f'href="{YEAR}/430000"' in page
        assert "中央部属高校" in page
        for place in ("香港：暂无数据", "澳门：暂无数据", "台湾：暂无数据"):
            assert place in page

    def test_a_province_sees_the_country_around_it_but_opens_nothing_there(
        self, client: Client, counted: Country
    ) -> None:
        client.sign_in(counted.account("province_officer"))
        page = client.get(YEAR).text
        assert "方块只表示单位和大致方位，不是地图" in page
        assert f"{YEAR}/430000" not in page

    def test_a_county_has_no_tiles(self, client: Client, counted: Country) -> None:
        client.sign_in(counted.account("county_officer"))
        assert "方块只表示" not in client.get(YEAR).text


class TestFigures:
    def test_three_figures_and_the_gaps(self, client: Client, counted: Country) -> None:
        client.sign_in(counted.account("county_lead"))
        page = client.get(YEAR).text
        # 5 persons, 2 of them trained; 3 bodies, 2 reached, none complete.
        assert "40.0" in page
        assert "66.7" in page
        assert "S-3.3.3" in page
        assert "没有名册的机构（是缺口）" in page
        assert "去年此时没有数据" in page

    def test_a_body_without_roster_is_never_whole(
        self, client: Client, counted: Country, session: Session, now: datetime
    ) -> None:
        client.sign_in(counted.account("city_lead"))
        train(counted, now, *(n for n in counted.people if n != "sibling_teacher"))
        session.execute(
            update(Appointment)
            .where(Appointment.person_id == counted.people["sibling_teacher"].id)
            .values(left_on=date(2026, 9, 1))
        )
        recounting.recount(now)
        page = client.get(f"{YEAR}/{COUNTY}").text
        assert "100.0<small>%" in page  # persons
        assert page.count("66.7<small>%") == 2  # bodies: two of three, reached and complete
        shown = client.get(f"{YEAR}/{COUNTY}/bodies?which=no_roster").text
        assert "示范县第二中学" in shown

    @pytest.mark.parametrize("who", ["county_lead", "city_lead", "province_lead"])
    def test_every_figure_opens_its_list(self, client: Client, counted: Country, who: str) -> None:
        client.sign_in(counted.account(who))
        found = set(hrefs(client.get(YEAR).text))
        assert len(found) > 12
        for href in found:
            if ".xlsx" not in href:
                assert client.get(href).status_code == 200, href

    def test_lists_are_as_long_as_their_figures(self, client: Client, counted: Country) -> None:
        client.sign_in(counted.account("county_lead"))
        lengths = {
            which: lines(client, f"{YEAR}/{COUNTY}/persons?which={which}")
            for which in ("trained", "untrained", "on_leave")
        }
        assert lengths == {"trained": 2, "untrained": 3, "on_leave": 0}
        bodies = {
            which: lines(client, f"{YEAR}/{COUNTY}/bodies?which={which}")
            for which in ("all", "reached", "none_trained", "some_trained", "all_trained")
        }
        assert bodies == {
            "all": 3, "reached": 2, "none_trained": 1, "some_trained": 2, "all_trained": 0
        }  # fmt: skip

    def test_parts_of_a_node_by_tier(self, client: Client, counted: Country) -> None:
        client.sign_in(counted.account("city_lead"))
        page = client.get(YEAR).text
        assert "直属学校" in page
        direct = client.get(f"{YEAR}/{CITY}/bodies?which=all&kind=school&tier=city").text
        assert "示范市实验中学" in direct
        assert "示范县第一中学" not in direct

    def test_last_years_month_end_stands_beside(
        self, client: Client, counted: Country, now: datetime, session: Session
    ) -> None:
        train(counted, now, "teacher", on=date(2025, 5, 6))
        while closing.keep_month_end(now):
            pass
        session.commit()
        client.sign_in(counted.account("county_lead"))
        page = client.get(YEAR).text
        assert "2025年8月31日20.0%，高20.0个百分点" in page
        assert 'class="tick"' in page
        assert 'class="past"' in page

    def test_a_closed_year_says_so(
        self, client: Client, counted: Country, now: datetime, session: Session
    ) -> None:
        train(counted, now, "teacher", on=date(2025, 5, 6))
        closing.close_due(now)
        assert session.get(ClosedYear, 2025) is not None
        session.commit()
        client.sign_in(counted.account("county_lead"))
        page = client.get(f"{YEAR}/{COUNTY}?year=2025").text
        assert "已结转，数据不再变动" in page
        assert "提醒" not in page.split("<main")[1].split("hd-figs")[0]
        assert "已结转" in client.get(f"{YEAR}/{COUNTY}/persons?which=trained&year=2025").text

    @pytest.mark.parametrize("year", ["2026", "2027", "1999", "x", "-1", "99999999999999999999"])
    def test_other_words_for_a_year_mean_this_one(
        self, client: Client, counted: Country, year: str
    ) -> None:
        client.sign_in(counted.account("county_lead"))
        assert "2026年度培训" in client.get(f"{YEAR}?year={year}").text


class TestABody:
    def test_a_school_sees_who_is_trained_and_who_is_not(
        self, client: Client, counted: Country
    ) -> None:
        client.sign_in(counted.account("teacher"))
        page = client.get(YEAR).text
        missing, there = page.split("已培训人员")[0], page.split("已培训人员")[1]
        assert "校长" in missing
        assert "王老师" in there
        assert "应训2人，已培训1人" in page

    def test_without_a_roster_it_says_what_to_do(
        self, client: Client, counted: Country, session: Session, now: datetime
    ) -> None:
        session.execute(
            update(Appointment)
            .where(Appointment.person_id == counted.people["city_teacher"].id)
            .values(left_on=date(2025, 9, 1))
        )
        recounting.recount(now)
        client.sign_in(counted.account("city_lead"))
        page = client.get(f"{YEAR}/3442990003").text
        assert "没有名册的机构算缺口" in page
        assert "提醒" not in page.split("<main")[1]

    def test_a_side_body_shows_its_people_apart(
        self, client: Client, counted: Country, now: datetime
    ) -> None:
        client.sign_in(counted.account("province_lead"))
        page = client.get(f"{YEAR}/420000-IT").text
        assert "省工程师" in page
        assert "不计入统计" in page

    def test_an_invalid_school_is_counted_nowhere(
        self, client: Client, counted: Country, session: Session, now: datetime
    ) -> None:
        counted.body("sibling_school").status = BodyStatus.INVALID
        session.commit()
        recounting.recount(now)
        client.sign_in(counted.account("county_lead"))
        assert "状态为无效" in client.get(f"{YEAR}/3442990002").text
        assert "示范县第二中学" in client.get(f"{YEAR}/{COUNTY}/bodies?which=invalid").text
        assert "示范县第二中学" not in client.get(f"{YEAR}/{COUNTY}/bodies?which=all").text


def test_nothing_to_count_is_said(client: Client, land: Country, now: datetime) -> None:
    """A county alone in its range, before anybody counted, and with no year behind it."""
    become(client, holder(land.body("empty_county"), Role.TRAINING_COORDINATOR, now))
    assert client.get(YEAR).status_code == 200


def _grow(land: Country, session: Session, now: datetime, number: int) -> None:
    """More counties below the city, each with a school and its teacher."""
    city = land.body("city")
    for i in range(number):
        for kind, above in ((Kind.COUNTY_AID, city), (Kind.SCHOOL, None)):
            parent = above or land.bodies[f"county {i}"]
            body = Body(
                code=f"{kind.value[:2].upper()}{number}-{i:04d}", name=f"示范单位{number}-{i}",
                kind=kind, shelf=shelf_of(kind), parent_id=parent.id, path=f"new:{kind}{number}{i}",
                level=parent.level + 1, province_code="42", status_since=date(2020, 1, 1),
                sort_key=f"{i}", find_text="", created_at=now,
            )  # fmt: skip
            session.add(body)
            session.flush()
            body.path = f"{parent.path}{body.id}/"
            land.bodies[f"{'county' if above else 'school'} {i}"] = body
            employ(body, f"老师{number}{i}(演示)", now)
    recounting.recount(now)
    session.commit()


@pytest.mark.parametrize(
    "address",
    [YEAR, f"{YEAR}/{CITY}/bodies?which=all", f"{YEAR}/{CITY}/persons?which=untrained"],
)
def test_the_number_of_queries_does_not_grow(
    client: Client, counted: Country, session: Session, now: datetime, queries: Queries,
    address: str,
) -> None:  # fmt: skip
    client.sign_in(counted.account("city_lead"))
    counts = []
    for number in (5, 45):
        _grow(counted, session, now, number)
        queries.clear()
        assert client.get(address).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[1] < 75


def test_the_first_page_of_an_office_shows_the_three_figures(
    client: Client, counted: Country
) -> None:
    client.sign_in(counted.account("county_lead"))
    page = client.get("/").text
    assert "本级培训 2026" in page
    assert "40.0%" in page
    client.sign_in(counted.account("agent"))
    assert "本级培训" not in client.get("/").text


def test_subsystems_split_the_figures(client: Client, counted: Country) -> None:
    client.sign_in(counted.account("county_lead"))
    page = client.get(YEAR).text
    assert "按子系统" in page
    href = f"which=untrained&amp;subsystem={Subsystem.SENIOR_HIGH.value}"
    assert href in page or href.replace("&amp;", "&") in page
