"""Good cases: what the tables hold, and the lists."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Delete, Update, delete, update
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from helpdesk.knowledge.models.cases import Case, History
from helpdesk.knowledge.queries import cases as queries
from helpdesk.knowledge.queries.cases import Filters, View
from helpdesk.knowledge.rules.cases import State
from helpdesk.organizations.rules import Subsystem
from tests.factories.cases import STORY, Writers
from tests.factories.country import Country
from tests.support.queries import Queries


@pytest.fixture
def writers(country: Country) -> Writers:
    return Writers(country)


class TestTables:
    def test_what_is_published_has_a_publisher(self, session: Session, writers: Writers) -> None:
        case = writers.submitted()
        with pytest.raises(IntegrityError):
            session.execute(update(Case).where(Case.id == case.id).values(state=State.PUBLISHED))

    def test_what_waits_has_a_reviewer(self, session: Session, writers: Writers) -> None:
        case = writers.start()
        with pytest.raises(IntegrityError):
            session.execute(update(Case).where(Case.id == case.id).values(state=State.SUBMITTED))

    @pytest.mark.parametrize("act", [update(History).values(words="x"), delete(History)])
    def test_history_is_only_added_to(
        self, session: Session, writers: Writers, act: Update | Delete
    ) -> None:
        writers.start()
        with pytest.raises(DatabaseError, match="append-only"):
            session.execute(act)


class TestLists:
    def test_lists_by_place_and_topic(self, country: Country, writers: Writers) -> None:
        draft, waiting, out = writers.start(), writers.submitted(), writers.published()
        other = writers.published(entry=replace(STORY, cards=("ACC-1",), subsystems=()))

        def ids(who: str, view: View, **by: object) -> list[int]:
            page = queries.cases(country.actor(who), view, Filters(**by))  # type: ignore[arg-type]
            return [row.id for row in page.rows]

        assert ids("county_lead", View.OURS) == [other.id, out.id, waiting.id, draft.id]
        assert ids("county_lead", View.OURS, state=State.DRAFT) == [draft.id]
        assert ids("city_lead", View.REVIEW) == [waiting.id]
        assert ids("city_lead", View.REVIEWED) == [other.id, out.id, waiting.id]
        assert ids("teacher", View.PUBLISHED) == [other.id, out.id]
        assert ids("teacher", View.PUBLISHED, card="ACC-4a") == [out.id]
        assert ids("teacher", View.PUBLISHED, subsystem=Subsystem.SENIOR_HIGH) == [out.id]
        assert ids("teacher", View.REVIEW) == []
        assert ids("hei_staff", View.PUBLISHED) == []

    def test_a_longer_list_needs_no_more_queries(
        self, country: Country, writers: Writers, queries: Queries
    ) -> None:
        from helpdesk.knowledge.queries.cases import cases

        teacher = country.actor("teacher")
        counts = []
        for more in (1, 5):
            for _ in range(more):
                writers.published()
            queries.clear()
            rows = cases(teacher, View.PUBLISHED, Filters()).rows
            counts.append((len(rows), len(queries)))
        assert [rows for rows, _ in counts] == [1, 6]
        assert counts[0][1] == counts[1][1] <= 6

    def test_pages_follow_each_other(self, country: Country, writers: Writers) -> None:
        made = [writers.published().id for _ in range(3)]
        teacher = country.actor("teacher")
        first = queries.cases(teacher, View.PUBLISHED, Filters(), size=2)
        second = queries.cases(teacher, View.PUBLISHED, Filters(), size=2, after=first.next)
        assert [row.id for row in (*first.rows, *second.rows)] == made[::-1]
        assert second.next is None
