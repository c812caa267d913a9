"""Personal data in free text: what is found, where, why, and its masked form.

Pure. `find` looks for numbers that name a person (identity, student and bank card numbers,
mobiles); a text with one of them is never stored. `warnings` looks for what a program can only
guess (addresses, birth dates, names); the form then asks the writer to look again.

The text is folded first (width, case, all digits of Unicode, invisible characters), and every
span is given in the original text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from operator import itemgetter

from helpdesk.kernel.folding import flatten, original_span, spelt_out


class Kind(StrEnum):
    """What a finding looks like."""

    ID_CARD = "id_card"
    STUDENT_NO = "student_no"
    BANK_CARD = "bank_card"
    MOBILE = "mobile"
    ADDRESS = "address"
    BIRTH_DATE = "birth_date"
    NAME = "name"


@dataclass(frozen=True)
class Finding:
    """A stretch `text[start:end]`; `masked` is what may be shown and kept in its place."""

    kind: Kind
    start: int
    end: int
    masked: str
    reason_zh: str
    reason_en: str


_REASONS = {
    Kind.ID_CARD: ("像身份证号", "looks like an identity number"),
    Kind.STUDENT_NO: ("像学籍号", "looks like a national student number"),
    Kind.BANK_CARD: ("像银行卡号", "looks like a bank card number"),
    Kind.MOBILE: ("像手机号码", "looks like a mobile number"),
    Kind.ADDRESS: ("像家庭住址", "looks like a home address"),
    Kind.BIRTH_DATE: ("像出生日期", "looks like a birth date"),
    Kind.NAME: ("像学生姓名", "looks like a student's name"),
}

# --- numbers written in groups ------------------------------------------------------------------

_DIGIT = re.compile("[0-9]")
# Spaces and dashes are how people write numbers; line ends, dots, slashes and underscores happen
# inside a number only by accident, so such a number must prove itself by its check digit.
_RUN = re.compile("[0-9](?:[ \\-\u200b\r\n._/]{0,4}[0-9]){10,}")
_TAIL_X = re.compile("[ \\-\u200b]{0,4}X(?![A-Z0-9])")
_LETTER = re.compile("(?<![A-Z])[GLJ][ \\-\u200b]{0,4}$")
_HARD = frozenset("\r\n._/")
_OWN = re.compile(
    "(?<![0-9])(?:"
    "(?:19|20)[0-9]{2}-[0-9]{7}"  # our ticket numbers
    "|(?:19|20)[0-9]{2}([-./])(?:0?[1-9]|1[0-2])\\1(?:0?[1-9]|[12][0-9]|3[01])"  # dates
    "|(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    ")(?![0-9])"
)
_BORN_18 = re.compile(
    "(?=[0-9]{6}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X])"
)
_STAMP_OF_TIME = re.compile("(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])[0-2][0-9]")
_MOBILE = re.compile("(?:(?:00)?86)?1[3-9][0-9]{9}")
# What stands between numbers, in cells and lists, and now and then inside of one.
_LISTED = re.compile(
    "(?<![0-9])(?:1[3-9][0-9]([._/,:|·\t])[0-9]{4}\\1[0-9]{4}"
    "|[0-9]{1,17}([,:|·\t])(?:[0-9]{1,17}\\2){0,16}(?:[0-9]{1,16}|X))(?![A-Z0-9])"
)
_YEAR = re.compile("(?:19|20)[0-9]{2}")


class _Run:
    """Digits that stand together in the folded text, perhaps written in groups."""

    def __init__(self, flat: str, start: int, end: int) -> None:
        self.at = [m.start() for m in _DIGIT.finditer(flat, start, end)]
        tail = _TAIL_X.match(flat, end)
        if tail:
            self.at.append(tail.end() - 1)
        self.digits = "".join(flat[i] for i in self.at)
        self.gaps = [""] + [flat[a + 1 : b].replace("\u200b", "") for a, b in pairwise(self.at)]
        self.own = [
            (bisect_left(self.at, m.start()), bisect_left(self.at, m.end()))
            for m in _OWN.finditer(flat, start, end)
        ]
        groups = (i for i, gap in enumerate(self.gaps) if gap)
        self.edges = dict.fromkeys((0, *groups, len(self.at)))  # in order, and found at once

    def edge(self, i: int) -> bool:
        """Does a group begin (or the run end) before digit `i`?"""
        return i in self.edges or i > len(self.at)

    def cuts_own(self, start: int, end: int) -> bool:
        """Does the stretch begin or end in the middle of a date or one of our numbers?"""
        return any(_meets((i, i), self.own) for i in (start, end))

    def inner(self, start: int, end: int) -> list[str]:
        """The gaps inside a stretch."""
        return [g for g in self.gaps[start + 1 : end] if g]


def _meets(stretch: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    """Does a stretch (an empty one: a place) lie in or across one of the others, in order?"""
    place = bisect_left(others, stretch[1], key=itemgetter(0)) - 1
    return place >= 0 and others[place][1] > stretch[0]


def _valid_id(number: str) -> bool:
    """ISO 7064 MOD 11-2 over the 17 digits before the check digit."""
    total = sum(int(d) * w for d, w in zip(number, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[17]


_WEIGHTS = tuple(2 ** (17 - i) % 11 for i in range(17))


def _is_date(year: str, month: str, day: str) -> bool:
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def _born(number: str) -> bool:
    """Is there a real date where a number of 18 or 15 places carries the birth date?"""
    if len(number) == 18:
        return _is_date(number[6:10], number[10:12], number[12:14])
    return _is_date("19" + number[6:8], number[8:10], number[10:12])


def _luhn(number: str) -> bool:
    doubled = (int(d) * 2 for d in number[-2::-2])
    return (sum(d - 9 if d > 9 else d for d in doubled) + sum(map(int, number[-1::-2]))) % 10 == 0


def _uniform(gaps: list[str]) -> bool:
    return len(set(gaps)) <= 1


def _one_hand(gaps: list[str]) -> bool:
    """Written by one hand: all gaps alike, save one line end."""
    breaks = [g for g in gaps if "\n" in g or "\r" in g]
    return _uniform(gaps) or (_uniform([g for g in gaps if g not in breaks]) and len(breaks) <= 1)


def _identity_at(run: _Run, i: int) -> bool:
    """Is there an identity number of 18 places at digit `i`, whose date is already likely?"""
    end = i + 18
    number = run.digits[i:end]
    if not _born(number) or run.cuts_own(i, end):
        return False
    gaps = run.inner(i, end)
    if not (run.edge(i) and run.edge(end)):
        return not gaps and _valid_id(number)  # glued to other digits: only the check digit tells
    if any(_HARD.intersection(gap) for gap in gaps):
        return _valid_id(number) and _one_hand(gaps)
    return True


def _identities(run: _Run) -> list[tuple[int, int]]:
    """Stretches that are identity numbers of 18 places, check digit right or wrong."""
    starts = [m.start() for m in _BORN_18.finditer(run.digits) if _identity_at(run, m.start())]
    starts.sort(key=lambda i: not _valid_id(run.digits[i : i + 18]))
    starts += [i for i in run.edges if i + 18 in run.edges and _eighteen_at(run, i)]
    taken: list[tuple[int, int]] = []
    free = bytearray(b"1") * len(run.digits)
    for i in starts:
        if b"\0" not in free[i : i + 18]:
            free[i : i + 18] = bytes(18)
            taken.append((i, i + 18))
    return sorted(taken)


def _eighteen_at(run: _Run, i: int) -> bool:
    """Do 18 places stand alone at digit `i`, with a date or not?"""
    if run.cuts_own(i, i + 18):
        return False
    gaps = run.inner(i, i + 18)
    ends_in_x = run.digits[i + 17] == "X" and run.digits[i : i + 17].isdigit()
    return not gaps or (ends_in_x and not any(_HARD.intersection(gap) for gap in gaps))


def _rest(run: _Run, taken: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """What is left between findings, our own numbers and hard gaps."""
    end = len(run.digits) - run.digits.endswith("X")
    cuts = set(taken) | {o for o in run.own if not _meets(o, taken)}
    cuts |= {(i, i) for i, gap in enumerate(run.gaps) if _HARD.intersection(gap)}
    start = 0
    for a, b in [*sorted(cuts), (end, end)]:
        if start < a:
            yield start, min(a, end)
        start = max(start, b)


def _number_kind(number: str) -> Kind | None:
    """What a whole number of digits is, apart from the 18 places handled before."""
    if _MOBILE.fullmatch(number):
        return Kind.MOBILE
    if len(number) == 15 and _born(number):
        return Kind.ID_CARD
    if 16 <= len(number) <= 19 and _luhn(number) and not _STAMP_OF_TIME.match(number):
        return Kind.BANK_CARD
    return None


def _usual_groups(sizes: tuple[int, ...]) -> Kind | None:
    """Shapes in which people write one number even between other numbers."""
    if sizes in {(3, 4, 4), (2, 3, 4, 4), (4, 3, 4, 4)}:
        return Kind.MOBILE
    if sizes[:4] == (4, 4, 4, 4) and (len(sizes) == 4 or (len(sizes) == 5 and sizes[4] <= 3)):
        return Kind.BANK_CARD
    return None


def _in_groups(run: _Run, edges: list[int]) -> Kind | None:
    """What neighbouring groups in a usual shape are when read as one number."""
    parts = [run.digits[a:b] for a, b in pairwise(edges)]
    kind = _usual_groups(tuple(map(len, parts)))
    years = all(_YEAR.fullmatch(part) for part in parts)
    return kind if kind and not years and _number_kind("".join(parts)) == kind else None


def _alone(run: _Run, edges: list[int]) -> Kind | None:
    """What all the groups are together, where nothing else stands beside them."""
    if len(edges) == 2 or not 11 <= edges[-1] - edges[0] <= 19:
        return None
    kind = _number_kind(run.digits[edges[0] : edges[-1]])
    # A region code (6) or school code (10) in front of another number is no number of a person.
    code_first = kind is Kind.MOBILE and edges[1] - edges[0] in {6, 8, 9, 10}
    years = all(_YEAR.fullmatch(run.digits[a:b]) for a, b in pairwise(edges))
    plain = _uniform(run.inner(edges[0], edges[-1])) and not code_first and not years
    return kind if plain else None


def _others(run: _Run, start: int, end: int) -> Iterator[tuple[Kind, int, int]]:
    """Mobiles, cards and 15-place identity numbers in what is left of a run."""
    edges = [start, *(i for i in range(start + 1, end) if run.gaps[i]), end]
    whole = _alone(run, edges)
    if whole:
        yield whole, start, end
        return
    first = 0
    while first < len(edges) - 1:
        groups = 1
        kind = _number_kind(run.digits[edges[first] : edges[first + 1]])
        for several in (5, 4, 3):
            if kind is None and first + several < len(edges):
                kind = _in_groups(run, edges[first : first + several + 1])
                groups = several if kind else 1
        if kind:
            yield kind, edges[first], edges[first + groups]
        first += groups


def _joined(match: re.Match[str]) -> str:
    """One number in a list's dress, with spaces instead; a list stays what it is."""
    written, between = match.group(), match[1] or match[2]
    number = written.replace(between, "")
    one = match[1] or (len(number) == 18 and _born(number) and _valid_id(number))
    return written.replace(between, " ") if one else written


