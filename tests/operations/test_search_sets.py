"""Both databases find the same set: what a reader with paper and pencil would find.

The reader here is a plain text match written for this test. It shares the splitting of the query
with the product and nothing of the index.
"""

from __future__ import annotations

import random
import re
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import true
from sqlalchemy.orm import Session

from helpdesk.search.operations.indexing import put
from helpdesk.search.queries import finding
from helpdesk.search.queries.candidates import Sight
from helpdesk.search.queries.finding import Order
from helpdesk.search.queries.lexicon import lexicon
from helpdesk.search.rules.entries import Entry

TRADITIONAL = str.maketrans("學資錄審幣碼號統導報檔區縣轉貸獎", "学资录审币码号统导报档区县转贷奖")
_WORDS = """
资助系统 学籍系统 密码错误 密码 错误 登录 登陆 账号 帳號 學籍 資助 名单 名單 审核 审 错 未受助
助学金 奖学金 银行卡号 12月31日 12 31日 Excel ｅｘｃｅｌ IE11 ACC-4a acc 2026-0004711 0004711
４７１１ U盾 建档立卡 五类 困难学生 𠮷祥 ③类 中职 免学费 截止 退回 补录 解锁 同步 不同步
"""
WORDS = _WORDS.split()
JOINTS = ("", "", "，", " ", "\n", "。", "-", "（", "_")
_QUERIES = """
密码 错误 密码错误 登录 登不上 学籍 學籍 资助 審核 审 码 错误密码 12月31日 12月 31 excel
Ｅｘｃｅｌ ie acc-4a ACC4a 2026-0004711 4711 ４７１１ 0004 U盾 盾 𠮷祥 𠮷 ③类 五类
银行卡号密码 中职免学费截止 补录解锁 学籍系统不同步 不存在的词
卡号 助学 未受助 建档立卡困难学生 a 统
"""
QUERIES = _QUERIES.split()
START = datetime(2026, 1, 1, tzinfo=UTC)


def corpus() -> list[Entry]:
    """Texts put together from words and joints by a fixed dice; one very long, one of one word."""
    dice = random.Random(20260922)

    def text(length: int) -> str:
        return "".join(dice.choice(WORDS) + dice.choice(JOINTS) for _ in range(length))

    found = [
        Entry(
            "article",
            number,
            text(dice.randint(1, 4)),
            text(dice.randint(0, 25)),
            at=START + timedelta(hours=dice.randint(0, 400)),
        )
        for number in range(1, 401)
    ]
    filler = "字词" * 400
    return [*found, Entry("article", 401, "长文", f"{filler}密码错误{filler}"), *_lonely()]


def _lonely() -> list[Entry]:
    return [Entry("article", 500 + i, word) for i, word in enumerate(WORDS)]


def normal(text: str) -> str:
    """As a reader takes it: width, case and traditional forms do not matter."""
    return unicodedata.normalize("NFKC", text).lower().translate(TRADITIONAL)


def holds(text: str, words: str) -> bool:
    """Does the text say this, whole letters and digits from their beginning?"""
    parts = re.findall(r"[a-z0-9]+|[^\W_a-z0-9]+", words)
    pattern = r"[\W_]*".join(
        rf"(?<![a-z0-9]){part}" if part[0].isascii() else part for part in parts
    )
    # Inside a phrase letters and digits are whole; one letter or digit at its end as well.
    pattern = re.sub(r"([a-z0-9])(\[\\W_\])", r"\1(?![a-z0-9])\2", pattern)
    if len(parts[-1]) == 1 and parts[-1].isascii():
        pattern += r"(?![a-z0-9])"
    return re.search(pattern, text) is not None


def reference(entries: list[Entry], asked: str) -> set[int]:
    """Every word needed, in one of its forms."""
    query = lexicon().query(asked)
    needed = [w for w, must in zip(query.words, query.needed, strict=True) if must]
    forms = [[w.text, *lexicon().synonyms.get(w.text, ())] for w in needed]
    return {
        entry.owner_id
        for entry in entries
        if all(
            any(holds(normal(f"{entry.title}\n{entry.text}"), form) for form in same)
            for same in forms
        )
    }


@pytest.fixture
def entries(session: Session) -> list[Entry]:
    made = corpus()
    put(made)
    return made


def everything(asked: str, order: Order = Order.RANK) -> list[int]:
    """Ids of all that is found, page by page, without what only holds most of the words."""
    sights = [Sight("article", true())]
    found: list[int] = []
    page, after = 1, None
    while True:
        result = finding.find(asked, sights, order=order, page=page, after=after, size=100)
        found += [hit.owner_id for hit in result.hits]
        if result.next is None:
            return found
        page, after = page + 1, result.next


def test_the_same_set_as_a_reader_finds(entries: list[Entry]) -> None:
    wrong = {}
    for asked in QUERIES:
        expected, found = reference(entries, asked), everything(asked)
        assert len(found) == len(set(found))
        # Where little holds every word, texts that hold most of them follow.
        strict = set(found[: len(expected)])
        if strict != expected or (len(expected) >= 10 and set(found) != expected):
            wrong[asked] = (sorted(expected - strict)[:5], sorted(strict - expected)[:5])
    assert not wrong


def test_most_queries_find_something(entries: list[Entry]) -> None:
    empty = [asked for asked in QUERIES if not reference(entries, asked)]
    assert len(empty) < len(QUERIES) / 4


def test_a_list_by_date_is_the_same_set_newest_first(entries: list[Entry]) -> None:
    at = {entry.owner_id: entry.at or START - timedelta(days=1) for entry in entries}
    for asked in ("密码", "学籍", "审"):
        found = everything(asked, Order.DATE)
        assert set(found) == reference(entries, asked)
        assert [at[i] for i in found] == sorted((at[i] for i in found), reverse=True)


def test_counting_stops_at_a_thousand_and_pages_at_ten(session: Session) -> None:
    put(Entry("article", n, f"密码{n}", at=START + timedelta(minutes=n)) for n in range(1, 2301))
    sights = [Sight("article", true())]
    result = finding.find("密码", sights)
    assert (result.total, result.counts) == (finding.MOST + 1, {"article": finding.MOST + 1})
    last = finding.find("密码", sights, page=finding.PAGES)
    assert (len(last.hits), last.next) == (20, None)
    assert finding.find("密码", sights, page=finding.PAGES + 1).hits == ()
    dated = everything("密码", Order.DATE)
    assert dated == list(range(2300, 0, -1))
