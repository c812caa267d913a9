"""Which tickets the demonstration shows: stories of tickets.yaml, each at a point of its way.

A `Scene` says who asked how many working days ago, and what was done since, each act with its
working days ago. The acts are the product's own verbs: nothing here writes a row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import cycle

from helpdesk.cli.demo.plan import FOLDER
from helpdesk.kernel.datafiles import read

_WORDS = ("title", "text", "asked", "supplied", "reason", "tried", "answer", "proof")


@dataclass(frozen=True)
class Story:
    """What somebody asks and what the offices write about it."""

    card: str
    asker: str
    words: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.words[name]


@dataclass(frozen=True)
class Scene:
    """A story at a point of its way. `acts`: (verb, working days ago), oldest first."""

    story: Story
    asker: str
    asked: int
    acts: tuple[tuple[str, int], ...]
    urgent: bool = False


@cache
def stories() -> tuple[Story, ...]:
    """All stories. BadData names file and line."""
    items = read(FOLDER / "tickets.yaml").mapping(("stories",))["stories"].items()
    found = [item.mapping(("card", "asker", *_WORDS)) for item in items]
    return tuple(
        Story(
            card=row["card"].text(),
            asker=row["asker"].text(),
            words={name: row[name].text() for name in _WORDS},
        )
        for row in found
    )


def _told_by(asker: str) -> tuple[Story, ...]:
    return tuple(story for story in stories() if story.asker == asker)


# How a county's questions stand: (asked, acts since).
_COUNTY: tuple[tuple[int, str], ...] = (
    (0, ""), (0, ""), (1, ""), (0, "accept:0"), (1, "accept:0"), (2, "accept:1"), (3, "accept:2"),
    (5, "accept:4"), (1, "accept:1 ask:0"), (4, "accept:3 ask:2"), (9, "accept:8 ask:7 supply:5"),
    (2, "accept:1 resolve:0"), (3, "accept:2 resolve:1"), (6, "accept:5 resolve:5 not-solved:1"),
    (4, "accept:3 return:2"), (8, "accept:8 resolve:7 confirm:7"),
    (12, "accept:12 resolve:10 confirm:9"), (15, "accept:14 resolve:13 confirm:12"),
    (20, "accept:19 resolve:17 confirm:16"), (26, "accept:26 resolve:24 confirm:22"),
    (33, "accept:32 resolve:31 confirm:30"), (40, "accept:39 resolve:38 confirm:36"),
    (7, "withdraw:6"), (3, "accept:2 urge:1"),
)  # fmt: skip

_CITY: tuple[tuple[int, str], ...] = (
    (2, "up:0"), (3, "up:1"), (4, "up:2 accept:1"), (5, "up:3 accept:2"),
    (6, "up:4 accept:3 resolve:1"), (7, "up:5 accept:4 return:2"),
    (14, "up:12 accept:12 resolve:11 confirm:10"), (22, "up:20 accept:19 resolve:17 confirm:16"),
)  # fmt: skip

_PROVINCE: tuple[tuple[int, str], ...] = (
    (4, "up:2 up:1"), (5, "up:4 up:2 accept:1"), (7, "up:5 up:4 accept:3"),
    (9, "up:7 up:5 accept:4 ask:3"), (11, "up:9 up:7 accept:6 return:5 resubmit:2"),
    (18, "up:16 up:14 accept:13 resolve:11 confirm:10"),
)  # fmt: skip

# From a school all the way up; the last `up` starts the five days of S-3.5.5.
_CENTRE: tuple[tuple[int, str], ...] = (
    (6, "up:4 up:2 up:0"), (7, "up:5 up:3 up:1"), (8, "up:6 up:4 up:2 accept:1"),
    (9, "up:7 up:5 up:3 accept:2"), (10, "up:8 up:6 up:4 accept:3"),
    (11, "up:9 up:7 up:5 accept:4"), (12, "up:10 up:8 up:6 accept:5"),
    (13, "up:11 up:9 up:8 accept:7"), (14, "up:12 up:9 up:5 accept:4 feedback:2"),
    (16, "up:13 up:10 up:6 accept:5 return:3 resubmit:2 accept:1"),
    (19, "up:16 up:13 up:9 accept:8 feedback:6 resolve:1"),
    (30, "up:27 up:25 up:23 accept:22 feedback:20 resolve:18 confirm:17"),
)  # fmt: skip

# Reported straight to the call centre by provinces and central universities.
_REPORTED: tuple[tuple[int, str], ...] = (
    (0, ""), (1, ""), (1, "accept:0"), (2, "accept:1"), (2, "accept:1 ask:0"), (3, "accept:2"),
    (3, ""), (4, "accept:3"), (4, "accept:3"), (5, "accept:4"), (5, "accept:4 ask:2"),
    (5, "accept:4"), (6, "accept:5"), (7, "accept:5"), (9, "accept:8"),
    (6, "accept:5 feedback:3"), (7, "accept:6 feedback:4"), (8, "accept:7 feedback:5"),
    (9, "accept:8 feedback:6"), (10, "accept:9 feedback:8"), (12, "accept:11 resolve:1"),
    (14, "accept:13 feedback:11 resolve:9 confirm:8"), (18, "accept:17 resolve:15 confirm:14"),
    (25, "accept:24 resolve:23 confirm:22"), (28, "accept:27 resolve:22 confirm:20"),
)  # fmt: skip


# Complaints and leaks: seen by their parties alone.
_RESTRICTED: tuple[tuple[int, str], ...] = ((1, ""), (3, "accept:2"))


def scenes(schools: dict[str, tuple[str, ...]]) -> Iterator[Scene]:
    """Every ticket of the demonstration, by asker's code.

    `schools`: codes of askers under `county` (one group for each county, each repeated over its
    table), `line` (for the way up), `province` and `central_hei`.
    """
    told = cycle(_told_by("school"))
    for group in sorted(name for name in schools if name.startswith("county")):
        askers = cycle(schools[group])
        for asked, acts in _COUNTY:
            yield _scene(next(told), next(askers), asked, acts)
    line = cycle(schools["line"])
    for table in (_CITY, _PROVINCE, _CENTRE):
        for asked, acts in table:
            yield _scene(_not_environment(told), next(line), asked, acts)
    private = cycle(_told_by("restricted"))
    for asked, acts in _RESTRICTED:
        yield _scene(next(private), next(line), asked, acts)
    reporters = cycle(schools["province"] + schools["central_hei"])
    by_province, by_hei = cycle(_told_by("province")), cycle(_told_by("central_hei"))
    for asked, acts in _REPORTED:
        code = next(reporters)
        story = next(by_hei) if code in schools["central_hei"] else next(by_province)
        yield _scene(story, code, asked, acts)


def _not_environment(told: Iterator[Story]) -> Story:
    """A question that starts at the county: environment and sync go to province IT at once."""
    return next(story for story in told if story.card not in ("ENV", "ENR-4"))


def _scene(story: Story, asker: str, asked: int, acts: str) -> Scene:
    done = tuple((verb, int(ago)) for verb, _, ago in (act.partition(":") for act in acts.split()))
    return Scene(story, asker, asked, done, urgent=asked % 7 == 5)