def _numbers(flat: str) -> Iterator[tuple[Kind, int, int, str]]:
    """(kind, start, end in the folded text, digits) of every number of a person."""
    flat = _LISTED.sub(_joined, spelt_out(flat))
    for match in _RUN.finditer(flat):
        run = _Run(flat, match.start(), match.end())
        identities = _identities(run)
        found = [(Kind.ID_CARD, a, b) for a, b in identities]
        for start, end in _rest(run, identities):
            found.extend(_others(run, start, end))
        for kind, a, b in sorted(found, key=lambda f: f[1]):
            number, at = run.digits[a:b], run.at[a]
            bare_card = kind is Kind.ID_CARD and len(number) == 18 and not number.endswith("X")
            if bare_card and not _born(number) and _luhn(number):
                kind = Kind.BANK_CARD
            letter = _LETTER.search(flat, max(0, at - 6), at) if kind is Kind.ID_CARD else None
            if letter:
                kind, at, number = Kind.STUDENT_NO, letter.start(), letter.group()[0] + number
            yield kind, at, run.at[b - 1] + 1, number


def _masked(kind: Kind, number: str) -> str:
    """Stars for what tells one person from another."""
    if kind is Kind.BANK_CARD:
        return "*" * (len(number) - 4) + number[-4:]
    if kind is Kind.MOBILE:
        return number[-11:-8] + "****" + number[-4:]
    head = 7 if kind is Kind.STUDENT_NO else 6
    tail = 3 if len(number) == 15 else 4
    return number[:head] + "*" * (len(number) - head - tail) + number[-tail:]


