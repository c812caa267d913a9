"""Published cases in the index of the search."""

from __future__ import annotations

from sqlalchemy import select

from helpdesk.kernel.db import session
from helpdesk.knowledge.access.cases import KIND
from helpdesk.knowledge.models.cases import Case
from helpdesk.knowledge.rules.cases import State
from helpdesk.search.operations import indexing
from helpdesk.search.rules.entries import Entry


def index_case(case: Case) -> None:
    """Put a published case into the index, take any other out."""
    if case.state is State.PUBLISHED:
        indexing.put([_entry(case)])
    else:
        indexing.drop(KIND, [case.id])


def index_after(case_id: int, size: int) -> int | None:
    """Index the next `size` cases after this id, held until commit; the last id, None: no more."""
    following = select(Case).where(Case.id > case_id).order_by(Case.id).limit(size)
    found = session().scalars(following.with_for_update()).all()
    indexing.put(_entry(case) for case in found if case.state is State.PUBLISHED)
    indexing.drop(KIND, [case.id for case in found if case.state is not State.PUBLISHED])
    return found[-1].id if found else None


def _entry(case: Case) -> Entry:
    texts = (case.situation, case.measures, case.result, case.advice)
    return Entry(
        KIND,
        case.id,
        case.title,
        "\n".join(text for text in texts if text),
        key=str(case.id),
        aliases=case.number,
        at=case.published_at,
    )
