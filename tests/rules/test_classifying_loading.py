"""The data of the classification is read strictly: a slip is named with its file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from helpdesk.catalog import queries as catalog
from helpdesk.intake.queries import classifying_data as data
from helpdesk.kernel.errors import BadData

CACHED = (data.knowledge, data.examples)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the data folder that is read instead."""
    for part in ("examples", "classifying"):
        shutil.copytree(catalog.FOLDER / part, tmp_path / part)
    monkeypatch.setattr(catalog, "FOLDER", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "before", "after", "complaint"),
    [
        ("examples/ENV.yaml", "code: ENV", "code: OPS", "name another card"),
        (
            "examples/ENV.yaml",
            "  系统打不开\n",
            "  系统打不开\n  系统打不开\n",
            "stands here twice",
        ),
        ("classifying/words.yaml", "re:", "re:(", "is no pattern"),
        ("classifying/words.yaml", "leads_to: [", "leads_to: [NONE, ", "no problem card"),
        ("classifying/deciding.yaml", "unless: [", "unless: [nothing, ", "there is no cue"),
        ("classifying/deciding.yaml", "code: ACC-4a", "code: ACC-9", "no problem card"),
        ("classifying/spelling.yaml", "登陆 登录", "登陆", "has no right spelling"),
        ("classifying/spelling.yaml", "錄录", "錄录录", "two characters"),
    ],
)
def test_a_slip_is_named(file: str, before: str, after: str, complaint: str, folder: Path) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(BadData, match=complaint) as slip:
        for read in CACHED:
            read.__wrapped__()
    assert f"{Path(file).name}:" in str(slip.value)
