"""Every permission there is: `area:thing:action`, the same word in code, templates and tests.

Which role holds which stands in `people/rules.py`.
"""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """A thing a person may be allowed to do on a node of the tree."""

    PUBLIC = "public:page:open"  # a door without a lock; one test lists them all
    SIGNED_IN = "own:page:open"  # everybody's own pages: home, profile, notices

    # tickets
    TICKET_CREATE = "tickets:ticket:create"
    TICKET_CREATE_FOR_OTHERS = "tickets:ticket:create_for_others"
    TICKET_READ = "tickets:ticket:read"
    TICKET_READ_RESTRICTED = "tickets:ticket:read_restricted"
    TICKET_REPLY = "tickets:ticket:reply"
    TICKET_CONFIRM = "tickets:ticket:confirm"
    TICKET_WITHDRAW = "tickets:ticket:withdraw"
    TICKET_URGE = "tickets:ticket:urge"
    TICKET_SUPPLY = "tickets:ticket:supply"
    TICKET_TAKE = "tickets:ticket:take"
    TICKET_ASSIGN = "tickets:ticket:assign"
    TICKET_ACCEPT = "tickets:ticket:accept"
    TICKET_NOTE = "tickets:ticket:note"
    TICKET_ASK = "tickets:ticket:ask"
    TICKET_HAND_UP = "tickets:ticket:hand_up"
    TICKET_REDIRECT = "tickets:ticket:redirect"
    TICKET_RETURN = "tickets:ticket:return"
    TICKET_DELEGATE = "tickets:step:delegate"
    TICKET_COMPLETE_STEP = "tickets:step:complete"
    TICKET_FEEDBACK = "tickets:ticket:feedback"
    TICKET_RESOLVE = "tickets:ticket:resolve"
    TICKET_MERGE = "tickets:ticket:merge"
    TICKET_PAUSE = "tickets:clock:pause"
    QUEUE_READ = "tickets:queue:read"
    BOARD_READ = "tickets:board:read"

    # organizations, settings, people
    BODY_READ = "organizations:body:read"
    BODY_MANAGE = "organizations:body:manage"
    ROSTER_READ = "people:roster:read"
    ROSTER_MANAGE = "people:roster:manage"
    ACCOUNT_MANAGE = "people:account:manage"
    ROLE_GRANT = "people:role:grant"
    SETTING_MANAGE = "settings:value:manage"
    WORKDAYS_MANAGE = "workdays:calendar:manage"

    # training, cases, reports
    COVERAGE_READ = "training:coverage:read"
    SESSION_MANAGE = "training:session:manage"
    ATTENDANCE_MARK = "training:attendance:mark"
    ATTENDANCE_CORRECT = "training:attendance:correct"
    TRAINING_REMIND = "training:reminder:send"
    CASE_SUBMIT = "knowledge:case:submit"
    CASE_REVIEW = "knowledge:case:review"
    REPORT_READ = "reports:training:read"

    # articles, replies kept ready
    ARTICLE_WRITE = "knowledge:article:write"
    ARTICLE_REVIEW = "knowledge:article:review"
    REPLY_WRITE = "knowledge:reply:write"

    # filing dates
    FILING_MANAGE = "filing:overlay:manage"

    # operation of the installation
    OUTBOX_READ = "outbox:message:read"
    AUDIT_READ = "audit:record:read"
