"""Certificates on paper and on the screen, and the page where a stranger checks one."""

from __future__ import annotations

import io
import logging
import re
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import pypdf
import pytest
import segno
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.kernel import fonts
from helpdesk.people.rules import Role
from helpdesk.training.models.certificates import Certificate
from helpdesk.training.operations import checking
from helpdesk.training.queries.certificates import Paper
from helpdesk.training.rules.certificates import new_number
from helpdesk.training.rules.sessions import Mode
from helpdesk.web.certificates import codes, paper
from tests.factories.country import Country
from tests.factories.people import holder
from tests.factories.training import held, train
from tests.support.client import Client, form_of
from tests.support.queries import Queries
from tests.support.staff_pages import become

DAY = date(2026, 9, 1)
FONT = fonts.font_file("")


@pytest.fixture(autouse=True)
def _clock(clock: time_machine.Traveller) -> None:
    """The clock stands still."""


@pytest.fixture
def number(land: Country, client: Client) -> str:
    """王老师 was trained and asked for the certificate."""
    train(held(land.body("county"), DAY), land.people["teacher"])
    client.sign_in(land.account("teacher"))
    sent = form_of(client.get("/training/mine"), "/certificates/mine/2026/issue")
    assert client.post("/certificates/mine/2026/issue", data=sent).status_code == 303
    found = re.search(r"2026-[0-9A-Z-]{17}", client.get("/certificates/mine/2026").text)
    assert found
    client.sign_out()
    return found[0]


def words_of(data: bytes) -> list[str]:
    """What stands on each page without spaces; pypdf takes the two bytes of a sign apart."""
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    return ["".join(page.extract_text().replace("\0", "").split()) for page in pages]


def faces_of(data: bytes) -> set[str]:
    found = set()
    for page in pypdf.PdfReader(io.BytesIO(data)).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            found.add(str(font.get_object()["/BaseFont"]).split("+")[-1])
    return found


def a_paper(**over: object) -> Paper:
    facts = {
        "person_id": 1, "year": 2026, "number": new_number(2026), "person_name": "王老师(演示)",
        "body_name": "示范县第一中学", "body_name_en": "Shifan County No. 1 School",
        "organizer_name": "示范县资助中心", "organizer_name_en": "Shifan County Aid Office",
        "session_title": "资助系统操作培训(演示)", "trained_on": DAY, "mode": Mode.OFFLINE,
        "minutes": 90, "corrected": False, **over,
    }  # fmt: skip
    return Paper(**facts)  # type: ignore[arg-type]


def drawn(*papers: Paper) -> bytes:
    assert FONT is not None, "the tests need fonts-noto-cjk (make test installs it)"
    return paper.draw(papers, font=FONT, address=lambda number: f"https://h.example/c/{number}")


# --- the file -------------------------------------------------------------------------------------


def test_file_speaks_both_languages_in_the_face_for_simplified_chinese() -> None:
    one = a_paper()
    data = drawn(one)
    text = words_of(data)[0]
    parts = (
        "培训证书", "CertificateofTraining", "王老师(演示)", "示范县第一中学", "2026年9月1日",
        "ShifanCountyNo.1School", "1September2026", "线下，1.5小时", "inperson,1.5h",
        "示范县资助中心", "ShifanCountyAidOffice", "扫码核验",
    )  # fmt: skip
    assert [part for part in parts if part not in text] == []
    assert one.number in text
    assert faces_of(data) == {"NotoSansCJKSC"}
    assert "已结年度后更正" not in text


def test_the_first_face_of_the_collection_is_not_taken() -> None:
    assert FONT is not None
    assert paper.face(FONT) == 2


def test_a_late_correction_is_marked() -> None:
    text = words_of(drawn(a_paper(corrected=True)))[0]
    assert "已结年度后更正" in text
    assert "Correctedaftertheyearwasclosed" in text


