"""A small country for tests: every tier once, a neighbour to be a stranger, people with accounts.

    country = build(now)
    country.actor("teacher"), country.body("county"), country.account("agent")

Rows are written straight into the tables: what is tested is the use of a tree, not its making.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import insert, select

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import Model, session
from helpdesk.organizations.models import Body, BodySubsystem
from helpdesk.organizations.rules import Kind, Subsystem, shelf_of
from helpdesk.people import queries as people
from helpdesk.people.models import Account, Appointment, AppointmentPost, Person, RoleGrant
from helpdesk.people.rules import Post, Role
from helpdesk.workdays import operations as workdays
from tests.factories import replay

# name: (kind, parent, Chinese name, code, province)
BODIES: dict[str, tuple[Kind, str | None, str, str, str]] = {
    "call_centre": (Kind.CALL_CENTRE, None, "呼叫中心", "CALL", ""),
    "national_aid": (Kind.NATIONAL_AID_CENTRE, None, "全国学生资助管理中心", "NAC", ""),
    "moe_it": (Kind.MOE_IT_CENTRE, None, "教育部教育管理信息中心", "MOEIT", ""),
    "province": (Kind.PROVINCE_AID, None, "示范省资助中心", "420000", "42"),
    "province_it": (Kind.PROVINCE_IT, "province", "示范省教育信息化中心", "420000-IT", "42"),
    "city": (Kind.CITY_AID, "province", "示范市资助中心", "420100", "42"),
    "county": (Kind.COUNTY_AID, "city", "示范县资助中心", "420101", "42"),
    "enrolment": (Kind.ENROLMENT_OFFICE, "county", "示范县学籍办", "420101-XJ", "42"),
    "school": (Kind.SCHOOL, "county", "示范县第一中学", "3442990001", "42"),
    "sibling_school": (Kind.SCHOOL, "county", "示范县第二中学", "3442990002", "42"),
    "city_school": (Kind.SCHOOL, "city", "示范市实验中学", "3442990003", "42"),
    "neighbour": (Kind.COUNTY_AID, "city", "邻县资助中心", "420102", "42"),
    "empty_county": (Kind.COUNTY_AID, "city", "无人县资助中心", "420103", "42"),
    "empty_county_school": (Kind.SCHOOL, "empty_county", "无人县中学", "3442990004", "42"),
    "other_province": (Kind.PROVINCE_AID, None, "另一省资助中心", "430000", "43"),
    "hei": (Kind.CENTRAL_HEI, None, "示范部属大学", "4142010999", ""),
}

# name: (body, Chinese name, role, posts)
PEOPLE: dict[str, tuple[str, str, Role, tuple[Post, ...]]] = {
    "teacher": ("school", "王老师", Role.SCHOOL_STAFF, (Post.OPERATOR,)),
    "principal": ("school", "校长", Role.SCHOOL_STAFF, (Post.FIRST_RESPONSIBLE,)),
    "sibling_teacher": ("sibling_school", "李老师", Role.SCHOOL_STAFF, (Post.OPERATOR,)),
    "city_teacher": ("city_school", "赵老师", Role.SCHOOL_STAFF, (Post.OPERATOR,)),
    "lonely_teacher": ("empty_county_school", "孙老师", Role.SCHOOL_STAFF, (Post.OPERATOR,)),
    "county_officer": ("county", "县经办", Role.OFFICE_HANDLER, (Post.MANAGER,)),
    "county_lead": ("county", "县主任", Role.OFFICE_LEAD, (Post.FIRST_RESPONSIBLE,)),
    "neighbour_officer": ("neighbour", "邻县经办", Role.OFFICE_HANDLER, (Post.MANAGER,)),
    "city_officer": ("city", "市经办", Role.OFFICE_HANDLER, (Post.MANAGER,)),
    "city_lead": ("city", "市主任", Role.OFFICE_LEAD, (Post.FIRST_RESPONSIBLE,)),
    "city_supervisor": ("city", "市督办", Role.SUPERVISOR, (Post.MANAGER,)),
    "province_officer": ("province", "省经办", Role.OFFICE_HANDLER, (Post.MANAGER,)),
    "province_lead": ("province", "省主任", Role.OFFICE_LEAD, (Post.FIRST_RESPONSIBLE,)),
    "it_engineer": ("province_it", "省工程师", Role.IT_ENGINEER, (Post.IT_ENGINEER,)),
    "enrolment_officer": (
        "enrolment",
        "学籍员",
        Role.ENROLMENT_OFFICER,
        (Post.ENROLMENT_OFFICER,),
    ),
    "agent": ("call_centre", "座席", Role.CALL_CENTRE_AGENT, (Post.AGENT,)),
    "agent_lead": ("call_centre", "座席长", Role.CALL_CENTRE_LEAD, (Post.AGENT,)),
    "national_officer": (
        "national_aid",
        "全国中心经办",
        Role.OFFICE_HANDLER,
        (Post.MANAGER,),
    ),
    "other_province_officer": (
        "other_province",
        "另一省经办",
        Role.OFFICE_HANDLER,
        (Post.MANAGER,),
    ),
    "hei_staff": ("hei", "部属高校老师", Role.SCHOOL_STAFF, (Post.MANAGER,)),
}


# Where the country writes; anything in it before means that it is not the first.
_FILLED = ("people_person", "organizations_body", "workdays_year")


@dataclass
class Country:
    """The bodies and people by the names of the tables above."""

    now: datetime
    bodies: dict[str, Body] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)

    def body(self, name: str) -> Body:
        """A body by its name in BODIES."""
        return self.bodies[name]

    def account(self, name: str) -> int:
        """Account id of a person by the name in PEOPLE."""
        return self.accounts[name]

    def actor(self, name: str) -> Actor:
        """The person as an actor, fresh from the tables."""
        found = actor_behind(self.accounts[name], self.now)
        assert found is not None
        return found


def actor_behind(account_id: int, now: datetime, body_id: int | None = None) -> Actor | None:
    """The actor of an account as a request would see it; None where nobody may come in."""
    found = people.session_of(account_id, now, body_id)
    return found.actor if found else None


def build(now: datetime) -> Country:
    """Write the country into the current session, with the working days of China."""
    fresh = replay.is_empty(*(Model.metadata.tables[name] for name in _FILLED))
    if fresh and replay.repeat(now):
        made = _found(now)
    else:
        made = _founded(now)
        if fresh:
            replay.remember(now)
    session().commit()
    return made


def _founded(now: datetime) -> Country:
    workdays.seed(now=now)
    made = Country(now)
    for name in BODIES:
        _add_body(made, name)
    for name in PEOPLE:
        _add_person(made, name)
    return made


def _found(now: datetime) -> Country:
    """The country whose rows are there already."""
    bodies = {body.code: body for body in session().scalars(select(Body))}
    persons = {person.staff_no: person for person in session().scalars(select(Person))}
    accounts = session().execute(select(Account.user_name, Account.id))
    return Country(
        now,
        bodies={name: bodies[row[3]] for name, row in BODIES.items()},
        people={name: persons[f"T-{name}"] for name in PEOPLE},
        accounts={name: number for name, number in accounts if name in PEOPLE},
    )


def _add_body(made: Country, name: str) -> None:
    kind, parent_name, title, code, province = BODIES[name]
    parent = made.bodies[parent_name] if parent_name else None
    body = Body(
        code=code, name=title, kind=kind, shelf=shelf_of(kind),
        parent_id=parent.id if parent else None, path=f"new:{name}",
        level=parent.level + 1 if parent else 1, province_code=province,
        status_since=date(2020, 1, 1), sort_key=code, find_text=f"{title} {code}",
        created_at=made.now,
    )  # fmt: skip
    session().add(body)
    session().flush()
    body.path = f"{parent.path if parent else '/'}{body.id}/"
    if kind in (Kind.SCHOOL, Kind.CENTRAL_HEI):
        uses = Subsystem.SENIOR_HIGH if kind is Kind.SCHOOL else Subsystem.UNDERGRADUATE
        session().execute(insert(BodySubsystem).values(body_id=body.id, subsystem=uses))
    session().flush()
    made.bodies[name] = body


def _add_person(made: Country, name: str) -> None:
    body_name, title, role, posts = PEOPLE[name]
    body = made.bodies[body_name]
    person = Person(
        staff_no=f"T-{name}", name=title, sort_key=name, mail=f"{name}@example.org",
        created_at=made.now,
    )  # fmt: skip
    session().add(person)
    session().flush()
    appointment = Appointment(person_id=person.id, body_id=body.id, joined_on=date(2020, 1, 1))
    account = Account(
        person_id=person.id, user_name=name, password_hash="not a hash", created_at=made.now
    )
    grant = RoleGrant(person_id=person.id, role=role, body_id=body.id, granted_at=made.now)
    session().add_all([appointment, account, grant])
    session().flush()
    for post in posts:
        session().execute(insert(AppointmentPost).values(appointment_id=appointment.id, post=post))
    made.people[name] = person
    made.accounts[name] = account.id
