"""What is taken, what is refused and with which way out, and how it lies in the store."""

from __future__ import annotations

import io
import os
import stat
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.files import operations, queries
from helpdesk.files.models import File
from helpdesk.files.queries import Store, StoredFile
from helpdesk.files.rules import packages, refusals
from helpdesk.files.rules.kinds import MEGABYTE, Limits
from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.errors import NotFound
from tests.factories.documents import (
    document,
    old_office,
    pdf,
    photograph,
    picture,
    vast_png,
    xlsx,
    zipped,
)
from tests.factories.files import PLAIN_TABLE, Desk

ID = "990101200001010006"


@pytest.fixture
def desk(session: Session, tmp_path: Path, now: datetime) -> Desk:
    return Desk(Store(tmp_path / "files", Limits()), now)


# --- taken ---------------------------------------------------------------------------------------

TAKEN = [
    ("屏幕截图.png", picture(), "image/png"),
    ("透明.png", picture(mode="RGBA"), "image/png"),
    ("调色板.png", picture(mode="P"), "image/png"),
    ("灰度.png", picture(mode="L"), "image/png"),
    ("照片.jpg", picture("JPEG"), "image/jpeg"),
    ("照片.JPEG", picture("JPEG", mode="CMYK"), "image/jpeg"),
    ("名字不对.exe.png", picture(), "image/png"),
    ("说明.pdf", pdf(["School 3499000123, ticket 2026-0004711, 120 students"]), "application/pdf"),
    ("汇总.xlsx", xlsx({"汇总": PLAIN_TABLE}), None),
    ("汇总.csv", "学校,人数\n示范县第一中学,120\n".encode("utf-8-sig"), "text/csv"),
    ("汇总.csv", "学校,人数\n示范县第一中学,120\n".encode("gb18030"), "text/csv"),
    ("汇总.csv", "学校\t人数\n示范县第一中学\t120\n".encode("utf-16"), "text/csv"),
    ("说明.docx", document(["登录提示“无效学校”，涉及120人。"]), None),
    ("说明.docx", document(table=[["学校", "人数"], ["示范县第一中学", "120"]]), None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "media"), TAKEN, ids=[case[0] for case in TAKEN])
def test_taken(desk: Desk, name: str, data: bytes, media: str | None) -> None:
    kept = desk.keep(name, data, confirmed=True)
    assert media is None or kept.media_type == media
    found, path = queries.open_file(desk.store, kept.id)
    assert found == kept
    assert path.stat().st_size == kept.size


def test_the_name_follows_the_content(desk: Desk) -> None:
    assert desk.keep("C:\\temp\\名字不对.exe", picture(), confirmed=True).name == "名字不对.png"
    assert desk.keep("../../etc/passwd", picture(), confirmed=True).name == "passwd.png"
    assert desk.keep("a\x00b\r\nc<>.png", picture(), confirmed=True).name == "a b c__.png"
    assert desk.keep("", picture(), confirmed=True).name == "file.png"
    assert len(desk.keep("长" * 300 + ".png", picture(), confirmed=True).name) <= 104


# --- refused -------------------------------------------------------------------------------------

R = refusals

