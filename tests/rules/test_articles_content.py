"""The stock of articles: whole, in form, and no sentence of the notice without its clause."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from helpdesk.config import ROOT
from helpdesk.organizations.rules import Subsystem
from helpdesk.privacy.rules import Kind, find, warnings
from helpdesk.workdays.queries import shipped_calendar
from helpdesk.workdays.rules import due

DATA = ROOT / "knowledge_base"
ARTICLES = DATA / "articles"
HOWTO = [
    "after-the-deadline", "ask-without-student-data", "difficulty-levels",
    "enrolment-changed-not-here", "excel-dictionary-error", "excel-import-fails",
    "excel-spaces-and-duplicates", "export-asks-reviewer-password", "forgotten-password",
    "late-entry", "list-locked", "order-of-steps", "other-systems", "password-rules",
    "reset-danger", "send-back-reviewed-list", "student-missing-in-next-step",
    "student-not-in-system", "two-accounts", "which-browser",
]  # fmt: skip
READERS = [
    "call-centre", "coordinator", "enrolment-office", "leader", "office", "province-it", "school"
]  # fmt: skip
RULES = ["five-working-days", "training-duty"]
SUBSYSTEMS = {subsystem.value for subsystem in Subsystem}
AUDIENCE = {name.replace("-", "_") for name in READERS}

FRONT = [
    "title", "summary", "cards", "subsystems", "items", "audience", "clauses", "owner", "review_on"
]  # fmt: skip
LISTS = ["cards", "subsystems", "items", "audience", "clauses"]
# The notice: how many points each section has; 0 where the section itself is the clause.
POINTS = {
    "0": 2, "1": 2, "2.1": 4, "2.2": 4, "2.3": 3, "2.4": 6, "3.1": 0, "3.2": 3, "3.3": 4, "3.4": 3,
    "3.5": 5, "3.6": 3, "3.7": 3,
}  # fmt: skip
CLAUSES = (
    {f"S-{section}.{point}" for section, last in POINTS.items() for point in range(1, last + 1)}
    | {f"S-{section}" for section in POINTS if section.startswith("3.")}
    | {"S-2.1.4A", "S-2.1.4B", "S-2.1.4C"}
)
CITED = re.compile(r"(?<![A-Z])S-\d(?:\.\d+)*[A-Z]?")
BRACKETS = re.compile(r"（[^（）\n]*）")
# CommonMark only, nothing that leaves this place.
FOREIGN = [re.compile(one, re.MULTILINE) for one in (
    r"<[a-zA-Z/!]", r"!\[", r"https?:", r"www\.", r"\w@\w", r"^# ", r"\r", r"\t"
)]  # fmt: skip
LONG_NUMBER = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){6,}(?![0-9])")
YEARS = re.compile(r"20\d\d-20\d\d(?=学年)")
# `| 2026年9月18日 周五 | 9月20、21、22、23、24日 | 9月24日 周四 | ... |`
WORKED = re.compile(
    r"^\| (\d{4})年(\d+)月(\d+)日 (周.) \| ([^|]+) \| (\d+月\d+日) (周.) \|", re.MULTILINE
)
LINK = re.compile(r"\[[^\]\n]+\]\(([^)\s]*)\)")
# What an article may say that no clause says.
OURS = ("本系统约定", "常见经验", "以本省为准")


class Article(NamedTuple):
    key: str
    front: dict[str, Any]
    body: str


@cache
def article(key: str) -> Article:
    text = (ARTICLES / f"{key}.md").read_text(encoding="utf-8")
    _, front, body = text.split("---\n", 2)
    return Article(key, yaml.safe_load(front), body)


@cache
def cards() -> frozenset[str]:
    return frozenset(path.stem for path in (DATA / "catalog").glob("*.yaml"))


@cache
def filing() -> tuple[frozenset[str], frozenset[str]]:
    """Keys of the articles of the modules, and the ids of the items."""
    tables = [yaml.safe_load(path.read_text("utf-8")) for path in (DATA / "filing").glob("*.yaml")]
    annexes = [table for table in tables if "modules" in table]
    modules = {f"{table['subsystem']}-{m['code']}" for table in annexes for m in table["modules"]}
    items = {item["id"] for table in annexes for item in table["items"]}
    return frozenset(f"modules/{code.replace('_', '-')}" for code in modules), frozenset(items)


def wanted() -> set[str]:
    return {
        *(f"cards/{code.lower()}" for code in cards()),
        *filing()[0],
        *(f"readers/{name}" for name in READERS),
        *(f"rules/{name}" for name in RULES),
        *(f"howto/{name}" for name in HOWTO),
    }


def key_of(path: Path) -> str:
    return path.relative_to(ARTICLES).with_suffix("").as_posix()


KEYS = sorted(wanted())


def failing(rule: Callable[[Article], object]) -> list[str]:
    """Keys of the articles that do not keep the rule; one test may then name them all."""
    return [key for key in KEYS if not rule(article(key))]


def unique(names: list[str]) -> bool:
    return len(names) == len(set(names))


def test_every_article_of_the_list_is_there_and_no_other() -> None:
    assert {key_of(path) for path in ARTICLES.rglob("*") if path.is_file()} == wanted()
    assert Counter(key.split("/")[0] for key in KEYS) == {
        "cards": 28, "modules": 48, "readers": 7, "rules": 2, "howto": 20
    }  # fmt: skip


def test_front_matter_is_in_form() -> None:
    assert failing(lambda one: list(one.front) == FRONT) == []
    assert failing(lambda one: 0 < len(one.front["title"]) <= 40) == []
    assert failing(lambda one: 0 < len(one.front["summary"]) <= 80) == []
    assert failing(lambda one: isinstance(one.front["review_on"], date)) == []
    assert failing(lambda one: one.front["owner"] == "NATIONAL-AID") == []
    assert failing(lambda one: all(unique(one.front[name]) for name in LISTS)) == []


def test_what_the_front_matter_names_exists() -> None:
    assert failing(lambda one: set(one.front["cards"]) <= cards()) == []
    assert failing(lambda one: set(one.front["subsystems"]) <= SUBSYSTEMS) == []
    assert failing(lambda one: set(one.front["items"]) <= filing()[1]) == []
    assert failing(lambda one: set(one.front["audience"]) <= AUDIENCE) == []
    assert failing(lambda one: set(one.front["clauses"]) <= CLAUSES) == []


def test_no_title_stands_twice() -> None:
    titles = Counter(article(key).front["title"] for key in KEYS)
    assert [title for title, times in titles.items() if times > 1] == []


def test_clauses_are_cited_in_brackets_and_declared() -> None:
    """Every clause of the text stands in the front matter, and the other way round."""

    def bracketed(one: Article) -> list[str]:
        return [name for part in BRACKETS.findall(one.body) for name in CITED.findall(part)]

    assert failing(lambda one: CITED.findall(one.body) == bracketed(one)) == []
    assert failing(lambda one: set(bracketed(one)) == set(one.front["clauses"])) == []


def test_it_says_whose_rule_it_is() -> None:
    assert failing(lambda one: one.front["clauses"] or any(word in one.body for word in OURS)) == []


def test_links_lead_somewhere() -> None:
    known = {"article": KEYS, "item": filing()[1], "card": cards()}

    def leads(one: Article) -> bool:
        targets = [tuple(target.split(":", 1)) for target in LINK.findall(one.body)]
        return len(targets) == one.body.count("](") and all(
            scheme in known and name in known[scheme] and name != one.key
            for scheme, name in targets
        )

    assert failing(leads) == []


def test_it_is_plain_markdown() -> None:
    assert failing(lambda one: not any(foreign.search(one.body) for foreign in FOREIGN)) == []


def test_the_answer_comes_before_the_sections() -> None:
    def parts(one: Article) -> list[str]:
        return one.body.strip().split("\n## ")

    assert failing(lambda one: 20 <= len(parts(one)[0]) <= 260) == []
    assert failing(lambda one: len(parts(one)) >= 3) == []


def test_it_is_short_enough_to_read() -> None:
    """Chinese characters of the text; what everybody needs to look up may be longer."""

    def fits(one: Article) -> bool:
        longest = 1500 if one.key.startswith(("readers/", "rules/")) else 900
        return 250 <= len(re.findall("[\u4e00-\u9fff]", one.body)) <= longest

    assert failing(fits) == []


def test_it_names_nobody() -> None:
    """No number that could be a person's, none to call, and no address."""

    def text(one: Article) -> str:
        return "\n".join((one.front["title"], one.front["summary"], one.body))

    def guessed(one: Article) -> set[Kind]:
        return {hint.kind for hint in warnings(text(one))}

    assert failing(lambda one: not find(text(one))) == []
    assert failing(lambda one: not LONG_NUMBER.search(YEARS.sub("", text(one)))) == []
    assert failing(lambda one: not guessed(one) & {Kind.ADDRESS, Kind.BIRTH_DATE}) == []


