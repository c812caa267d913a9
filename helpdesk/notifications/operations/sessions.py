"""Training sessions: who is invited, reminded, told of a change, a cancellation, a place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from helpdesk.notifications import rules
from helpdesk.notifications.queries import sessions as queries
from helpdesk.notifications.queries.sessions import SessionNews
from helpdesk.notifications.rules import Msg
from helpdesk.outbox.operations import writing as outbox
from helpdesk.outbox.operations.writing import Note
from helpdesk.training import events as facts
from helpdesk.training.rules.sessions import Place

# Readers of one statement: a session may invite thousands.
_AT_ONCE: Final = 500
_COMING: Final = (Place.INVITED, Place.ENROLLED, Place.WAITING)


def _tell(
    news: SessionNews,
    what: str,
    message: Msg,
    persons: Sequence[int],
    at: datetime,
    place: Place | None = None,
    **more: Any,
) -> None:
    """Write one message down, once for each reader and `what`. `place`: of all these readers."""
    note = Note(
        event_key=f"session:{news.id}:{what}",
        message=message,
        about=f"session:{news.id}",
        params={**news.params(place), **more},
    )
    for start in range(0, len(persons), _AT_ONCE):
        outbox.put_all(
            note=note,
            recipients=persons[start : start + _AT_ONCE],
            channels=rules.channels(message),
            now=at,
        )


def persons_invited(fact: facts.PersonsInvited) -> None:
    """Each is told what is expected: an answer, or, where the organiser has enrolled them, to
    come."""
    news = queries.news(fact.session_id)
    for place, ids in queries.by_place(fact.session_id, fact.person_ids).items():
        if place is not Place.DECLINED:
            what, word = f"invited:{place}", place.value
            _tell(news, what, Msg.SESSION_INVITED, ids, fact.at, place, standing=word)


def place_freed(fact: facts.PlaceFreed) -> None:
    """Who waited has a place now."""
    news = queries.news(fact.session_id)
    what = f"place:{fact.at.isoformat()}"
    _tell(news, what, Msg.SESSION_PLACE_FREED, (fact.person_id,), fact.at)


def session_near(fact: facts.SessionNear) -> None:
    """Who comes, and who has not answered yet."""
    news = queries.news(fact.session_id)
    for place in (Place.ENROLLED, Place.INVITED):
        persons = queries.on_list(fact.session_id, (place,))
        what = f"near:{news.starts_at.isoformat()}"
        _tell(news, what, Msg.SESSION_NEAR, persons, fact.at, standing=place.value)


def session_changed(fact: facts.SessionChanged) -> None:
    """Another time, place or link."""
    news = queries.news(fact.session_id)
    for place in _COMING:
        persons = queries.on_list(fact.session_id, (place,))
        _tell(news, f"changed:{news.version}", Msg.SESSION_CHANGED, persons, fact.at, place)


def session_cancelled(fact: facts.SessionCancelled) -> None:
    """Everybody who might have come."""
    news = queries.news(fact.session_id)
    persons = queries.on_list(fact.session_id, _COMING)
    why: dict[str, Any] = {"why": news.cancelled_why} if news.cancelled_why else {}
    _tell(news, "cancelled", Msg.SESSION_CANCELLED, persons, fact.at, **why)