REFUSED: list[tuple[str, bytes, type[R.FileRefused]]] = [
    ("空.png", b"", R.FileEmpty),
    ("坏.png", picture()[:60], R.FileBroken),
    ("坏.jpg", picture("JPEG")[:200], R.FileBroken),
    ("坏.pdf", b"%PDF-1.7 nothing", R.FileBroken),
    ("坏.xlsx", xlsx({"a": PLAIN_TABLE})[:-200], R.FileBroken),
    ("坏.docx", zipped({"[Content_Types].xml": "x", "word/document.xml": "<w"}), R.FileBroken),
    ("包.zip", zipped({"a.txt": "a"}), R.Archive),
    ("名单.png", zipped({"a.txt": "a"}), R.Archive),
    ("包.rar", b"Rar!\x1a\x07\x00" + b"\0" * 300, R.Archive),
    ("包.7z", b"7z\xbc\xaf\x27\x1c" + b"\0" * 300, R.Archive),
    ("包.gz", b"\x1f\x8b\x08" + b"\0" * 300, R.Archive),
    ("旧.xls", old_office("Workbook"), R.OldSpreadsheet),
    ("旧.xls", old_office("unknown"), R.OldSpreadsheet),
    ("旧.doc", old_office("WordDocument"), R.OldDocument),
    ("旧.ppt", old_office("PowerPoint Document"), R.Presentation),
    ("密.xlsx", old_office("EncryptedPackage"), R.FileEncrypted),
    ("新.pptx", zipped({"[Content_Types].xml": "", "ppt/presentation.xml": ""}), R.Presentation),
    ("二进制.xlsb", zipped({"[Content_Types].xml": "", "xl/workbook.bin": ""}), R.OldSpreadsheet),
    ("宏.xlsm", xlsx({"a": PLAIN_TABLE}, more={"xl/vbaProject.bin": b"x"}), R.WithMacros),
    ("嵌.xlsx", xlsx({"a": PLAIN_TABLE}, more={"xl/embeddings/o.bin": b"x"}), R.WithEmbedded),
    ("程序.exe", b"MZ" + b"\0" * 300, R.Program),
    ("程序.png", b"MZ" + b"\0" * 300, R.Program),
    ("脚本.sh", b"#!/bin/sh\necho", R.Program),
    ("脚本.csv", b"#!/bin/sh\necho", R.Program),
    ("脚本.vbs.bat", b"echo off", R.Program),
    ("图.svg", b'<svg xmlns="http://www.w3.org/2000/svg"></svg>', R.Markup),
    ("图.png", b'<?xml version="1.0"?><svg></svg>', R.Markup),
    ("页.html", b"<!DOCTYPE html><html></html>", R.Markup),
    ("表.csv", b"a,b\n<script>alert(1)</script>,2", R.Markup),
    ("表.xls", b"<html xmlns:o=''><table></table></html>", R.Markup),
    ("图.gif", picture("GIF", mode="P"), R.OtherPicture),
    ("图.bmp", picture("BMP"), R.OtherPicture),
    ("图.webp", picture("WEBP"), R.OtherPicture),
    ("图.tif", picture("TIFF"), R.OtherPicture),
    ("说明.txt", "登录提示无效学校".encode(), R.PlainText),
    ("乱.csv", bytes(range(256)), R.FileRefused),
    ("乱.dat", b"\x01\x02\x03", R.FileRefused),
    ("脚本.pdf", pdf(["x"], root="/OpenAction << /S /JavaScript /JS (1) >>"), R.WithEmbedded),
    ("启动.pdf", pdf(["x"], root="/OpenAction << /S /Launch >>"), R.WithEmbedded),
    ("附件.pdf", pdf(["x"], root="/Names << /EmbeddedFiles << >> >>"), R.WithEmbedded),
    ("密.pdf", pdf(["x"]).replace(b"/Root 1 0 R", b"/Root 1 0 R /Encrypt << /Filter /Standard /V 1 "
     b"/R 2 /O (00000000000000000000000000000000) /U (00000000000000000000000000000000) /P -4 >> "
     b"/ID [(1) (1)]"), R.FileEncrypted),
    ("厚.pdf", pdf(["x"] * 101), R.TooManyPages),
    ("巨.png", vast_png(), R.PictureTooLarge),
    ("大.png", vast_png(8000, 8000), R.PictureTooLarge),
    (f"{ID}.png", picture(), R.PersonalDataInName),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "refusal"), REFUSED, ids=[case[0] for case in REFUSED])
def test_refused(desk: Desk, name: str, data: bytes, refusal: type[R.FileRefused]) -> None:
    with pytest.raises(R.FileRefused) as caught:
        desk.keep(name, data, confirmed=True)
    assert type(caught.value) is refusal
    sentence = str(caught.value)
    assert sentence.endswith("。")
    assert ID not in sentence
    assert desk.blobs() == []


def test_every_refusal_says_what_to_do() -> None:
    kinds = [k for k in vars(refusals).values() if isinstance(k, type)]
    ours = [k for k in kinds if issubclass(k, refusals.FileRefused)]
    assert len(ours) > 20
    for kind in ours:
        assert "请" in kind.sentence or "可以上传" in kind.sentence


