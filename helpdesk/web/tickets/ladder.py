"""The stairs: the offices a ticket has passed, where it stands, and where it may still go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _

from helpdesk.organizations.queries import BodyView
from helpdesk.sla.rules import ANSWERING, ClockView, Promise
from helpdesk.tickets.queries.page import SegmentRow, StepRow
from helpdesk.tickets.rules import Verb
from helpdesk.web.shell.marks import DayCells, Level, days_text, ended_cells
from helpdesk.web.tickets.deadlines import Deadline, read, running
from helpdesk.web.tickets.scene import Scene
from helpdesk.workdays import rules as counting

# The promise by which a segment is judged; acceptance, waiting and confirmation are others.
JUDGED = (Promise.LEGAL, *ANSWERING)


@dataclass(frozen=True)
class Branch:
    """A step that another body does while the ticket stays where it is."""

    body: BodyView
    step: StepRow
    number: int
    deadline: Deadline | None


@dataclass(frozen=True)
class Held:
    """A segment and the clock it is judged by. `used`: working days after the day of arrival."""

    segment: SegmentRow
    body: BodyView
    used: int
    clock: ClockView | None
    cells: DayCells | None
    late: int  # working days over the promise
    words: str
    level: Level


@dataclass(frozen=True)
class Rung:
    """An office on the stairs. `state`: done, now, next."""

    body: BodyView
    state: str
    stays: tuple[Held, ...] = ()
    deadline: Deadline | None = None
    branches: tuple[Branch, ...] = ()
    filer: str = ""
    asked_by: str = ""
    filed_at: datetime | None = None
    returned: bool = field(default=False)

    @property
    def last(self) -> Held | None:
        """The latest stay."""
        return self.stays[-1] if self.stays else None


def held(scene: Scene) -> tuple[Held, ...]:
    """Every segment with what it cost; the sum of `used` is the whole way."""
    unused = [c for c in scene.clocks_of_ticket() if c.promise in JUDGED]
    return tuple(_held(scene, segment, unused) for segment in scene.life.segments)


def _held(scene: Scene, segment: SegmentRow, unused: list[ClockView]) -> Held:
    body = scene.names.bodies[segment.body_id]
    clock = _clock_of(segment, unused)
    calendar = scene.calendars[clock.region] if clock else scene.calendar_of(body)
    used = counting.days_used(calendar, segment.arrived_at, segment.left_at or scene.now)
    late = (clock.working_days_late or 0) if clock else 0
    breached = clock is not None and clock.breached_at is not None
    return Held(
        segment=segment,
        body=body,
        used=used,
        clock=clock,
        cells=ended_cells(clock.days, used, legal=clock.legal, late=breached)
        if clock and clock.days
        else None,
        late=late,
        words=_result(segment, breached, late),
        level=Level.LATE if breached else Level.OK,
    )


def _clock_of(segment: SegmentRow, unused: list[ClockView]) -> ClockView | None:
    """The first clock of this body not yet counted that began before the segment ended."""
    for clock in unused:
        begun = segment.left_at is None or clock.started_at <= segment.left_at
        if clock.body_id == segment.body_id and begun:
            unused.remove(clock)
            return clock
    return None


def _result(segment: SegmentRow, breached: bool, late: int) -> str:
    if breached:
        return str(_("超期%(days)s", days=days_text(late)) if late else _("超期"))
    if segment.left_by is Verb.RETURN:
        return str(_("已退回"))
    if segment.left_by is Verb.RECALL:
        return str(_("被收回"))
    return str(_("按期"))


def rungs(scene: Scene, stays: Sequence[Held]) -> tuple[Rung, ...]:
    """The asker, every holder in the order of first arrival, then the way that is left."""
    order = list(dict.fromkeys([*(s.body.id for s in stays), *scene.ahead]))
    if scene.row.asker_body_id in order:  # returned to the very body that asked
        order.remove(scene.row.asker_body_id)
    return (_first(scene), *(_rung(scene, body_id, stays) for body_id in order))


def _first(scene: Scene) -> Rung:
    seen = scene.reach.ticket
    here = scene.row.holder_body_id == scene.row.asker_body_id and not scene.row.ended
    return Rung(
        body=scene.asker,
        state="now" if here else "done",
        deadline=_deadline(scene) if here else None,
        filer=scene.names.person(seen.filer_person_id),
        asked_by=scene.names.person(seen.asker_person_id),
        filed_at=scene.row.opened_at,
        returned=here,
    )


def _rung(scene: Scene, body_id: int, stays: Sequence[Held]) -> Rung:
    own = tuple(stay for stay in stays if stay.body.id == body_id)
    here = body_id == scene.row.holder_body_id and not scene.row.ended
    return Rung(
        body=scene.names.bodies[body_id],
        state="now" if here else "done" if own else "next",
        stays=own,
        deadline=_deadline(scene) if here else None,
        branches=_branches(scene, own),
        returned=bool(own) and own[-1].segment.arrived_by is Verb.RETURN,
    )


def _deadline(scene: Scene) -> Deadline | None:
    open_clocks = running(scene.clocks_of_ticket())
    named = [c for c in open_clocks if c.promise.value == scene.row.due_promise]
    clock = next(iter(named or open_clocks), None)
    return read(clock, scene.calendars, scene.now) if clock else None


def _branches(scene: Scene, stays: Sequence[Held]) -> tuple[Branch, ...]:
    """Steps that were with other bodies while this office held the ticket."""
    found = []
    for number, step in enumerate(scene.life.steps, start=1):
        asked = step.asked_at
        if asked is None or step.body_id is None or step.body_id not in scene.names.bodies:
            continue
        if any(
            s.segment.arrived_at <= asked
            and (s.segment.left_at is None or asked <= s.segment.left_at)
            for s in stays
        ):
            open_clocks = running(scene.clocks.get(step.subject, ()))
            due = read(open_clocks[0], scene.calendars, scene.now) if open_clocks else None
            found.append(Branch(scene.names.bodies[step.body_id], step, number, due))
    return tuple(found)
