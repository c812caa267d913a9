"""A small piece of the tree with its exceptions, made by the operations that make it in life.

ids = tree(now)            # code -> id
body("PLANSCHOOL")         # the row
admin(code)                # somebody who manages bodies on that node
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from helpdesk.kernel.actor import ROOT_PATH, SYSTEM, Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations.models import Body
from helpdesk.organizations.operations.adding import NewBody, add_bodies
from helpdesk.organizations.rules import Kind, Subsystem
from helpdesk.people.access import fetch
from helpdesk.people.operations.demonstration import open_accounts
from helpdesk.people.operations.entries import PersonEntry, WorkEntry
from helpdesk.people.operations.roles import grant_role
from helpdesk.people.operations.rosters import NewStaff, add_staff
from helpdesk.people.rules import Post, Role

MANAGE = (Permission.BODY_READ, Permission.BODY_MANAGE, Permission.SETTING_MANAGE)


def new(code: str, kind: Kind, parent: str | None, name: str, **more: object) -> NewBody:
    """A body to be; a school uses compulsory education unless told otherwise."""
    if kind in (Kind.SCHOOL, Kind.CENTRAL_HEI):
        more.setdefault("subsystems", (Subsystem.COMPULSORY,))
    return NewBody(code=code, name=name, kind=kind, parent_code=parent, **more)  # type: ignore[arg-type]


ROWS = (
    new("CALL", Kind.CALL_CENTRE, None, "呼叫中心", name_en="Call centre"),
    new("NAC", Kind.NATIONAL_AID_CENTRE, None, "全国学生资助管理中心"),
    new("MOEIT", Kind.MOE_IT_CENTRE, None, "教育部教育管理信息中心"),
    new("4142010999", Kind.CENTRAL_HEI, None, "示范部属大学"),
    new("420000", Kind.PROVINCE_AID, None, "湖北省资助中心", region_code="420000"),
    new("420000-IT", Kind.PROVINCE_IT, "420000", "湖北省教育信息化中心"),
    new("420100", Kind.CITY_AID, "420000", "武汉市资助中心", region_code="420100"),
    new("420100-XJ", Kind.ENROLMENT_OFFICE, "420100", "武汉市学籍办"),
    new("420102", Kind.COUNTY_AID, "420100", "江岸区资助中心", region_code="420102"),
    new("420103", Kind.COUNTY_AID, "420100", "江汉区资助中心", region_code="420103"),
    new("420102-XJ", Kind.ENROLMENT_OFFICE, "420102", "江岸区学籍办"),
    new("2142900001", Kind.SCHOOL, "420102", "示范第一小学"),
    new("2142900002", Kind.SCHOOL, "420102", "示范第二小学"),
    new("2142900010", Kind.SCHOOL, "420102", "示范第十小学"),
    new("3442900003", Kind.SCHOOL, "420100", "示范市属中学",
        subsystems=(Subsystem.COMPULSORY, Subsystem.SENIOR_HIGH)),
    new("3642900004", Kind.SCHOOL, "420000", "示范省属中专",
        subsystems=(Subsystem.SECONDARY_VOCATIONAL,)),
    new("420200", Kind.CITY_AID, "420000", "黄石市资助中心", region_code="420200"),
    new("420202", Kind.COUNTY_AID, "420200", "黄石港区资助中心", region_code="420202"),
    new("429004", Kind.COUNTY_AID, "420000", "仙桃市资助中心", region_code="429004"),
    new("440000", Kind.PROVINCE_AID, None, "广东省资助中心", region_code="440000"),
    new("440300", Kind.CITY_AID, "440000", "深圳市资助中心", region_code="440300", plan_city=True),
    new("660000", Kind.PROVINCE_AID, None, "兵团资助中心", bingtuan=True),
    new("660800", Kind.CITY_AID, "660000", "第八师资助中心"),
    new("2165900005", Kind.SCHOOL, "660800", "示范团场小学"),
)  # fmt: skip


def tree(now: datetime) -> dict[str, int]:
    """Put ROWS into the tree: code -> id."""
    return add_bodies(actor=SYSTEM, rows=ROWS, now=now)


def body(code: str) -> Body:
    """The row with this code."""
    return session().scalars(select(Body).where(Body.code == code)).one()


def admin(code: str | None, *permissions: Permission) -> Actor:
    """Somebody who was granted the administration of the node with this code (None: the root)."""
    path = body(code).path if code is not None else ROOT_PATH
    grants = frozenset((permission, path) for permission in permissions or MANAGE)
    return Actor(person_id=None, name="管理员(演示)", grants=grants)


def account(code: str, now: datetime, role: Role = Role.NODE_ADMIN, *, on: str | None = "") -> int:
    """The account of a new manager of the body `code`, with a role there (`on` None: the root)."""
    place = body(code)
    number = f"T-{role.value[:4].upper()}-{place.id}"
    work = WorkEntry(now.date(), frozenset({Post.MANAGER}))
    staff = NewStaff(place.id, PersonEntry(name="管理员(演示)", staff_no=number), work)
    person_id = add_staff(actor=SYSTEM, rows=[staff], now=now)[number]
    names = {person_id: number.lower()}
    opened = open_accounts(actor=SYSTEM, user_names=names, password="a long one", now=now)
    grant_role(
        actor=SYSTEM,
        person=fetch.person(SYSTEM, person_id, to=Permission.ROLE_GRANT),
        role=role,
        body_id=None if on is None else place.id,
        now=now,
    )
    return opened[person_id]
