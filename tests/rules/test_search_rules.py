"""How texts and queries are read for the search, without a database."""

from __future__ import annotations

import pytest

from helpdesk.search.queries.lexicon import analysis, lexicon
from helpdesk.search.rules.analysis import (
    MOST_OF_ONE,
    MOST_TOKENS,
    OVERLAP,
    chunks,
    tails,
    tokens_of,
    with_places,
)
from helpdesk.search.rules.asking import phrase
from helpdesk.search.rules.marking import LENGTH, marked, snippet
from helpdesk.search.rules.matching import all_of
from helpdesk.search.rules.ranking import weights


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("密码错误", "密码 码错 错误 误"),
        ("密码。错误", "密码 码 错误 误"),
        ("12月31日", "12 月 31 日"),
        ("Ａcc-４a", "acc 4a"),
        ("資助錄入", "资助 助录 录入 入"),
        ("③类", "3 类"),
        ("𠮷祥", "u20bb7祥 祥"),
        ("", ""),
    ],
)
def test_tokens(text: str, tokens: str) -> None:
    assert " ".join(tokens_of(analysis().units(text))) == tokens


def test_pieces_overlap_and_keep_what_every_engine_keeps() -> None:
    tokens = [f"t{i}" for i in range(MOST_TOKENS + 500)]
    first, second = chunks(tokens)
    assert len(first) == MOST_TOKENS
    assert second[:OVERLAP] == first[-OVERLAP:]
    for piece in chunks(["同一", "一个"] * 2000):
        assert max(piece.count("同一"), piece.count("一个")) <= MOST_OF_ONE


def test_places_in_a_tsvector() -> None:
    assert with_places(["密码", "码", "密码"]) == "'密码':1,3 '码':2"


def test_tails_are_the_ends_of_a_number() -> None:
    assert tails("0004711") == "0004711 004711 04711 4711 711"
    assert tails("12") == "12"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("老师您好，请问密码错误怎么办", "密码错误"),
        ("中职免学费什么时候截止", "中职 免学费 截止"),
        ("2026-0004711", "2026-0004711"),
        ("审", "审"),
        ("怎么办", "怎么办"),
        ("东西湖", "东西湖"),
        ("，。", ""),
        ("", ""),
    ],
)
def test_words_of_a_query(asked: str, words: str) -> None:
    assert " ".join(word.text for word in lexicon().query(asked).words) == words


def test_weak_words_are_needed_only_alone() -> None:
    assert lexicon().query("资助系统打不开").needed == (False, True)
    assert lexicon().query("资助系统").needed == (True,)


def test_synonyms_follow_the_word_that_was_asked_for() -> None:
    word = lexicon().query("帐号").words[0]
    texts = ["".join(unit.text for unit in p.units) for p in word.phrases]
    assert texts[0] == "帐号"
    assert "账号" in texts


@pytest.mark.parametrize(
    ("asked", "sqlite", "postgresql"),
    [
        ("密码", '("密码")', "(('密码'))"),
        ("审", '("审" *)', "(('审':*))"),
        ("12月", '("12 月" *)', "(('12' <-> '月':*))"),
        ("4711", '("4711" *)', "(('4711':*))"),
        ("a", '("a")', "(('a'))"),
    ],
)
def test_each_engine_is_asked_in_its_own_words(asked: str, sqlite: str, postgresql: str) -> None:
    word = lexicon().word(asked)
    only = [type(word)(word.text, word.phrases[:1])]
    assert all_of(only, "sqlite") == sqlite
    assert all_of(only, "postgresql") == postgresql


@pytest.mark.parametrize(
    ("asked", "text", "found"),
    [
        ("4711", "号0004711", False),
        ("4711", "4711号", True),
        ("12月", "12 月", True),
        ("12月", "112月", False),
        ("密码", "密 码", False),
        ("a", "ab", False),
    ],
)
def test_a_phrase_in_a_text(asked: str, text: str, found: bool) -> None:
    assert (phrase(asked).pattern.search(text) is not None) is found


def test_marks_stand_in_the_original_text() -> None:
    query = lexicon().query("密码 12 ㈱")
    text = "提示「密碼」㈱，１２月"
    pieces = marked(analysis(), query, text)
    assert "".join(part for part, _ in pieces) == text
    assert next(part for part, found in pieces if found) == "密碼"
    assert "１２" in [part for part, found in pieces if found]


def test_a_snippet_shows_where_the_words_are() -> None:
    text = "开头。" * 60 + "这里说密码错误，\n也说账号。" + "结尾。" * 60
    pieces = snippet(analysis(), lexicon().query("密码错误 账号"), text)
    shown = "".join(part for part, _ in pieces)
    assert [part for part, found in pieces if found] == ["密码错误", "账号"]
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert "\n" not in shown
    assert len(shown) <= LENGTH + 2


def test_rare_words_weigh_more() -> None:
    rare, common = weights((2, 90), 100)
    assert rare > 2 * common
