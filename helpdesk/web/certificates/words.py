"""What a certificate says, in both languages at once: it is shown to people of either."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from helpdesk.kernel.text import N_
from helpdesk.training.queries.certificates import Paper
from helpdesk.training.rules.certificates import hours
from helpdesk.training.rules.sessions import Mode

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_MODES: Final[Mapping[Mode, tuple[str, str]]] = {
    Mode.OFFLINE: (N_("线下"), "in person"),
    Mode.ONLINE: (N_("线上"), "online"),
    Mode.BOTH: (N_("线上线下结合"), "in person and online"),
}


@dataclass(frozen=True)
class Pair:
    """A sentence in both languages."""

    zh: str
    en: str


TITLE: Final = Pair(N_("培训证书"), "Certificate of Training")
ORGANISER: Final = Pair(N_("组织单位"), "Organised by")
NUMBER: Final = Pair(N_("证书编号"), "Number")
CHECK: Final = Pair(N_("扫码核验"), "Scan to check")
CORRECTED: Final = Pair(N_("已结年度后更正"), "Corrected after the year was closed")
SYSTEM: Final = Pair(N_("资助服务台"), "Aid Helpdesk")


@dataclass(frozen=True)
class Lines:
    """A certificate line by line. `body` and `corrected` may be missing."""

    name: str
    body: Pair | None
    says: Pair
    organizer: Pair
    number: str
    corrected: Pair | None


def lines(paper: Paper) -> Lines:
    """The words of one certificate; an English name that is missing is the Chinese one."""
    mode, mode_en = _MODES[paper.mode]
    long = hours(paper.minutes)
    zh = N_("于%(day)s参加“%(title)s”（%(mode)s，%(hours)s小时），完成%(year)s年度资助业务培训。")
    en = (
        "took part in “%(title)s” (%(mode)s, %(hours)s h) on %(day)s and completed the training "
        "of student aid staff for %(year)s."
    )
    shared = {"title": paper.session_title, "hours": long, "year": paper.year}
    return Lines(
        name=paper.person_name,
        body=_named(paper.body_name, paper.body_name_en) if paper.body_name else None,
        says=Pair(
            zh % {**shared, "mode": mode, "day": day_zh(paper.trained_on)},
            en % {**shared, "mode": mode_en, "day": day_en(paper.trained_on)},
        ),
        organizer=_named(paper.organizer_name, paper.organizer_name_en),
        number=paper.number,
        corrected=CORRECTED if paper.corrected else None,
    )


def _named(name: str, name_en: str) -> Pair:
    return Pair(name, name_en or name)


def day_zh(day: date) -> str:
    """`2026年9月1日`."""
    return f"{day.year}年{day.month}月{day.day}日"


def day_en(day: date) -> str:
    """`1 September 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
