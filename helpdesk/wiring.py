"""Every consequence of every fact, on one page: event type -> what happens then, in this order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from helpdesk.filing import events as filing
from helpdesk.filing.operations import noting as ticks
from helpdesk.kernel.events import Handler
from helpdesk.knowledge import events as knowledge
from helpdesk.knowledge.operations import reviewing as cases
from helpdesk.knowledge.operations.articles import answering
from helpdesk.notifications.operations import articles as tell_of_articles
from helpdesk.notifications.operations import cases as tell_of_cases
from helpdesk.notifications.operations import filing as tell_of_filing
from helpdesk.notifications.operations import quizzes as tell_of_quizzes
from helpdesk.notifications.operations import reminding as tell_of_training
from helpdesk.notifications.operations import sessions as tell_of_sessions
from helpdesk.notifications.operations import tickets as tell
from helpdesk.notifications.queries import articles as articles_still
from helpdesk.notifications.queries import cases as cases_still
from helpdesk.notifications.queries import quizzes as quizzes_still
from helpdesk.notifications.queries import reminding as training_still
from helpdesk.notifications.queries import sessions as sessions_still
from helpdesk.notifications.queries import tickets as still
from helpdesk.notifications.rules import Msg
from helpdesk.organizations import events as organizations
from helpdesk.outbox.operations import keeping as notices
from helpdesk.outbox.operations.delivering import Check
from helpdesk.people import events as people
from helpdesk.settings import events as settings
from helpdesk.sla import events as sla
from helpdesk.sla.operations import moves as clock_moves
from helpdesk.tickets import events as tickets
from helpdesk.tickets.operations import reactions
from helpdesk.training import events as training
from helpdesk.training.operations import certifying, crediting, marking, offering, quizzing
from helpdesk.training.operations import counting as coverage
from helpdesk.workdays.events import WorkdaysChanged

HANDLERS: Mapping[type, Sequence[Handler]] = {
    tickets.TicketOpened: [tell.ticket_opened],
    tickets.TicketHandedUp: [tell.ticket_handed_up],
    tickets.TicketRecalled: [tell.ticket_recalled],
    tickets.TicketRedirected: [tell.ticket_redirected],
    tickets.TicketReturned: [tell.ticket_returned],
    tickets.TicketAssigned: [tell.ticket_assigned],
    tickets.TicketReplied: [tell.ticket_replied],
    tickets.TicketNoted: [tell.ticket_noted],
    tickets.TicketAsked: [tell.ticket_asked],
    tickets.TicketSupplied: [tell.ticket_supplied],
    tickets.StepDelegated: [tell.step_delegated],
    tickets.StepCompleted: [tell.step_completed],
    tickets.TicketFedBack: [tell.ticket_fed_back],
    tickets.TicketResolved: [tell.ticket_resolved],
    tickets.TicketConfirmed: [tell.ticket_confirmed],
    tickets.TicketNotSolved: [tell.ticket_not_solved],
    tickets.TicketReopened: [tell.ticket_reopened],
    tickets.TicketClosed: [tell.ticket_closed],
    tickets.TicketMerged: [tell.ticket_merged],
    tickets.TicketWithdrawn: [tell.ticket_withdrawn],
    tickets.TicketUrged: [tell.ticket_urged],
    sla.ClockWarned: [tell.clock_warned],
    sla.ClockBreached: [tell.clock_breached],
    sla.ClockLapsed: [reactions.close_lapsed],
    sla.ClockMoved: [reactions.keep_due_date, tell.clock_moved],
    knowledge.CaseSubmitted: [tell_of_cases.case_submitted],
    knowledge.CaseReturned: [tell_of_cases.case_returned],
    knowledge.CasePublished: [tell_of_cases.case_published],
    knowledge.CaseTakenDown: [tell_of_cases.case_taken_down],
    knowledge.ArticleSubmitted: [tell_of_articles.article_submitted],
    knowledge.ArticleReturned: [tell_of_articles.article_returned],
    knowledge.ArticlePublished: [tell_of_articles.article_published],
    knowledge.ArticleReviewDue: [tell_of_articles.article_review_due],
    training.PersonsInvited: [tell_of_sessions.persons_invited],
    training.PlaceFreed: [tell_of_sessions.place_freed],
    training.SessionNear: [tell_of_sessions.session_near],
    training.SessionChanged: [tell_of_sessions.session_changed],
    training.SessionCancelled: [tell_of_sessions.session_cancelled],
    training.QuizOffered: [tell_of_quizzes.quiz_offered],
    filing.DigestDue: [tell_of_filing.digest_due],
    training.PersonsReminded: [tell_of_training.persons_reminded],
    training.BodiesReminded: [tell_of_training.bodies_reminded],
    training.OfficesReminded: [tell_of_training.offices_reminded],
    organizations.BodyAdded: [coverage.follow_added],
    organizations.BodyEdited: [coverage.follow_edited],
    organizations.BodyStatusChanged: [coverage.follow_status],
    organizations.BodyMoved: [reactions.follow_body, cases.follow_body, coverage.follow_moved],
    people.StaffChanged: [coverage.follow_staff],
    people.PersonsMerged: [
        answering.follow_merge,
        ticks.follow_merge,
        notices.follow_merge,
        quizzing.follow_merge,
        certifying.follow_merge,
        offering.follow_merge,
        marking.follow_merge,
        crediting.follow_merge,
    ],
    WorkdaysChanged: [clock_moves.follow_calendar],
}

# Facts that have no consequence elsewhere.
SILENT: frozenset[type] = frozenset(
    {
        tickets.TicketAccepted,
        tickets.TicketTakenOver,
        tickets.TicketPrioritised,
        settings.SettingChanged,
    }
)

# Messages that may lose their reason: asked again before a letter leaves.
CHECKS: Mapping[str, Check] = {
    Msg.TICKET_ARRIVED: still.still_arriving,
    Msg.TICKET_HANDED_UP: still.still_arriving,
    Msg.TICKET_REDIRECTED: still.still_arriving,
    Msg.TICKET_NOT_SOLVED: still.still_arriving,
    Msg.TICKET_REOPENED: still.still_arriving,
    Msg.TICKET_RETURNED: still.still_returned,
    Msg.TICKET_ASSIGNED: still.still_assigned,
    Msg.INFORMATION_ASKED: still.still_waiting,
    Msg.WAITING_REMINDER: still.still_waiting,
    Msg.PLEASE_CONFIRM: still.still_to_confirm,
    Msg.CONFIRM_REMINDER: still.still_to_confirm,
    Msg.STEP_DELEGATED: still.step_still_open,
    Msg.TICKET_URGED: still.still_open,
    Msg.BODY_WITHOUT_HANDLER: still.still_without_handler,
    Msg.CLOCK_WARNING: still.clock_still_runs,
    Msg.CLOCK_BREACH: still.clock_still_runs,
    Msg.CASE_SUBMITTED: cases_still.still_to_review,
    Msg.CASE_RETURNED: cases_still.still_returned,
    Msg.ARTICLE_SUBMITTED: articles_still.still_to_review,
    Msg.ARTICLE_RETURNED: articles_still.still_returned,
    Msg.ARTICLE_REVIEW_DUE: articles_still.still_due,
    Msg.TRAINING_REMINDER: training_still.still_untrained,
    Msg.SESSION_INVITED: sessions_still.still_expected,
    Msg.SESSION_NEAR: sessions_still.still_near,
    Msg.SESSION_CHANGED: sessions_still.still_expected,
    Msg.SESSION_CANCELLED: sessions_still.still_cancelled,
    Msg.SESSION_PLACE_FREED: sessions_still.still_enrolled,
    Msg.QUIZ_OFFERED: quizzes_still.still_to_pass,
}
