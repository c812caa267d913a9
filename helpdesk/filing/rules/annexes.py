"""What the six annexes ask: items, their days in a year, term or month, and who acts."""

from __future__ import annotations

import calendar as months
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from helpdesk.kernel.text import N_
from helpdesk.organizations.rules import Kind, Subsystem


class Level(StrEnum):
    """Who acts: schools, or the aid office of a tier."""

    SCHOOL = "school"
    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"
    CENTRAL = "central"


class Cycle(StrEnum):
    """How often an item comes back."""

    YEAR = "year"
    TERM = "term"
    MONTH = "month"


class Term(StrEnum):
    """Spring term of a calendar year, or its autumn term (which ends in the next)."""

    SPRING = "spring"
    AUTUMN = "autumn"


class Fidelity(StrEnum):
    """How the annex prints the row of an item; `inferred`: it does not print it at all."""

    VERBATIM = "verbatim"
    SHIFTED = "columns_shifted"
    RECONSTRUCTED = "reconstructed"
    INFERRED = "inferred"


class Status(StrEnum):
    """On what the last working day rests: an issued holiday notice, a forecast, or nothing yet."""

    CONFIRMED = "confirmed"
    PROVISIONAL = "provisional"
    UNKNOWN = "unknown"


LEVELS: Final[Mapping[Level, str]] = {
    Level.SCHOOL: N_("学校"),
    Level.COUNTY: N_("县级"),
    Level.CITY: N_("市级"),
    Level.PROVINCE: N_("省级"),
    Level.CENTRAL: N_("中央级"),
}
TERMS: Final[Mapping[Term, str]] = {Term.SPRING: N_("春季学期"), Term.AUTUMN: N_("秋季学期")}
LEVEL_OF: Final[Mapping[Kind, Level]] = {
    Kind.SCHOOL: Level.SCHOOL,
    Kind.CENTRAL_HEI: Level.SCHOOL,
    Kind.COUNTY_AID: Level.COUNTY,
    Kind.CITY_AID: Level.CITY,
    Kind.PROVINCE_AID: Level.PROVINCE,
    Kind.NATIONAL_AID_CENTRE: Level.CENTRAL,
}
# The Centre stands directly above the universities of central ministries; no other school's.
HIGHER: Final = frozenset({Subsystem.POSTGRADUATE, Subsystem.UNDERGRADUATE})


@dataclass(frozen=True)
class Label:
    """A code with its words."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Words:
    """A remark in both languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class Module:
    """A block of an annex. `parts`: modules that share one printed block."""

    label: Label
    parts: tuple[Label, ...] = ()


@dataclass(frozen=True)
class Point:
    """A day in a cycle. `day` 0 is the last of the month; `month` 0 is every month."""

    day: int
    month: int = 0
    term: Term | None = None
    level: Level | None = None
    next_year: bool = False
    except_months: frozenset[int] = frozenset()

    def on(self, year: int, month: int = 0) -> date:
        """The day in the cycle of `year` (monthly points: in `month` of it)."""
        if not self.month:
            return date(year, month, self.day or months.monthrange(year, month)[1])
        return date(year + self.next_year, self.month, self.day)


@dataclass(frozen=True)
class Item:
    """One row of an annex: what is filed, how often, until when by whom."""

    id: str
    subsystem: Subsystem
    annex: int
    rows: tuple[int, ...]
    module: Module
    item: Label
    short: Words
    cycle: Cycle
    school: tuple[Point, ...]
    authority: tuple[Point, ...]
    fidelity: Fidelity
    central_only: bool = False
    enabled: bool = True
    repair: Words | None = None
    school_remark: Words | None = None
    authority_remark: Words | None = None

    @property
    def inferred(self) -> bool:
        """Read into the notice, printed in no annex."""
        return self.fidelity is Fidelity.INFERRED

    def remark(self, level: Level) -> Words | None:
        """What those who act should know."""
        return self.school_remark if level is Level.SCHOOL else self.authority_remark


@dataclass(frozen=True)
class Table:
    """The annex of one subsystem. `absent`: what somebody may look for in vain."""

    subsystem: Subsystem
    name: Words
    annex: int
    modules: tuple[Module, ...]
    items: tuple[Item, ...]
    absent: tuple[Words, ...]

    def counted_modules(self) -> tuple[Label, ...]:
        """Modules in force with shared blocks taken apart: 学校资助 and 社会资助 are two."""
        used = {i.module for i in self.items if i.enabled}
        return tuple(label for m in self.modules if m in used for label in (m.parts or (m.label,)))


@dataclass(frozen=True)
class BodyRule:
    """A rule of the notice's text. `caps`: the last days of a term where no annex date rules."""

    clause: str
    text: Words
    reading: Words
    caps: tuple[Point, ...] = ()
    monthly: Mapping[Subsystem, frozenset[int]] = field(default_factory=dict)
