"""What happened to a ticket, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class TicketFact:
    """Common to all: which ticket, when, who for which body, the history row that records it."""

    ticket_id: int
    number: str
    at: datetime
    person_id: int | None
    body_id: int | None
    history_id: int


@dataclass(frozen=True)
class TicketOpened(TicketFact):
    """A new ticket reached its first holder."""

    holder_body_id: int


@dataclass(frozen=True)
class TicketHandedUp(TicketFact):
    """`body_id` could not solve it and handed it to `holder_body_id` (also after a return)."""

    holder_body_id: int
    resubmitted: bool = False


@dataclass(frozen=True)
class TicketRecalled(TicketFact):
    """`body_id` took it back before `from_body_id` accepted it."""

    from_body_id: int


@dataclass(frozen=True)
class TicketRedirected(TicketFact):
    """The problem type changed; it may have moved to `holder_body_id`."""

    holder_body_id: int
    moved: bool


@dataclass(frozen=True)
class TicketReturned(TicketFact):
    """Sent down to `holder_body_id` with what is missing; `times` returns so far."""

    holder_body_id: int
    times: int


@dataclass(frozen=True)
class TicketTakenOver(TicketFact):
    """`holder_body_id` took it from a body without an active handler."""

    holder_body_id: int
    from_body_id: int


@dataclass(frozen=True)
class TicketAccepted(TicketFact):
    """The holder started work."""


@dataclass(frozen=True)
class TicketAssigned(TicketFact):
    """`assignee_person_id` is to handle it (None: released)."""

    assignee_person_id: int | None


@dataclass(frozen=True)
class TicketReplied(TicketFact):
    """A word to all parties."""


@dataclass(frozen=True)
class TicketNoted(TicketFact):
    """An internal note."""


@dataclass(frozen=True)
class TicketAsked(TicketFact):
    """Information is wanted from `asked_body_id`."""

    asked_body_id: int


@dataclass(frozen=True)
class TicketSupplied(TicketFact):
    """The wanted information came."""

    holder_body_id: int


@dataclass(frozen=True)
class StepDelegated(TicketFact):
    """A step was given to `step_body_id`."""

    step_id: int
    step_body_id: int


@dataclass(frozen=True)
class StepCompleted(TicketFact):
    """A step was answered by its body, or recorded by the holder."""

    step_id: int
    holder_body_id: int


@dataclass(frozen=True)
class TicketFedBack(TicketFact):
    """The call centre gave feedback (S-3.5.5), with a promised date."""


@dataclass(frozen=True)
class TicketResolved(TicketFact):
    """An answer is there: solved, or 'cannot be solved, because'."""

    solved: bool


@dataclass(frozen=True)
class TicketConfirmed(TicketFact):
    """The asker said: solved. The ticket is closed."""


@dataclass(frozen=True)
class TicketNotSolved(TicketFact):
    """The asker said: not solved; it went to `holder_body_id`."""

    holder_body_id: int


@dataclass(frozen=True)
class TicketReopened(TicketFact):
    """A closed ticket is open again at `holder_body_id`."""

    holder_body_id: int


@dataclass(frozen=True)
class TicketClosed(TicketFact):
    """Closed by the holder or by the system."""

    kind: str


@dataclass(frozen=True)
class TicketMerged(TicketFact):
    """Closed as a duplicate of `into_ticket_id`."""

    into_ticket_id: int
    into_number: str


@dataclass(frozen=True)
class TicketWithdrawn(TicketFact):
    """The asker took it back."""


@dataclass(frozen=True)
class TicketUrged(TicketFact):
    """The asker urged the holder."""


@dataclass(frozen=True)
class TicketPrioritised(TicketFact):
    """The holder changed the urgency."""

    urgent: bool