@pytest.mark.parametrize(
    ("name", "data", "limit"),
    [("大.png", picture(), 5), ("大.pdf", pdf(["x"]), 10), ("大.csv", b"a,b\n", 10)],
    ids=["picture", "pdf", "csv"],
)
def test_too_large(desk: Desk, name: str, data: bytes, limit: int) -> None:
    data += b"\n" * (limit * MEGABYTE)
    with pytest.raises(R.FileTooLarge) as caught:
        desk.keep(name, data, confirmed=True)
    assert f"{limit}.1 MB，超过 {limit} MB" in str(caught.value)


def test_limits_are_the_installation_s(desk: Desk) -> None:
    desk.store = Store(desk.store.folder, Limits(picture=50, other=50))
    with pytest.raises(R.FileTooLarge):
        desk.keep("小.png", picture(), confirmed=True)


# --- bombs ---------------------------------------------------------------------------------------


def test_a_package_that_unpacks_to_too_much(desk: Desk) -> None:
    bomb = xlsx({"a": PLAIN_TABLE}, more={"xl/big.xml": b" " * (packages.MOST_UNPACKED + 1)})
    assert len(bomb) < MEGABYTE
    with pytest.raises(R.Unpacked):
        desk.keep("弹.xlsx", bomb)


def test_a_package_of_too_many_parts(desk: Desk) -> None:
    more = {f"xl/x{n}.xml": "<a/>" for n in range(packages.MOST_PARTS)}
    with pytest.raises(R.Unpacked):
        desk.keep("多.xlsx", xlsx({"a": PLAIN_TABLE}, more=more))


def test_a_directory_that_lies_about_sizes(desk: Desk) -> None:
    honest = xlsx({"a": PLAIN_TABLE}, more={"xl/big.xml": b"7" * 5000})
    lying = honest.replace((5000).to_bytes(4, "little"), (50).to_bytes(4, "little"))
    assert lying != honest
    with pytest.raises(R.FileBroken):
        desk.keep("谎.xlsx", lying)


def test_two_cells_at_the_ends_of_a_sheet(desk: Desk) -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    with_far = xlsx(
        {"a": [[1]]}, more={"xl/worksheets/sheet2.xml": f"<w><sheetData>{far}</sheetData></w>"}
    )
    assert desk.keep("好.xlsx", xlsx({"a": [[1]]}))
    with pytest.raises(R.Unpacked):
        desk.keep("远.xlsx", with_far)


def test_entities_that_multiply(desk: Desk) -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE a [<!ENTITY l0 "lol">{levels}]><a>&l9;</a>'
    with pytest.raises(R.FileBroken):
        desk.keep("弹.xlsx", xlsx({"a": PLAIN_TABLE}, more={"xl/comments1.xml": bomb}))


# --- pictures ------------------------------------------------------------------------------------


def test_a_picture_is_upright_and_bare(desk: Desk) -> None:
    kept = desk.keep("照片.jpg", photograph(), confirmed=True)
    _, path = queries.open_file(desk.store, kept.id)
    with Image.open(path) as shown:
        assert shown.size == (30, 40)
        assert dict(shown.getexif()) == {}
        assert not {"exif", "comment", "icc_profile"} & set(shown.info)
    data = path.read_bytes()
    assert ID.encode() not in data
    assert b"telephones" not in data


def test_what_hangs_behind_a_picture_does_not_come_along(desk: Desk) -> None:
    kept = desk.keep("双面.png", picture() + zipped({"名单.csv": ID}), confirmed=True)
    _, path = queries.open_file(desk.store, kept.id)
    assert path.read_bytes().startswith(b"\x89PNG")
    assert b"PK\x03\x04" not in path.read_bytes()


def test_a_transparent_colour_stays(desk: Desk) -> None:
    kept = desk.keep("p.png", picture(mode="P", transparency=200), confirmed=True)
    _, path = queries.open_file(desk.store, kept.id)
    with Image.open(path) as shown:
        assert "transparency" in shown.info


WITH_PICTURES = [
    ("截图.png", picture()),
    ("照片.jpg", picture("JPEG")),
    ("扫描.pdf", pdf([""])),
    ("带图.docx", document(["说明"], picture=picture())),
    ("带图.xlsx", xlsx({"a": PLAIN_TABLE}, more={"xl/media/image1.png": picture()})),
]


