"""What happened to cases; told to the offices on both sides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class CaseFact:
    """What all have. `history_id`: the row of the act; `body_id`: the body that acted."""

    case_id: int
    history_id: int
    at: datetime
    person_id: int | None
    body_id: int


@dataclass(frozen=True)
class CaseSubmitted(CaseFact):
    """A case waits for review at `reviewer_id`."""

    reviewer_id: int


@dataclass(frozen=True)
class CaseReturned(CaseFact):
    """The author is to add something."""


@dataclass(frozen=True)
class CasePublished(CaseFact):
    """Seen below the acting body from now on; `lifted`: an upper office recommends it."""

    lifted: bool


@dataclass(frozen=True)
class CaseTakenDown(CaseFact):
    """Its publisher shows it no longer."""


@dataclass(frozen=True)
class ArticleFact:
    """What all have. `history_id`: the row of the act; `body_id` None: the national text."""

    article_id: int
    history_id: int
    at: datetime
    person_id: int | None
    body_id: int | None


@dataclass(frozen=True)
class ArticleSubmitted(ArticleFact):
    """A text waits for the lead of its office."""


@dataclass(frozen=True)
class ArticleReturned(ArticleFact):
    """The author is to change something."""


@dataclass(frozen=True)
class ArticlePublished(ArticleFact):
    """A text is shown to everybody below its office from now on."""


@dataclass(frozen=True)
class ArticleReviewDue:
    """The day has come on which its office looks at an article again."""

    article_id: int
    review_on: date
    at: datetime
