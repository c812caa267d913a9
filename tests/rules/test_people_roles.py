"""Who may do what, as a table that an official can read; and where a role may be granted."""

from __future__ import annotations

import pytest

from helpdesk.kernel.permissions import Permission
from helpdesk.organizations.rules import Kind
from helpdesk.people.rules import (
    APART,
    BODY_ROLES,
    HANDLER_ROLES,
    LEAD_ROLES,
    ROLE_PERMISSIONS,
    ROOT_ROLES,
    Post,
    Role,
    clashing_role,
    posts_for,
    role_fits,
    roles_for,
)

# The columns are the roles: sc school_staff, oh office_handler, ol office_lead, it it_engineer,
# en enrolment_officer, ca call_centre_agent, cl call_centre_lead, tc training_coordinator,
# su supervisor, na node_admin, au auditor, so system_operator.
MATRIX = """
permission                       sc oh ol it en ca cl tc su na au so
tickets:ticket:create            x  x  x  x  x  .  .  .  .  .  .  .
tickets:ticket:create_for_others .  x  x  .  .  x  x  .  .  .  .  .
tickets:ticket:read              x  x  x  x  x  x  x  .  x  .  .  .
tickets:ticket:read_restricted   x  x  x  x  x  x  x  .  .  .  .  .
tickets:ticket:reply             x  x  x  x  x  x  x  .  .  .  .  .
tickets:ticket:confirm           x  x  x  x  x  x  x  .  .  .  .  .
tickets:ticket:withdraw          x  x  x  x  x  .  .  .  .  .  .  .
tickets:ticket:urge              x  x  x  x  x  .  .  .  .  .  .  .
tickets:ticket:supply            x  x  x  x  x  .  .  .  .  .  .  .
tickets:ticket:take              .  x  x  x  x  x  x  .  .  .  .  .
tickets:ticket:assign            .  .  x  .  .  .  x  .  .  .  .  .
tickets:ticket:accept            .  x  x  x  x  x  x  .  .  .  .  .
tickets:ticket:note              .  x  x  x  x  x  x  .  .  .  .  .
tickets:ticket:ask               .  x  x  x  x  x  x  .  .  .  .  .
tickets:ticket:hand_up           .  x  x  x  x  x  x  .  .  .  .  .
tickets:ticket:redirect          .  x  x  x  x  x  x  .  .  .  .  .
tickets:ticket:return            .  x  x  x  x  x  x  .  .  .  .  .
tickets:step:delegate            .  x  x  x  .  x  x  .  .  .  .  .
tickets:step:complete            .  x  x  x  x  x  x  .  .  .  .  .
tickets:ticket:feedback          .  .  .  .  .  x  x  .  .  .  .  .
tickets:ticket:resolve           .  x  x  x  x  x  x  .  .  .  .  .
tickets:ticket:merge             .  x  x  x  .  x  x  .  .  .  .  .
tickets:clock:pause              .  x  x  x  x  x  x  .  .  .  .  .
tickets:queue:read               .  x  x  x  x  x  x  .  .  .  .  .
tickets:board:read               .  .  .  .  .  x  x  .  x  .  .  .
organizations:body:read          x  x  x  x  x  x  x  x  x  x  .  .
organizations:body:manage        .  .  .  .  .  .  .  .  .  x  .  .
people:roster:read               x  x  x  x  x  x  x  x  x  x  .  .
people:roster:manage             x  .  .  .  .  .  .  .  .  x  .  .
people:account:manage            .  .  .  .  .  .  .  .  .  x  .  .
people:role:grant                .  .  .  .  .  .  .  .  .  x  .  .
settings:value:manage            .  .  .  .  .  .  .  .  .  x  .  .
workdays:calendar:manage         .  .  .  .  .  .  .  .  .  .  .  x
training:coverage:read           x  x  x  .  .  .  .  x  x  x  .  .
training:session:manage          x  .  x  .  .  .  .  x  .  .  .  .
training:attendance:mark         x  .  x  .  .  .  .  x  .  .  .  .
training:attendance:correct      x  .  x  .  .  .  .  x  .  .  .  .
training:reminder:send           x  .  x  .  .  .  .  x  .  .  .  .
knowledge:case:submit            .  x  x  .  .  .  .  x  .  .  .  .
knowledge:case:review            .  .  x  .  .  .  .  x  .  .  .  .
knowledge:article:write          .  x  x  x  x  x  x  .  .  .  .  .
knowledge:article:review         .  .  x  .  .  .  x  .  .  .  .  .
knowledge:reply:write            .  x  x  x  x  x  x  .  .  .  .  .
reports:training:read            .  x  x  .  .  .  .  x  x  .  .  .
filing:overlay:manage            .  .  x  .  .  .  .  .  .  x  .  .
outbox:message:read              .  .  .  .  .  .  .  .  .  .  .  x
audit:record:read                .  .  .  .  .  .  .  .  .  .  x  x
"""

