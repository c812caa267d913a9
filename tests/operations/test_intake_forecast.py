"""The forecast before sending: who will have the question, and until when."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.catalog import queries as catalog
from helpdesk.files.queries import Store
from helpdesk.files.rules.kinds import Limits
from helpdesk.intake.queries import drafts as queries
from helpdesk.intake.rules.questions import Answers
from helpdesk.routing.rules.places import ComplainsAboutItself
from helpdesk.sla.rules import Promise
from helpdesk.tickets.models import Ticket
from tests.factories.country import build
from tests.factories.intake import Intake


@pytest.fixture
def intake(session: Session, now: datetime, tmp_path: Path) -> Intake:
    return Intake(build(now), now, Store(tmp_path / "files", Limits()))


# --- the forecast --------------------------------------------------------------------------------

# asker, card, first holder, promise, due (received Tuesday 22 September 2026)
FORECASTS = [
    ("school", "ACC-4c", "county", Promise.ANSWER, "2026-09-28"),
    ("city_school", "ACC-4a", "city", Promise.ANSWER, "2026-09-28"),
    ("school", "ENV", "province_it", Promise.ENV, "2026-09-28"),
    ("school", "ENR-4", "province_it", Promise.SYNC, "2026-09-30"),
    ("county", "BIZ", "city", Promise.ANSWER, "2026-09-28"),
    ("province", "BIZ", "call_centre", Promise.LEGAL, "2026-09-30"),
    ("hei", "ACC-4a", "call_centre", Promise.LEGAL, "2026-09-30"),
    ("school", "SEC", "province", Promise.ANSWER, "2026-09-28"),
]


@pytest.mark.parametrize(("asker", "card", "holder", "promise", "due"), FORECASTS)
def test_who_will_have_it_and_until_when(
    intake: Intake, asker: str, card: str, holder: str, promise: Promise, due: str
) -> None:
    seen = queries.forecast(
        card=catalog.card(card),
        asker_body_id=intake.country.body(asker).id,
        accused_body_id=None,
        received_at=intake.now,
        now=intake.now,
    )
    assert seen.plan.first_holder.id == intake.country.body(holder).id
    assert seen.promise is promise
    assert seen.legal == (promise is Promise.LEGAL)
    assert seen.due is not None
    assert seen.due.due_on.isoformat() == due


def test_the_forecast_is_what_the_ticket_then_promises(intake: Intake, session: Session) -> None:
    for asker, card, *_ in FORECASTS:
        if card in ("SEC", "ENV", "ENR-4"):
            continue
        who = {"school": "teacher", "city_school": "city_teacher", "county": "county_officer",
               "province": "province_officer", "hei": "hei_staff"}[asker]  # fmt: skip
        fields = {
            f.key: {"number": "1", "date": "2026-09-01", "bool": "no"}.get(f.kind, "有")
            if not f.options else f.options[0].value
            for f in catalog.card(card).fields
        }  # fmt: skip
        answers = Answers(text="说明", callback_number="13800000000", fields=fields)
        number = intake.submit(intake.start(who, answers, card_code=card), who)
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        seen = queries.forecast(
            card=catalog.card(card), asker_body_id=ticket.asker_body_id, accused_body_id=None,
            received_at=intake.now, now=intake.now,
        )  # fmt: skip
        assert ticket.holder_body_id == seen.plan.first_holder.id


def test_a_complaint_goes_above_the_office_complained_of(intake: Intake) -> None:
    school = intake.country.body("school")
    offices = queries.offices_above(school.id)
    assert [office.name for office in offices] == [
        "示范县资助中心", "示范市资助中心", "示范省资助中心",
    ]  # fmt: skip

    def holder(accused: str) -> int:
        seen = queries.forecast(
            card=catalog.card("SUP"),
            asker_body_id=school.id,
            accused_body_id=intake.country.body(accused).id,
            received_at=intake.now,
            now=intake.now,
        )
        return seen.plan.first_holder.id

    assert holder("county") == intake.country.body("city").id
    assert holder("city") == intake.country.body("province").id
    with pytest.raises(ComplainsAboutItself):
        holder("school")


def test_a_year_without_a_calendar_gives_days_but_no_date(intake: Intake) -> None:
    far = datetime(2051, 3, 1, tzinfo=intake.now.tzinfo)
    seen = queries.forecast(
        card=catalog.card("BIZ"),
        asker_body_id=intake.country.body("school").id,
        accused_body_id=None,
        received_at=far,
        now=far,
    )
    assert (seen.due, seen.left, seen.days) == (None, None, 3)