def test_it_is_small_and_quick() -> None:
    # Of the processor's own time, the best of three: a busy machine is no slower a program.
    spent = []
    for _ in range(3):
        begin = time.process_time()
        data = drawn(a_paper())
        spent.append(time.process_time() - begin)
    assert min(spent) < 1
    assert len(data) < 300_000


def test_many_pages_share_one_font() -> None:
    data = drawn(*(a_paper(person_name=f"第{n}位老师") for n in range(30)))
    assert [text[:4] for text in words_of(data)] == ["培训证书"] * 30
    assert len(data) < 150_000


def test_rare_characters_are_drawn_or_visibly_replaced(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="helpdesk.web.certificates.paper"):
        text = words_of(drawn(a_paper(person_name="㐂𠮷\ue000\U000f0001老师")))[0]
    assert "㐂𠮷〓〓老师" in text
    assert "U+E000 U+F0001" in caplog.text
    # The log names signs, not people.
    assert "老师" not in caplog.text


def test_a_font_without_chinese_draws_what_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody set HELPDESK_FONT to one: signs it lacks are visible, nothing breaks."""
    monkeypatch.setattr(paper, "known_signs", lambda _font: frozenset(range(0x20, 0x7F)))
    text = words_of(drawn(a_paper(person_name="王Li")))[0]
    assert "?Li" in text
    assert "王" not in text


def test_words_are_drawn_as_they_are(land: Country) -> None:
    """No markup, no formula, no PDF syntax comes out of a name."""
    rude = "**粗** __x__ <b>y</b> =1+1 (\\) endstream ${z} [a](http://b)"
    data = drawn(a_paper(person_name=rude, session_title=rude, organizer_name=rude))
    text = words_of(data)[0]
    assert text.count("".join(rude.split())) == 4  # name, both sentences, organiser
    annotations = pypdf.PdfReader(io.BytesIO(data)).pages[0]["/Annots"]
    links = [str(one.get_object()["/A"]["/URI"]) for one in annotations]  # type: ignore[attr-defined]
    assert all(link.startswith("https://h.example/c/") for link in links)


def test_the_longest_words_stay_on_their_page() -> None:
    long = a_paper(
        person_name="长" * 80, body_name="校" * 80, body_name_en="School " * 22,
        organizer_name="办" * 80, organizer_name_en="Office " * 22, session_title="训" * 120,
        corrected=True,
    )  # fmt: skip
    pages = words_of(drawn(long))
    assert len(pages) == 1
    assert pages[0].count("长") == 80
    assert "扫码核验" in pages[0]


def test_qr_code_carries_the_address() -> None:
    address = "https://helpdesk.example.cn/certificates/check/2026-7K3M-94QX-2FWE-T8"
    assert codes.picture(address).read(8) == b"\x89PNG\r\n\x1a\n"
    made = segno.make_qr(address, error="m")
    assert codes.source(address) == made.png_data_uri(scale=4, border=4)


# --- one's own ------------------------------------------------------------------------------------


def test_own_certificate_as_page_and_as_file(number: str, land: Country, client: Client) -> None:
    client.sign_in(land.account("teacher"))
    page = client.get("/certificates/mine/2026")
    assert "王老师" in page.text
    assert "Certificate of Training" in page.text
    address = f"http://localhost/certificates/check/{number}"
    source = segno.make_qr(address, error="m").png_data_uri(scale=4, border=4)
    assert source.replace("+", "&#43;") in page.text.replace("+", "&#43;")
    answer = client.get("/certificates/mine/2026.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert number in words_of(answer.data)[0]
    assert "王老师" in words_of(answer.data)[0]


def test_a_second_click_changes_nothing(number: str, land: Country, client: Client) -> None:
    client.sign_in(land.account("teacher"))
    assert client.post("/certificates/mine/2026/issue").status_code == 303
    assert number in client.get("/certificates/mine/2026").text


def test_nobody_else_gets_at_it(number: str, land: Country, client: Client) -> None:
    client.sign_in(land.account("principal"))
    assert client.get("/certificates/mine/2026").status_code == 404
    assert client.get("/certificates/mine/2026.pdf").status_code == 404
    refused = client.post("/certificates/mine/2026/issue")
    assert refused.status_code == 422
    assert "没有有效的参训记录" in refused.text
    assert client.post("/certificates/mine/99999999999999999/issue").status_code == 404


def test_without_a_font_the_page_is_still_there(
    number: str, land: Country, app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "PLACES", ())
    monkeypatch.setattr(fonts.font_file, "__defaults__", ((),))
    client.sign_in(land.account("teacher"))
    page = client.get("/certificates/mine/2026").text
    assert "没有找到中文字体" in page
    assert "/certificates/mine/2026.pdf" not in page
    refused = client.get("/certificates/mine/2026.pdf")
    assert refused.status_code == 503
    assert "fonts-noto-cjk" in refused.text


def test_an_english_page_is_whole(number: str, land: Country, client: Client) -> None:
    client.sign_in(land.account("teacher"))
    client.set_cookie("language", "en")
    page = client.get("/certificates/mine/2026").text
    assert 'lang="en"' in page
    assert "Certificate of Training" in page
    assert "培训证书" in page
    assert client.get("/training/mine").status_code == 200
    client.sign_out()
    for asked in (f"/{number}", "", "/nothing"):
        assert client.get(f"/certificates/check{asked}").status_code == 200


# --- those of a session ---------------------------------------------------------------------------


def test_coordinator_prints_a_whole_session(land: Country, client: Client, now: datetime) -> None:
    of = held(land.body("county"), DAY)
    for who in ("teacher", "sibling_teacher"):
        train(of, land.people[who])
    become(client, holder(land.body("county"), Role.TRAINING_COORDINATOR, now))
    address = f"/certificates/session/{of.id}"
    assert client.post(address).status_code == 303
    assert client.post(address).status_code == 303
    page = client.get(address).text
    assert page.count('class="hd-panel hd-cert"') == 2
    pages = words_of(client.get(f"{address}.pdf").data)
    assert ["李老师" in pages[0], "王老师" in pages[1]] == [True, True]


def test_parts_of_a_large_session(
    land: Country, client: Client, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helpdesk.web.certificates.views.PART", 1)
    of = held(land.body("county"), DAY)
    for who in ("teacher", "sibling_teacher"):
        train(of, land.people[who])
    become(client, holder(land.body("county"), Role.TRAINING_COORDINATOR, now))
    address = f"/certificates/session/{of.id}"
    client.post(address)
    first, second = client.get(address).text, client.get(f"{address}?part=2").text
    assert "李老师" in first
    assert "王老师" in second
    assert f"{address}.pdf?part=2" in second
    assert len(words_of(client.get(f"{address}.pdf?part=99").data)) == 1
    assert client.get(f"{address}?part=x").status_code == 200


def test_only_who_manages_the_session(land: Country, client: Client, now: datetime) -> None:
    of = held(land.body("county"), DAY)
    train(of, land.people["teacher"])
    become(client, holder(land.body("neighbour"), Role.TRAINING_COORDINATOR, now))
    assert client.post(f"/certificates/session/{of.id}").status_code == 404
    assert client.get(f"/certificates/session/{of.id}.pdf").status_code == 404
    client.sign_in(land.account("teacher"))
    assert client.post(f"/certificates/session/{of.id}").status_code == 403


def test_a_session_without_anybody_says_so(land: Country, client: Client, now: datetime) -> None:
    of = held(land.body("county"), DAY)
    become(client, holder(land.body("county"), Role.TRAINING_COORDINATOR, now))
    refused = client.post(f"/certificates/session/{of.id}")
    assert refused.status_code == 422
    assert "还没有人算作已参训" in refused.text


# --- the public check -----------------------------------------------------------------------------


def test_a_stranger_sees_little(number: str, client: Client, session: Session) -> None:
    for address in (f"/certificates/check/{number}", f"/certificates/check?number={number}"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "证书有效" in answer.text
        assert "王*" in answer.text
        assert "2026年9月1日" in answer.text
        assert "县级资助" in answer.text
        for secret in ("王老师", "示范县", "中学", "操作培训"):
            assert secret not in answer.text
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert 'name="robots" content="noindex' in answer.text


def test_no_cookie_is_needed(number: str, app: Flask) -> None:
    bare = app.test_client(use_cookies=False)
    assert "证书有效" in bare.get(f"/certificates/check/{number}").text


def test_typed_by_hand(number: str, client: Client) -> None:
    typed = number.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    page = client.get("/certificates/check", query_string={"number": f"  {typed} "}).text
    assert "证书有效" in page


def test_every_other_number_gets_the_same_page(
    number: str, client: Client, session: Session
) -> None:
    row = session.scalars(select(Certificate)).one()
    others = [new_number(2026), new_number(2019), number[:-1] + "?", "1", "%25", "' OR 1=1 --"]
    pages = [
        client.get("/certificates/check", query_string={"number": other}).text.replace(
            f'value="{other}"', ""
        )
        for other in others
    ]
    plain = [re.sub(r"number%3D[^\"]*|number=[^\"]*|value=\"[^\"]*\"", "", page) for page in pages]
    assert len(set(plain)) == 1
    assert "不是有效的证书" in pages[0]
    # Neither does a number that was struck say that it once was one.
    row.state, row.ended_at = type(row.state)("revoked"), row.issued_at
    session.commit()
    struck = client.get("/certificates/check", query_string={"number": number}).text
    assert re.sub(r"number%3D[^\"]*|number=[^\"]*|value=\"[^\"]*\"", "", struck) == plain[0]


def test_known_and_unknown_cost_the_same(number: str, client: Client, queries: Queries) -> None:
    counted = []
    for one in (number, new_number(2026), "nonsense"):
        client.get(f"/certificates/check/{one}")  # the counter's row is there
        queries.clear()
        client.get(f"/certificates/check/{one}")
        counted.append(tuple(queries))
    assert len(set(counted)) == 1


def test_walking_through_numbers_ends_soon(
    number: str, client: Client, clock: time_machine.Traveller
) -> None:
    for _ in range(checking.LIMIT.attempts):
        assert client.get(f"/certificates/check/{new_number(2026)}").status_code == 200
    refused = client.get(f"/certificates/check/{number}")
    assert refused.status_code == 429
    assert "核验次数太多" in refused.text
    assert "证书有效" not in refused.text
    # The empty form costs nothing, and another address is not concerned.
    assert client.get("/certificates/check").status_code == 200
    other = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.get(f"/certificates/check/{number}", environ_base=other).status_code == 200
    clock.shift(checking.LIMIT.block + timedelta(seconds=1))
    assert client.get(f"/certificates/check/{number}").status_code == 200


@pytest.mark.parametrize("address", ["/certificates", "/certificates/", "/certificates/1"])
def test_there_is_no_list(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_fonts_are_not_part_of_the_product() -> None:
    root = Path(__file__).parents[2]
    assert not [p for end in ("ttf", "ttc", "otf") for p in (root / "static").rglob(f"*.{end}")]


def test_the_page_of_a_session_offers_them(land: Country, client: Client, now: datetime) -> None:
    of = held(land.body("county"), DAY)
    train(of, land.people["teacher"])
    client.sign_in(land.account("teacher"))
    assert "开具全部证书" not in client.get(f"/training/sessions/{of.id}").text
    become(client, holder(land.body("county"), Role.TRAINING_COORDINATOR, now))
    page = client.get(f"/training/sessions/{of.id}")
    assert "开具全部证书" in page.text
    sent = form_of(page, f"/certificates/session/{of.id}")
    done = client.post(f"/certificates/session/{of.id}", data=sent, follow_redirects=True)
    assert "王老师" in done.text