# Where a role may be granted: ro the root, sc school, he central_hei, co ci pr the aid offices of
# county, city and province, it province_it, en enrolment_office, fi finance_office,
# na national_aid_centre, mo moe_it_centre, ca call_centre.
FITS = """
role                 ro sc he co ci pr it en fi na mo ca
school_staff         .  x  x  .  .  .  .  .  .  .  .  .
office_handler       .  .  .  x  x  x  .  .  .  x  .  .
office_lead          .  .  .  x  x  x  x  x  x  x  x  .
it_engineer          .  .  .  .  .  .  x  .  .  .  x  .
enrolment_officer    .  .  .  .  .  .  .  x  x  .  .  .
call_centre_agent    .  .  .  .  .  .  .  .  .  .  .  x
call_centre_lead     .  .  .  .  .  .  .  .  .  .  .  x
training_coordinator x  .  x  x  x  x  .  .  .  x  x  .
supervisor           x  .  .  x  x  x  .  .  .  x  x  .
node_admin           x  x  x  x  x  x  x  x  x  x  x  x
auditor              x  .  .  x  x  x  .  .  .  .  .  .
system_operator      x  .  .  .  .  .  .  .  .  .  .  .
"""

POSTS = """
post              sc he co ci pr it en fi na mo ca
operator          x  x  x  x  x  .  x  x  x  x  .
reviewer          x  x  x  x  x  .  x  x  x  x  .
manager           x  x  x  x  x  x  x  x  x  x  x
first_responsible x  x  x  x  x  x  x  x  x  x  x
it_engineer       .  .  .  .  .  x  .  .  .  x  .
enrolment_officer .  .  .  .  .  .  x  .  .  .  .
agent             .  .  .  .  .  .  .  .  .  .  x
"""


def rows(table: str) -> list[tuple[str, list[bool]]]:
    """Name and ticks of each row of a table, the head left out."""
    lines = [line.split() for line in table.strip().splitlines()[1:]]
    return [(line[0], [tick == "x" for tick in line[1:]]) for line in lines]


@pytest.mark.parametrize(("permission", "ticks"), rows(MATRIX))
def test_every_role_holds_what_the_table_says(permission: str, ticks: list[bool]) -> None:
    held = [Permission(permission) in ROLE_PERMISSIONS[role] for role in Role]
    assert held == ticks


def test_the_table_has_every_permission_that_a_role_can_hold() -> None:
    own_to_nobody = {Permission.PUBLIC, Permission.SIGNED_IN}
    assert {Permission(name) for name, _ in rows(MATRIX)} == set(Permission) - own_to_nobody


@pytest.mark.parametrize(("role", "ticks"), rows(FITS))
def test_a_role_fits_the_bodies_that_the_table_says(role: str, ticks: list[bool]) -> None:
    nodes = [None, *Kind]
    assert [role_fits(Role(role), node) for node in nodes] == ticks


@pytest.mark.parametrize(("post", "ticks"), rows(POSTS))
def test_a_post_is_had_by_the_bodies_that_the_table_says(post: str, ticks: list[bool]) -> None:
    assert [Post(post) in posts_for(kind) for kind in Kind] == ticks


def test_every_role_and_every_kind_has_its_place() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)
    assert all(roles_for(kind) for kind in Kind)
    assert BODY_ROLES.isdisjoint(ROOT_ROLES)
    assert set(Role) == BODY_ROLES | ROOT_ROLES


def test_nobody_who_manages_accounts_reads_tickets() -> None:
    for role in (Role.NODE_ADMIN, Role.AUDITOR, Role.SYSTEM_OPERATOR):
        assert Permission.TICKET_READ not in ROLE_PERMISSIONS[role]


@pytest.mark.parametrize("held", sorted(APART))
@pytest.mark.parametrize("new", sorted(APART))
def test_administration_operation_and_audit_are_never_in_one_hand(held: Role, new: Role) -> None:
    expected = held if held != new else None
    assert clashing_role({Role.SCHOOL_STAFF, held}, new) == expected


def test_other_roles_go_together() -> None:
    assert clashing_role({Role.NODE_ADMIN, Role.OFFICE_LEAD}, Role.OFFICE_HANDLER) is None
    assert clashing_role({Role.OFFICE_LEAD, Role.SUPERVISOR}, Role.AUDITOR) is None


def test_whoever_accepts_is_a_handler_and_whoever_assigns_leads() -> None:
    assert {
        Role.OFFICE_HANDLER,
        Role.OFFICE_LEAD,
        Role.IT_ENGINEER,
        Role.ENROLMENT_OFFICER,
        Role.CALL_CENTRE_AGENT,
        Role.CALL_CENTRE_LEAD,
    } == HANDLER_ROLES
    assert {Role.OFFICE_LEAD, Role.CALL_CENTRE_LEAD} == LEAD_ROLES