@pytest.mark.parametrize(("name", "data"), WITH_PICTURES, ids=[c[0] for c in WITH_PICTURES])
def test_pictures_need_a_person_s_word(desk: Desk, name: str, data: bytes) -> None:
    with pytest.raises(R.PictureNotConfirmed):
        desk.keep(name, data)
    kept = desk.keep(name, data, confirmed=True)
    row = desk_row(kept)
    assert row.pictures
    assert row.confirmed_at == desk.now


def desk_row(kept: StoredFile) -> File:
    from helpdesk.kernel.db import session

    return session().get_one(File, kept.id)


def test_documents_without_pictures_need_none(desk: Desk) -> None:
    row = desk_row(desk.keep("汇总.xlsx", xlsx({"a": PLAIN_TABLE})))
    assert not row.pictures
    assert row.confirmed_at is None


# --- the store -----------------------------------------------------------------------------------


def test_bytes_lie_once_by_their_hash_read_only(desk: Desk) -> None:
    first = desk.keep("一.csv", b"a,b\n1,2\n")
    second = desk.keep("二.csv", b"a,b\n1,2\n")
    assert first.id != second.id
    assert first.sha256 == second.sha256
    (blob,) = desk.blobs()
    assert blob == desk.store.folder / first.sha256[:2] / first.sha256[2:4] / first.sha256
    assert stat.S_IMODE(os.stat(blob).st_mode) == 0o440


def test_a_failed_write_leaves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        desk.keep("一.csv", b"a,b\n")
    assert desk.blobs() == []


def test_lost_bytes_are_not_found(desk: Desk) -> None:
    kept = desk.keep("一.csv", b"a,b\n")
    desk.blobs()[0].unlink()
    with pytest.raises(NotFound):
        queries.open_file(desk.store, kept.id)
    with pytest.raises(NotFound):
        queries.open_file(desk.store, kept.id + 1)


def test_several_files_in_one_query(desk: Desk) -> None:
    one, two = desk.keep("一.csv", b"a,b\n"), desk.keep("二.csv", b"c,d\n")
    assert list(queries.files([two.id, one.id, two.id, 99999])) == [two.id, one.id]
    assert queries.files([]) == {}


def test_only_the_sender_forgets(desk: Desk, session: Session) -> None:
    kept = desk.keep("一.csv", b"a,b\n")
    stranger = SYSTEM.__class__(person_id=7, name="stranger")
    assert operations.forget(file_ids=[kept.id], actor=stranger) == 0
    assert operations.forget_all(file_ids=[kept.id]) == 1
    assert session.scalar(select(func.count(File.id))) == 0


def _grow_old(path: Path, by: timedelta, now: datetime) -> None:
    moment = (now - by).timestamp()
    os.utime(path, (moment, moment))


def test_the_sweep_removes_old_blobs_without_a_row(desk: Desk) -> None:
    lost, used = desk.keep("一.csv", b"a,b\n"), desk.keep("二.csv", b"c,d\n")
    operations.forget_all(file_ids=[lost.id])
    half = desk.store.blob(used.sha256).with_name(".new-half")
    half.write_bytes(b"half")
    for path in desk.blobs():
        _grow_old(path, timedelta(hours=1), desk.now)
    assert operations.sweep(store=desk.store, now=desk.now) == 0
    for path in desk.blobs():
        _grow_old(path, timedelta(days=2), desk.now)
    assert operations.sweep(store=desk.store, now=desk.now) == 2
    assert desk.blobs() == [desk.store.blob(used.sha256)]
    assert operations.sweep(store=desk.store, now=desk.now) == 0


def test_keeping_the_same_bytes_again_makes_them_young(desk: Desk) -> None:
    lost = desk.keep("一.csv", b"a,b\n")
    operations.forget_all(file_ids=[lost.id])
    _grow_old(desk.blobs()[0], timedelta(days=900), desk.now)
    desk.keep("一.csv", b"a,b\n")
    age = desk.now.timestamp() - desk.blobs()[0].stat().st_mtime
    assert age < timedelta(days=800).total_seconds()


def test_bytes_come_back_whole(desk: Desk) -> None:
    data = pdf(["School 3499000123"])
    kept = desk.keep("说明.pdf", data)
    _, path = queries.open_file(desk.store, kept.id)
    assert io.BytesIO(path.read_bytes()).getvalue() == data