def find(text: str) -> tuple[Finding, ...]:
    """Numbers of persons in `text`, in order, never overlapping.

    Identity numbers of 18 places (check digit right or wrong) and of 15 (with a real date),
    student numbers (G, L or J before 18 places), bank cards (16-19 digits, Luhn), mobiles; in any
    width and case, with spaces and dashes. Ticket numbers, dates and codes are left alone.
    """
    flat, index = flatten(text)
    return tuple(
        Finding(
            kind,
            *original_span(index, start, end),
            _masked(kind, number),
            *_REASONS[kind],
        )
        for kind, start, end, number in _numbers(flat)
    )


def mask(text: str) -> str:
    """`text` with every finding masked; idempotent, and `find` has nothing left to find."""
    # What a mask leaves standing may join its neighbours to a new number: again until none is.
    while findings := find(text):
        for finding in reversed(findings):
            text = text[: finding.start] + finding.masked + text[finding.end :]
    return text


# --- guesses: the form warns, it does not refuse -------------------------------------------------

_HAN = "[\u4e00-\u9fff]"
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾萧肖田董潘袁蔡蒋余杜叶"
    "魏苏吕丁任沈姚卢姜崔钟谭陆汪范廖韦贾夏付傅邹熊孟秦邱侯尹薛闫阎段雷龙史陶贺顾毛郝龚邵"
    "万钱覃武戴莫孔向汤"
)
_NOT_NAMES = re.compile("(?:万元|万人|任务|任何|任教|向上|向下|史料|余额|余下|余名|余人)")
_GUESSES = (
    (
        Kind.ADDRESS,
        re.compile(
            f"{_HAN}{{1,8}}(?:省|市|县|区|旗|镇|乡|街道)[\u4e00-\u9fff0-9]{{0,16}}?"
            "(?:[0-9零一二三四五六七八九十]+(?:号院?|栋|幢|单元|室|弄|组|社|队)|[村屯寨巷弄]|小区)"
        ),
    ),
    (Kind.ADDRESS, re.compile(f"(?:家庭|现?居?住|通讯)(?:地址|住址|址)\\s*:\\s*{_HAN}{{4,}}")),
    (
        Kind.BIRTH_DATE,
        re.compile(
            "(?:出生(?:日期|年月|于)?|生日|生于)[\\s:是为]{0,3}"
            "(?:19|20)[0-9]{2}\\s?[-年./]?\\s?[01]?[0-9]\\s?[-月./]?(?:\\s?[0-3]?[0-9]日?)?"
        ),
    ),
    (
        Kind.BIRTH_DATE,
        re.compile(
            "(?:19|20)[0-9]{2}\\s?[-年./]\\s?[01]?[0-9]\\s?[-月./]\\s?(?:[0-3]?[0-9]\\s?日?)?\\s?出?生(?!效)"
        ),
    ),
    (Kind.NAME, re.compile(f"姓名\\s*(?:[:是为]|叫)\\s*{_HAN}{{2,4}}")),
    (
        Kind.NAME,
        re.compile(
            f"(?:学生|同学|孩子|女生|男生|贫困生)(?:姓名|名叫|叫)?\\s?:?[{SURNAMES}]{_HAN}{{1,2}}"
            "(?=[的在是因有未没已被无和与同,。、;:()\\s]|$)"
        ),
    ),
    (
        Kind.NAME,
        re.compile(f"[{SURNAMES}]{_HAN}{{1,2}}(?:同学|家长|(?:的)?(?:父亲|母亲|爸爸|妈妈))"),
    ),
)


def warnings(text: str) -> tuple[Finding, ...]:
    """Guesses at addresses, birth dates, names, in order; `masked` keeps one character only."""
    flat, index = flatten(text)
    found: list[Finding] = []
    for kind, pattern in _GUESSES:
        for match in pattern.finditer(flat):
            start, end = match.span()
            if kind is Kind.NAME and _NOT_NAMES.search(match.group()):
                continue
            a, b = original_span(index, start, end)
            if all(b <= f.start or a >= f.end for f in found):
                shown = text[a] + "*" * (b - a - 1)
                found.append(Finding(kind, a, b, shown, *_REASONS[kind]))
    return tuple(sorted(found, key=lambda f: f.start))
