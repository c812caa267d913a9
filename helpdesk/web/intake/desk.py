"""For whom the form is filled in, and the addresses of its pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import url_for

from helpdesk.catalog.rules import Door
from helpdesk.intake import access
from helpdesk.kernel.actor import Actor
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import Kind
from helpdesk.routing import queries as routing
from helpdesk.routing.rules.places import NotYourDoor

if TYPE_CHECKING:
    from helpdesk.intake.models.drafts import Draft


# The four entrances; everything else is reached through the third.
DOORS = (Door.LOGIN, Door.ENROLMENT, Door.BUSINESS, Door.ENVIRONMENT)
DOOR_OF = {door: door for door in DOORS}
ICONS = {Door.LOGIN: "key", Door.ENROLMENT: "sync", Door.BUSINESS: "form", Door.ENVIRONMENT: "down"}


@dataclass(frozen=True)
class Desk:
    """The body that asks; `for_others`: it reports by telephone or on paper."""

    body: BodyView
    for_others: bool

    def start(self, about: str | None = None) -> str:
        """Where this way began; `about`: with what there is about these words."""
        if self.for_others:
            return url_for("intake.phone_doors", body=self.body.code, q=about)
        return url_for("intake.ask", q=about)

    def suggest(self) -> str:
        """What the question box shows while somebody types."""
        if self.for_others:
            return url_for("intake.phone_suggest", body=self.body.code)
        return url_for("intake.suggest")

    def article(self, key: str, about: str) -> str:
        """An article, opened out of the question box."""
        body = self.body.code if self.for_others else None
        return url_for("intake.read", key=key, body=body, q=about)

    def question(self, door: Door, at: str | None = None) -> str:
        """A question behind a door; `at` None: the first."""
        if self.for_others:
            return url_for("intake.phone_question", body=self.body.code, door=door.value, at=at)
        return url_for("intake.door", door=door.value, at=at)

    def card(self, door: Door, code: str, about: str | None = None) -> str:
        """The form of a problem card; `about`: words typed before, as a first title."""
        if self.for_others:
            body = self.body.code
            return url_for(
                "intake.phone_details", body=body, door=door.value, code=code, about=about
            )
        return url_for("intake.details", door=door.value, code=code, about=about)


def own(actor: Actor) -> Desk:
    """The actor asks for its own body."""
    return Desk(access.own_body(actor), for_others=False)


def of_caller(actor: Actor, code: str) -> Desk:
    """The actor writes down what a body reports."""
    return Desk(access.body_to_file_for(actor, code), for_others=True)


def of_draft(draft: Draft) -> Desk:
    """As the draft says; whose it is has been checked."""
    return Desk(organizations.body(draft.body_id), for_others=draft.for_others)


def turned_away(actor: Actor, desk: Desk) -> NotYourDoor | None:
    """What a caller is told who telephones the call centre and must ask elsewhere (S-3.5.4)."""
    if not desk.for_others or access.filing_body(actor).kind is not Kind.CALL_CENTRE:
        return None
    try:
        routing.report_to_call_centre(desk.body.id)
    except NotYourDoor as refusal:
        return refusal
    return None
