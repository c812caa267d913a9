"""Article files are read strictly: every complaint names the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpdesk.kernel.errors import BadData
from helpdesk.knowledge.queries import articlefiles as folder
from helpdesk.knowledge.rules.articles import LONGEST_BODY

FRONT = """title: 密码错误怎么办
summary: 由资助部门重置。
cards: [ACC-4a]
subsystems: []
items: []
audience: []
clauses: []
owner: NATIONAL-AID
review_on: null
"""
PERSON = "990101200001010006"


def write(at: Path, front: str = FRONT, body: str = "正文。\n") -> None:
    """The one file of a folder."""
    (at / "howto").mkdir()
    text = f"---\n{front}---\n\n{body}"
    (at / "howto" / "two-accounts.md").write_bytes(text.encode("utf-8", "surrogateescape"))


def test_a_file_is_an_article(tmp_path: Path) -> None:
    write(tmp_path)
    (file,) = folder.files(tmp_path)
    assert (file.key, file.content.title, file.content.body) == (
        "howto/two-accounts",
        "密码错误怎么办",
        "正文。",
    )


@pytest.mark.parametrize(
    ("front", "body"),
    [
        ("title: [\n", "正文"),
        ("\ttitle: x\n", "正文"),
        ("title: " + "[" * 3000 + "\n", "正文"),
        (FRONT.replace("密码", "\x00"), "正文"),
        (FRONT.replace("密码错误怎么办", r'"\x01"'), "正文"),
        (FRONT.replace("密码", "\udcff"), "正文"),
        (FRONT.replace("密码错误怎么办", "!!python/name:os.system x"), "正文"),
        (FRONT.replace("[ACC-4a]", "&a [*a]"), "正文"),
        (FRONT.replace("密码错误", PERSON), "正文"),
        (FRONT, f"学生{PERSON}登录不了。"),
        (FRONT, "字" * (LONGEST_BODY + 1)),
        (FRONT, " \n"),
        ("", "正文"),
    ],
)  # fmt: skip
def test_a_bad_file_is_named(tmp_path: Path, front: str, body: str) -> None:
    write(tmp_path, front, body)
    with pytest.raises(BadData, match=r"two-accounts\.md"):
        folder.files(tmp_path)


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "howto" / "gone.md").symlink_to(tmp_path / "nowhere")
    with pytest.raises(BadData, match=r"gone\.md: cannot be read"):
        folder.files(tmp_path)
