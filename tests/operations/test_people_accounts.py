"""Accounts: opening, one-time codes, closing, unlocking; and two records that are one person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.permissions import Permission
from helpdesk.people import queries
from helpdesk.people.access import fetch, lists
from helpdesk.people.access.fetch import BeyondYourRange
from helpdesk.people.models import Account, Audit, Person
from helpdesk.people.operations import accounts, entries, hashing, merging, roles, roster
from helpdesk.people.operations.records import NotYourself
from helpdesk.people.rules import CODE_LIFE, Act, Post, Role
from tests.factories.country import Country, actor_behind
from tests.factories.people import (
    admin_of,
    employ,
    give_account,
    holder,
    present_work,
    root_admin,
    work,
)

LAST_DAY = date(2026, 9, 22)


@pytest.fixture
def clerk(land: Country, now: datetime) -> Person:
    """Somebody new on the roster of the county."""
    return employ(land.body("county"), "县新人(演示)", now)


def account_of(session: Session, person: Person) -> Account:
    account = session.scalars(select(Account).where(Account.person_id == person.id)).one()
    session.refresh(account)
    return account


class TestOpening:
    def test_the_code_is_kept_as_a_digest_and_runs_out(
        self, clerk: Person, session: Session, now: datetime
    ) -> None:
        issued = accounts.open_account(actor=SYSTEM, person=clerk, user_name="New.Clerk", now=now)
        account = account_of(session, clerk)
        assert issued.user_name == account.user_name == "new.clerk"
        assert issued.expires_at == account.code_expires_at == now + CODE_LIFE
        assert account.must_change_password
        assert issued.code not in str(account.one_time_code_hash)
        assert hashing.matches(account.one_time_code_hash, issued.code)

    def test_the_code_is_nowhere_in_the_trail(
        self, clerk: Person, session: Session, now: datetime
    ) -> None:
        issued = accounts.open_account(actor=SYSTEM, person=clerk, user_name="newclerk", now=now)
        written = [str(row.details) for row in session.scalars(select(Audit))]
        assert not any(issued.code in details for details in written)

    def test_a_code_never_equals_the_user_name(
        self, clerk: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        codes = iter(["ABCDEFGHJK", "MNPQRSTUVW"])
        monkeypatch.setattr(accounts, "typed_code", lambda: next(codes))
        issued = accounts.open_account(actor=SYSTEM, person=clerk, user_name="abcdefghjk", now=now)
        assert issued.code == "MNPQRSTUVW"

    @pytest.mark.parametrize(
        "user_name", ["", "ab", "周新人", "a b c", "11010119900307001x", "x" * 65, "-new"]
    )
    def test_wrong_user_names(self, clerk: Person, now: datetime, user_name: str) -> None:
        with pytest.raises(accounts.UserNameWrong):
            accounts.open_account(actor=SYSTEM, person=clerk, user_name=user_name, now=now)

    def test_a_name_of_somebody_else(self, clerk: Person, now: datetime) -> None:
        with pytest.raises(accounts.UserNameTaken):
            accounts.open_account(actor=SYSTEM, person=clerk, user_name="TEACHER", now=now)

    def test_a_second_account(self, clerk: Person, now: datetime) -> None:
        accounts.open_account(actor=SYSTEM, person=clerk, user_name="newclerk", now=now)
        with pytest.raises(accounts.AlreadyHasAccount):
            accounts.open_account(actor=SYSTEM, person=clerk, user_name="other", now=now)

    def test_who_has_left_gets_none(self, clerk: Person, now: datetime) -> None:
        roster.end_appointment(
            actor=SYSTEM, appointment=present_work(clerk), left_on=LAST_DAY, now=now
        )
        with pytest.raises(roles.NotInService):
            accounts.open_account(actor=SYSTEM, person=clerk, user_name="newclerk", now=now)


class TestRepairing:
    def test_an_expired_code_lets_nobody_in(self, clerk: Person, now: datetime) -> None:
        issued = accounts.open_account(actor=SYSTEM, person=clerk, user_name="newclerk", now=now)
        later = now + CODE_LIFE
        assert actor_behind(issued.account_id, later - timedelta(seconds=1))
        assert actor_behind(issued.account_id, later) is None

    def test_a_new_code_ends_password_and_sessions(
        self, clerk: Person, session: Session, now: datetime
    ) -> None:
        account = give_account(clerk, now)
        before = account.session_epoch
        issued = accounts.issue_code(actor=SYSTEM, person=clerk, now=now)
        account = account_of(session, clerk)
        assert account.password_hash is None
        assert account.session_epoch == before + 1
        assert hashing.matches(account.one_time_code_hash, issued.code)

    def test_closed_and_opened_again(self, clerk: Person, session: Session, now: datetime) -> None:
        account = give_account(clerk, now)
        accounts.disable_account(actor=SYSTEM, person=clerk, now=now)
        assert actor_behind(account.id, now) is None
        with pytest.raises(accounts.AlreadyDisabled):
            accounts.disable_account(actor=SYSTEM, person=clerk, now=now)
        with pytest.raises(accounts.AccountDisabled):
            accounts.issue_code(actor=SYSTEM, person=clerk, now=now)
        accounts.enable_account(actor=SYSTEM, person=clerk, now=now)
        assert actor_behind(account.id, now) is not None
        with pytest.raises(accounts.AlreadyEnabled):
            accounts.enable_account(actor=SYSTEM, person=clerk, now=now)

    @pytest.mark.parametrize(
        "act",
        [
            accounts.issue_code,
            accounts.disable_account,
            accounts.enable_account,
            accounts.unlock_account,
        ],
    )
    def test_nobody_repairs_the_own_account_and_none_without_one(
        self, land: Country, clerk: Person, now: datetime, act: Callable[..., object]
    ) -> None:
        with pytest.raises(accounts.NoAccount):
            act(actor=SYSTEM, person=clerk, now=now)
        admin = admin_of(land.body("county"), now)
        own = fetch.person(SYSTEM, admin.person_id or 0)
        with pytest.raises(NotYourself):
            act(actor=admin, person=own, now=now)

    def test_the_database_wants_a_password_or_a_code(
        self, clerk: Person, session: Session, now: datetime
    ) -> None:
        session.add(Account(person_id=clerk.id, user_name="nothing", created_at=now))
        with pytest.raises(IntegrityError):
            session.flush()


class TestWhoMay:
    manage = Permission.ACCOUNT_MANAGE

    @pytest.mark.parametrize("office", ["county", "city", "province"])
    def test_administrators_above(
        self, land: Country, clerk: Person, now: datetime, office: str
    ) -> None:
        assert fetch.person(admin_of(land.body(office), now), clerk.id, self.manage) is clerk

    def test_not_the_administrator_beside(
        self, land: Country, clerk: Person, now: datetime
    ) -> None:
        with pytest.raises(NotFound):
            fetch.person(admin_of(land.body("neighbour"), now), clerk.id, self.manage)

    def test_not_who_only_keeps_the_roster(self, land: Country) -> None:
        with pytest.raises(Exception, match="权限"):
            fetch.person(land.actor("teacher"), land.people["principal"].id, self.manage)

    def test_a_role_above_protects_the_account(
        self, land: Country, clerk: Person, now: datetime
    ) -> None:
        roles.grant_role(
            actor=SYSTEM,
            person=clerk,
            role=Role.SUPERVISOR,
            body_id=land.body("city").id,
            now=now,
        )
        with pytest.raises(BeyondYourRange):
            fetch.person(admin_of(land.body("county"), now), clerk.id, self.manage)
        assert fetch.person(admin_of(land.body("city"), now), clerk.id, self.manage) is clerk

    def test_an_auditors_account_is_the_roots(self, land: Country, now: datetime) -> None:
        auditor = holder(land.body("province"), Role.AUDITOR, now)
        with pytest.raises(BeyondYourRange):
            fetch.person(admin_of(land.body("province"), now), auditor.person_id or 0, self.manage)
        assert fetch.person(root_admin(now), auditor.person_id or 0, self.manage)


class TestFirstAdministrator:
    def test_stands_at_the_root_with_one_role(self, session: Session, now: datetime) -> None:
        issued = accounts.create_admin(user_name="First", name="首位管理员", now=now)
        actor = actor_behind(issued.account_id, now)
        assert actor is not None
        assert actor.holds(Permission.ROLE_GRANT, "/")
        assert not actor.anywhere(Permission.TICKET_READ)
        assert not actor.anywhere(Permission.AUDIT_READ)

    def test_a_name_that_exists_is_refused(self, session: Session, now: datetime) -> None:
        accounts.create_admin(user_name="first", name="首位管理员", now=now)
        with pytest.raises(accounts.UserNameTaken):
            accounts.create_admin(user_name="FIRST", name="第二位管理员", now=now)

    def test_a_wrong_name_is_refused(self, session: Session, now: datetime) -> None:
        with pytest.raises(entries.NameWrong):
            accounts.create_admin(user_name="first", name="", now=now)


class TestMerging:
    @pytest.fixture
    def twin(self, land: Country, now: datetime) -> Person:
        """The same person, entered a second time in the neighbour county."""
        return employ(land.body("neighbour"), "县新人(演示)", now, mobile="13800000000")

    def merge(self, land: Country, kept: Person, merged: Person, now: datetime) -> None:
        admin = admin_of(land.body("city"), now, "市管理员(演示)")
        merging.merge_persons(actor=admin, kept=kept, merged=merged, now=now)

    def test_everything_moves_and_is_written_down(
        self, land: Country, clerk: Person, twin: Person, session: Session, now: datetime
    ) -> None:
        account = give_account(twin, now)
        roles.grant_role(
            actor=SYSTEM,
            person=twin,
            role=Role.OFFICE_HANDLER,
            body_id=land.body("neighbour").id,
            now=now,
        )
        self.merge(land, clerk, twin, now)
        assert {row.place.code for row in lists.works_of(clerk.id)} == {"420101", "420102"}
        assert lists.works_of(twin.id) == ()
        assert [g.role for g in lists.grants_of(clerk.id)] == [Role.OFFICE_HANDLER]
        assert clerk.mobile == "13800000000"
        session.refresh(account)
        assert (account.person_id, account.disabled_at) == (clerk.id, None)
        acts = session.scalars(select(Audit).where(Audit.act == Act.PERSONS_MERGED)).all()
        assert {row.person_id for row in acts} == {clerk.id, twin.id}

    def test_history_still_names_the_merged_record(
        self, land: Country, clerk: Person, twin: Person, now: datetime
    ) -> None:
        self.merge(land, clerk, twin, now)
        assert queries.person(twin.id).name == "县新人(演示)"
        with pytest.raises(NotFound):
            fetch.person(SYSTEM, twin.id)

    def test_of_two_accounts_one_is_closed(
        self, land: Country, clerk: Person, twin: Person, session: Session, now: datetime
    ) -> None:
        kept, closed = give_account(clerk, now), give_account(twin, now)
        self.merge(land, clerk, twin, now)
        session.refresh(closed)
        assert closed.disabled_at == now
        assert actor_behind(kept.id, now) is not None
        assert actor_behind(closed.id, now) is None

    def test_two_rows_in_one_body_become_one(
        self, land: Country, clerk: Person, session: Session, now: datetime
    ) -> None:
        twin = employ(land.body("county"), "县新人(演示)", now)
        roster.edit_appointment(
            actor=SYSTEM,
            appointment=present_work(twin),
            work=work(Post.OPERATOR, joined_on=date(2026, 8, 1)),
            now=now,
        )
        for person in (clerk, twin):
            roles.grant_role(
                actor=SYSTEM,
                person=person,
                role=Role.OFFICE_HANDLER,
                body_id=land.body("county").id,
                now=now,
            )
        self.merge(land, clerk, twin, now)
        rows = lists.works_of(clerk.id)
        assert [(row.posts, row.joined_on) for row in rows] == [
            ((Post.OPERATOR, Post.MANAGER), date(2026, 8, 1))
        ]
        assert len(lists.grants_of(clerk.id)) == 1

    def test_with_itself_twice_and_by_oneself(
        self, land: Country, clerk: Person, twin: Person, now: datetime
    ) -> None:
        with pytest.raises(merging.SameRecord):
            self.merge(land, clerk, clerk, now)
        self_made = fetch.person(SYSTEM, admin_of(land.body("county"), now).person_id or 0)
        own_actor = actor_behind(lists.accounts_of((self_made.id,))[self_made.id].id, now)
        assert own_actor is not None
        with pytest.raises(NotYourself):
            merging.merge_persons(actor=own_actor, kept=self_made, merged=twin, now=now)
        self.merge(land, clerk, twin, now)
        with pytest.raises(merging.AlreadyMerged):
            merging.merge_persons(actor=SYSTEM, kept=clerk, merged=twin, now=now)

    def test_duties_that_must_be_apart(
        self, land: Country, clerk: Person, twin: Person, now: datetime
    ) -> None:
        for person, role in ((clerk, Role.NODE_ADMIN), (twin, Role.AUDITOR)):
            roles.grant_role(actor=SYSTEM, person=person, role=role, body_id=None, now=now)
        with pytest.raises(merging.MergedDutiesClash):
            merging.merge_persons(actor=SYSTEM, kept=clerk, merged=twin, now=now)