def test_it_speaks_to_those_whom_it_is_for() -> None:
    """The article of a card to everybody, the article of a kind of reader to that kind."""

    def fits(one: Article) -> bool:
        folder, _, name = one.key.partition("/")
        if folder == "readers":
            return bool(one.front["audience"] == [name.replace("-", "_")])
        return folder == "modules" or one.front["audience"] == []

    assert failing(fits) == []


def test_card_article_answers_its_card_and_cites_its_clause() -> None:
    for code in cards():
        front = article(f"cards/{code.lower()}").front
        card = yaml.safe_load((DATA / "catalog" / f"{code}.yaml").read_text("utf-8"))
        cited = any(name.startswith(card["clause"]) for name in front["clauses"])
        assert front["cards"] == [code]
        assert cited or card["clause"] == "ours", code


def test_worked_dates_are_what_the_calendar_says() -> None:
    """Each row of the five-working-day article: received, the five days, due."""
    rows = WORKED.findall(article("rules/five-working-days").body)
    calendar = shipped_calendar()
    assert len(rows) >= 10
    for year, month, day, weekday, counted, due_on, due_weekday in rows:
        received = datetime(int(year), int(month), int(day), 4, tzinfo=UTC)
        found = due(calendar, received, 5, time(17, 30))
        days = [one.date for one in found.days if one.counted]
        assert days_told(counted) == [(one.month, one.day) for one in days]
        assert (due_on, due_weekday) == (day_words(found.due_on), weekday_of(found.due_on))
        assert weekday == weekday_of(received)
        assert not found.provisional


def days_told(words: str) -> list[tuple[int, int]]:
    """`1月26、27日，2月5日` as pairs of month and day."""
    groups = re.findall(r"(\d+)月([\d、]+)日", words)
    return [(int(month), int(day)) for month, days in groups for day in days.split("、")]


def day_words(day: date) -> str:
    return f"{day.month}月{day.day}日"


def weekday_of(day: date) -> str:
    return "周" + "一二三四五六日"[day.weekday()]
