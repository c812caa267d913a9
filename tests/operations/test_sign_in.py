"""Signing in: what is told, what is counted, what is kept when it is refused."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.kernel.actor import SYSTEM
from helpdesk.people import queries, rules
from helpdesk.people.models import Account, Audit, Person, SignIn, Throttle
from helpdesk.people.operations import accounts, entries, hashing, roster, signing_in
from helpdesk.people.operations.signing_in import (
    AccountClosed,
    CodeExpired,
    NoLongerInService,
    Proof,
    TooManyAttempts,
    WrongCredentials,
)
from helpdesk.people.rules import ADDRESS_LIMIT, NAME_LIMIT, Act, SignInOutcome
from tests.factories.country import Country
from tests.factories.people import PASSWORD, actor_of, employ, give_account, present_work

HERE = "192.0.2.7"


@pytest.fixture
def person(land: Country, now: datetime) -> Person:
    """周老师 of the school."""
    return employ(land.body("school"), "周老师(演示)", now)


@pytest.fixture
def account(person: Person, session: Session, now: datetime) -> Account:
    """The account of 周老师, with PASSWORD."""
    made = give_account(person, now, "teacher-zhou")
    session.commit()
    return made


def prove(now: datetime, password: str = PASSWORD, **over: str) -> Proof:
    return signing_in.prove(
        user_name=over.get("user_name", "teacher-zhou"),
        password=password,
        address=over.get("address", HERE),
        now=now,
    )


def outcomes(session: Session) -> list[SignInOutcome]:
    return list(session.scalars(select(SignIn.outcome).order_by(SignIn.id)))


class TestProving:
    @pytest.mark.parametrize("typed", ["teacher-zhou", "Teacher-Zhou", " TEACHER-ZHOU "])
    def test_the_right_password(self, account: Account, now: datetime, typed: str) -> None:
        assert prove(now, user_name=typed).account_id == account.id

    @pytest.mark.parametrize(
        ("user_name", "password"),
        [
            ("teacher-zhou", "wrong"),
            ("teacher-zhou", PASSWORD.upper()),
            ("teacher-zhou", ""),
            ("teacher-zhou", PASSWORD + "x" * 300),
            ("nobody", PASSWORD),
            ("", ""),
            ("' OR 1=1 --", "x"),
        ],
    )
    def test_nobody_learns_what_was_wrong(
        self, account: Account, now: datetime, user_name: str, password: str
    ) -> None:
        with pytest.raises(WrongCredentials) as refused:
            prove(now, password, user_name=user_name)
        assert refused.value.params == {"attempts": 5, "minutes": 15}

    def test_an_unknown_name_costs_a_digest_too(
        self, account: Account, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[bool] = []
        real = hashing.matches

        def counting(stored: str | None, secret: str) -> bool:
            asked.append(stored is None)
            return real(stored, secret)

        monkeypatch.setattr(hashing, "matches", counting)
        for name in ("teacher-zhou", "nobody"):
            with pytest.raises(WrongCredentials):
                prove(now, "wrong", user_name=name)
        assert asked == [False, True]

    def test_nobodys_digest_matches_nothing(self) -> None:
        assert not hashing.matches(None, "")
        assert not hashing.matches("not a digest", "x")

    @pytest.mark.parametrize("written", ["{code}", "{low}", "{head}-{tail}", " {head} {tail} "])
    def test_a_code_is_read_however_it_was_typed(
        self, person: Person, session: Session, now: datetime, written: str
    ) -> None:
        issued = accounts.open_account(actor=SYSTEM, person=person, user_name="zhou", now=now)
        session.commit()
        code = issued.code
        typed = written.format(code=code, low=code.lower(), head=code[:5], tail=code[5:])
        assert prove(now, typed, user_name="zhou").account_id == issued.account_id

    def test_a_code_runs_out_after_seven_days(
        self, person: Person, session: Session, now: datetime
    ) -> None:
        issued = accounts.open_account(actor=SYSTEM, person=person, user_name="zhou", now=now)
        session.commit()
        with pytest.raises(CodeExpired):
            prove(now + timedelta(days=7), issued.code, user_name="zhou")
        assert outcomes(session) == [SignInOutcome.CODE_EXPIRED]

    def test_a_closed_account_is_told_only_to_who_knows_the_password(
        self, account: Account, person: Person, session: Session, now: datetime
    ) -> None:
        accounts.disable_account(actor=SYSTEM, person=person, now=now)
        session.commit()
        with pytest.raises(WrongCredentials):
            prove(now, "wrong")
        with pytest.raises(AccountClosed):
            prove(now)

    def test_who_has_left_stays_outside(
        self, account: Account, person: Person, session: Session, now: datetime
    ) -> None:
        roster.end_appointment(
            actor=SYSTEM,
            appointment=present_work(person),
            left_on=date(2026, 9, 22),
            now=now,
        )
        session.commit()
        with pytest.raises(NoLongerInService):
            prove(now)
        assert outcomes(session) == [SignInOutcome.NOT_IN_SERVICE]

    def test_refusals_are_kept_and_unknown_names_are_not(
        self, account: Account, session: Session, now: datetime
    ) -> None:
        for name in ("teacher-zhou", "nobody"):
            with pytest.raises(WrongCredentials):
                prove(now, "wrong", user_name=name)
        assert outcomes(session) == [SignInOutcome.WRONG]

    def test_weak_digests_are_made_anew(
        self, account: Account, session: Session, now: datetime
    ) -> None:
        cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
        account.password_hash = cheap.hash(PASSWORD)
        session.commit()
        proof = prove(now)
        signing_in.sign_in(proof=proof, now=now)
        session.commit()
        assert account.password_hash == proof.digest
        assert not hashing.is_outdated(account.password_hash or "")
        assert prove(now).digest is None


class TestCounting:
    def fail(self, times: int, at: datetime, **over: str) -> None:
        for _ in range(times):
            with pytest.raises(WrongCredentials):
                prove(at, "wrong", **over)

    def test_the_sixth_attempt_is_not_looked_at(self, account: Account, now: datetime) -> None:
        self.fail(NAME_LIMIT.attempts, now)
        with pytest.raises(TooManyAttempts, match="10:35"):
            prove(now)
        assert prove(now + NAME_LIMIT.block).account_id == account.id

    def test_unknown_names_are_blocked_alike(self, land: Country, now: datetime) -> None:
        self.fail(NAME_LIMIT.attempts, now, user_name="nobody")
        with pytest.raises(TooManyAttempts):
            prove(now, user_name="nobody")

    def test_success_forgets_the_name(
        self, account: Account, session: Session, now: datetime
    ) -> None:
        self.fail(NAME_LIMIT.attempts - 1, now)
        signing_in.sign_in(proof=prove(now), now=now)
        session.commit()
        self.fail(NAME_LIMIT.attempts - 1, now)
        assert prove(now).account_id == account.id

    def test_one_address_is_blocked_whatever_the_name(
        self, account: Account, session: Session, now: datetime
    ) -> None:
        counter = session.get(Throttle, rules.throttle_key("address", HERE))
        assert counter is None
        session.add(
            Throttle(
                key=rules.throttle_key("address", HERE),
                attempts=ADDRESS_LIMIT.attempts - 1,
                since=now,
            )
        )
        session.commit()
        self.fail(1, now, user_name="nobody-1")
        with pytest.raises(TooManyAttempts):
            prove(now)
        assert prove(now, address="192.0.2.8").account_id == account.id

    def test_success_gives_the_address_its_attempt_back(
        self, account: Account, session: Session, now: datetime
    ) -> None:
        self.fail(3, now, user_name="nobody")
        signing_in.sign_in(proof=prove(now), now=now)
        session.commit()
        kept = session.get_one(Throttle, rules.throttle_key("address", HERE))
        session.refresh(kept)
        assert kept.attempts == 3

    def test_attempts_are_kept_when_the_request_fails(
        self, account: Account, session: Session, now: datetime
    ) -> None:
        self.fail(2, now)
        session.rollback()
        counter = session.get_one(Throttle, rules.name_key("teacher-zhou"))
        assert counter.attempts == 2

    def test_an_administrator_unlocks(
        self, account: Account, person: Person, session: Session, now: datetime
    ) -> None:
        self.fail(NAME_LIMIT.attempts, now)
        accounts.unlock_account(actor=SYSTEM, person=person, now=now)
        session.commit()
        assert prove(now).account_id == account.id

    def test_a_new_code_unlocks_too(
        self, account: Account, person: Person, session: Session, now: datetime
    ) -> None:
        self.fail(NAME_LIMIT.attempts, now)
        issued = accounts.issue_code(actor=SYSTEM, person=person, now=now)
        session.commit()
        assert prove(now, issued.code).account_id == account.id

    def test_old_counters_are_removed(
        self, account: Account, session: Session, now: datetime
    ) -> None:
        self.fail(1, now)
        assert signing_in.forget_old_attempts(now=now + timedelta(hours=23)) == 0
        assert signing_in.forget_old_attempts(now=now + timedelta(hours=25)) == 2
        assert session.scalars(select(Throttle)).all() == []


class TestOwnAccount:
    def test_a_new_password_replaces_the_code_and_ends_sessions(
        self, person: Person, session: Session, now: datetime
    ) -> None:
        issued = accounts.open_account(actor=SYSTEM, person=person, user_name="zhou", now=now)
        account = session.get_one(Account, issued.account_id)
        actor = actor_of(account, now)
        epoch = signing_in.change_password(actor=actor, new="blue grey teal", now=now)
        assert epoch == account.session_epoch == 2
        assert not account.must_change_password
        session.commit()
        assert prove(now, "blue grey teal", user_name="zhou").account_id == account.id
        with pytest.raises(WrongCredentials):
            prove(now, issued.code, user_name="zhou")

    def test_the_old_password_is_no_new_one(self, account: Account, now: datetime) -> None:
        with pytest.raises(signing_in.SamePassword):
            signing_in.change_password(actor=actor_of(account, now), new=PASSWORD, now=now)

    def test_nor_is_the_code(self, person: Person, session: Session, now: datetime) -> None:
        issued = accounts.open_account(actor=SYSTEM, person=person, user_name="zhou", now=now)
        actor = actor_of(session.get_one(Account, issued.account_id), now)
        with pytest.raises(signing_in.SamePassword):
            signing_in.change_password(actor=actor, new=issued.code.lower(), now=now)

    def test_a_poor_password_changes_nothing(self, account: Account, now: datetime) -> None:
        before = account.password_hash
        with pytest.raises(rules.PasswordIsUserName):
            signing_in.change_password(actor=actor_of(account, now), new="teacher-zhou", now=now)
        assert account.password_hash == before

    def test_signing_out_everywhere(
        self, account: Account, session: Session, now: datetime
    ) -> None:
        actor = actor_of(account, now)
        signing_in.sign_out_everywhere(actor=actor, now=now)
        view = queries.session_of(account.id, now)
        assert view is not None
        assert view.epoch == 2
        acts = session.scalars(select(Audit.act).order_by(Audit.id.desc()).limit(1))
        assert list(acts) == [Act.SIGNED_OUT_EVERYWHERE]

    def test_own_contact_and_language(
        self, account: Account, person: Person, now: datetime
    ) -> None:
        actor = actor_of(account, now)
        given = {"mobile": "13800000000", "mail": "z@school.cn", "locale": "en"}
        signing_in.edit_own(actor=actor, now=now, **given)
        assert (person.mobile, person.mail, person.locale) == tuple(given.values())
        version = person.version
        signing_in.edit_own(actor=actor, now=now, **given)
        assert person.version == version

    @pytest.mark.parametrize(
        ("mobile", "mail", "refusal"),
        [("打不通", "", entries.MobileWrong), ("", "zhou", entries.MailWrong)],
    )
    def test_wrong_contact(
        self,
        account: Account,
        now: datetime,
        mobile: str,
        mail: str,
        refusal: type[entries.FieldRefused],
    ) -> None:
        with pytest.raises(refusal):
            signing_in.edit_own(
                actor=actor_of(account, now), mobile=mobile, mail=mail, locale="zh", now=now
            )


def test_passwords_cost_what_was_decided(dear_digests: None) -> None:
    digest = hashing.digest("x")
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in digest
    assert hashing.matches(digest, "x")
    assert not hashing.matches(digest, "y")
