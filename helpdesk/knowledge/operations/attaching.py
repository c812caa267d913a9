"""Cases as material of training sessions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete

from helpdesk.kernel.actor import ROOT_PATH, Actor, within
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.statements import insert_once
from helpdesk.kernel.text import N_
from helpdesk.knowledge.models.cases import Case, CaseSession
from helpdesk.knowledge.operations.record import NotNow
from helpdesk.knowledge.rules.cases import STATE_NAMES, State
from helpdesk.organizations.models import Body
from helpdesk.organizations.rules import Kind


class NotSeenThere(RuleBroken):
    """The people of the session could not open it."""

    sentence = N_("参训人员还看不到这个案例。请选择本单位或上级单位发布的案例。")


def attach(
    *, case: Case, session_id: int, organizer_path: str, actor: Actor, now: datetime
) -> None:
    """Make a published case material of a training session; twice is once.

    Raises NotNow and NotSeenThere: its publisher must stand on the line of the organiser at
    `organizer_path`, or be the national centre, or else its people could not open it.
    """
    if case.state is not State.PUBLISHED or case.publisher_id is None:
        raise NotNow(state=STATE_NAMES[case.state], verb=N_("用于培训班"))
    publisher = session().get_one(Body, case.publisher_id)
    national = publisher.kind is Kind.NATIONAL_AID_CENTRE
    if not within(organizer_path, ROOT_PATH if national else publisher.path):
        raise NotSeenThere
    row = {"case_id": case.id, "session_id": session_id, "added_at": now}
    session().execute(insert_once(CaseSession).values(**row, added_by=actor.person_id))


def detach(*, case_id: int, session_id: int) -> None:
    """Take a case off a training session."""
    gone = (CaseSession.case_id == case_id, CaseSession.session_id == session_id)
    session().execute(delete(CaseSession).where(*gone))
