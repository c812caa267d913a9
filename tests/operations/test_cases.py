"""Good cases: written, reviewed by the office above, published downward, recommended upward."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk import wiring
from helpdesk.kernel.actor import ROOT_PATH, Actor
from helpdesk.kernel.errors import AlreadyDone, Forbidden, NotFound
from helpdesk.kernel.permissions import Permission
from helpdesk.knowledge.access import cases as access
from helpdesk.knowledge.models.cases import Case
from helpdesk.knowledge.operations import reviewing, writing
from helpdesk.knowledge.operations.record import (
    CaseChangedMeanwhile,
    NotNow,
    PersonalDataInCase,
    TextTooLong,
)
from helpdesk.knowledge.operations.reviewing import CaseIncomplete, ReasonMissing
from helpdesk.knowledge.operations.writing import TitleMissing
from helpdesk.knowledge.queries import cases as queries
from helpdesk.knowledge.rules.cases import Entry, State, Verb
from helpdesk.organizations.models import Body
from helpdesk.organizations.operations import moving
from helpdesk.organizations.rules import Subsystem
from helpdesk.people.rules import Role
from tests.factories.cases import STORY, Writers
from tests.factories.country import Country
from tests.factories.people import holder
from tests.support.hearing import Ear, everyone, leave


@pytest.fixture
def writers(country: Country) -> Writers:
    return Writers(country)


@pytest.fixture
def ear(session: Session, country: Country) -> Ear:
    return Ear(session, country)


def readers(country: Country, case: Case) -> set[str]:
    """Who of the country may open the case."""
    found = set()
    for name in country.people:
        try:
            access.case(country.actor(name), case.id)
            found.add(name)
        except NotFound:
            continue
    return found


WRITERS = {"county_officer", "county_lead"}
BELOW_CITY = WRITERS | {
    "city_officer", "city_lead", "city_supervisor", "neighbour_officer", "teacher", "principal",
    "sibling_teacher", "city_teacher", "lonely_teacher", "enrolment_officer",
}  # fmt: skip


class TestWhoReads:
    def test_a_draft_is_seen_by_its_own_office(self, country: Country, writers: Writers) -> None:
        assert readers(country, writers.start()) == WRITERS

    def test_what_was_submitted_by_the_reviewers_above(
        self, country: Country, writers: Writers
    ) -> None:
        assert readers(country, writers.submitted()) == WRITERS | {"city_lead"}

    def test_what_was_taken_back_by_its_own_office_again(
        self, country: Country, writers: Writers
    ) -> None:
        case = writers.submitted()
        writers.do(Verb.RECALL, "county_officer", case)
        assert readers(country, case) == WRITERS

    def test_what_is_published_by_everybody_below_and_reviewers_above(
        self, country: Country, writers: Writers
    ) -> None:
        case = writers.published()
        assert readers(country, case) == BELOW_CITY | {"province_lead"}

    def test_what_the_province_recommends_by_its_whole_province(
        self, country: Country, writers: Writers
    ) -> None:
        case = writers.published()
        writers.do(Verb.LIFT, "province_lead", case)
        outside = {
            "agent",
            "agent_lead",
            "national_officer",
            "other_province_officer",
            "hei_staff",
        }
        assert readers(country, case) == set(country.people) - outside

    def test_what_the_centre_publishes_by_everybody(
        self, country: Country, writers: Writers, now: datetime
    ) -> None:
        reviewer = holder(country.body("national_aid"), Role.TRAINING_COORDINATOR, now)
        case = writers.submitted("province_officer")
        reach = access.case_for(reviewer, case.id, Verb.PUBLISH)
        reviewing.publish(reach=reach, act=replace(writers.act("agent", case), actor=reviewer))
        assert readers(country, case) == set(country.people)

    def test_the_root_acts_for_the_national_centre(
        self, country: Country, writers: Writers
    ) -> None:
        case = writers.submitted("province_officer")
        granted = frozenset({(Permission.CASE_REVIEW, ROOT_PATH)})
        somebody = Actor(person_id=None, name="全国培训管理(演示)", grants=granted)
        assert access.case_for(somebody, case.id, Verb.PUBLISH)
        assert queries.waiting(somebody) == 1

    def test_what_was_withdrawn_is_gone_below(self, country: Country, writers: Writers) -> None:
        case = writers.published()
        writers.do(Verb.TAKE_DOWN, "city_lead", case, words="做法已经过时")
        assert readers(country, case) == WRITERS | {"city_lead"}


class TestWhoActs:
    @pytest.mark.parametrize(
        ("who", "refusal"),
        [
            ("neighbour_officer", NotFound),
            ("city_officer", NotFound),  # a handler does not review
            ("province_lead", NotFound),  # not two steps above
            ("county_lead", Forbidden),  # nobody reviews the cases of the own office
            ("county_officer", Forbidden),
            ("teacher", NotFound),
        ],
    )
    def test_only_the_office_above_reviews(
        self, country: Country, writers: Writers, who: str, refusal: type[Exception]
    ) -> None:
        case = writers.submitted()
        for verb in (Verb.PUBLISH, Verb.RETURN):
            with pytest.raises(refusal):
                access.case_for(country.actor(who), case.id, verb)

    @pytest.mark.parametrize("who", ["county_lead", "city_lead", "neighbour_officer"])
    def test_only_the_next_step_recommends(
        self, country: Country, writers: Writers, who: str
    ) -> None:
        case = writers.published()
        with pytest.raises(Forbidden):
            access.case_for(country.actor(who), case.id, Verb.LIFT)

    @pytest.mark.parametrize(
        ("body", "reviewer"),
        [
            ("school", "county"),
            ("city_school", "city"),
            ("enrolment", "county"),
            ("county", "city"),
            ("city", "province"),
            ("province", "national_aid"),
            ("hei", "national_aid"),
            ("moe_it", "national_aid"),
            ("national_aid", "national_aid"),
        ],
    )
    def test_who_reviews_whose(self, country: Country, body: str, reviewer: str) -> None:
        assert access.body_above(country.body(body).id) == country.body(reviewer).id

    def test_schools_write_none(self, country: Country) -> None:
        teacher = country.actor("teacher")
        assert access.writing_bodies(teacher) == []
        with pytest.raises(Forbidden):
            access.writing_body(teacher, country.body("school").id)

    def test_a_reviewer_does_not_write_for_the_office_below(
        self, country: Country, writers: Writers
    ) -> None:
        case = writers.published()
        for verb in (Verb.EDIT, Verb.SUBMIT, Verb.WITHDRAW):
            with pytest.raises(Forbidden):
                access.case_for(country.actor("city_lead"), case.id, verb)

    def test_what_the_province_spreads_only_the_province_takes_down(
        self, country: Country, writers: Writers
    ) -> None:
        case = writers.published()
        writers.do(Verb.LIFT, "province_lead", case)
        with pytest.raises(Forbidden):
            access.case_for(country.actor("city_lead"), case.id, Verb.TAKE_DOWN)
        assert access.case_for(country.actor("province_lead"), case.id, Verb.TAKE_DOWN)


class TestWriting:
    def test_a_draft_may_have_gaps_but_a_title(self, writers: Writers) -> None:
        case = writers.start(entry=Entry("只有标题"))
        assert case.state is State.DRAFT
        with pytest.raises(TitleMissing):
            writers.start(entry=Entry(" ", situation="没有标题"))

    def test_the_same_form_twice_begins_one_case(self, session: Session, writers: Writers) -> None:
        assert writers.start(once="x").id == writers.start(once="x").id
        assert session.scalar(select(func.count()).select_from(Case)) == 1

    def test_the_token_of_somebody_else_opens_nothing(self, writers: Writers) -> None:
        writers.start("county_officer", once="x")
        with pytest.raises(AlreadyDone):
            writers.start("neighbour_officer", once="x")

    def test_editing_replaces_texts_and_topics(self, country: Country, writers: Writers) -> None:
        case = writers.start()
        changed = Entry("新标题", measures="新做法", subsystems=(Subsystem.PRESCHOOL,))
        reach = access.case_for(country.actor("county_lead"), case.id, Verb.EDIT)
        writing.edit(reach=reach, entry=changed, act=writers.act("county_lead", case))
        seen = queries.whole(case)
        assert seen.entry == changed
        assert [done.verb for done in seen.history] == [Verb.START, Verb.EDIT]

    @pytest.mark.parametrize("field", ["title", "situation", "measures", "result", "advice"])
    def test_no_number_of_a_person_is_kept(
        self, session: Session, writers: Writers, field: str
    ) -> None:
        with pytest.raises(PersonalDataInCase):
            writers.start(entry=replace(STORY, **{field: "学生身份证11010519491231002X"}))  # type: ignore[arg-type]
        assert session.scalar(select(func.count()).select_from(Case)) == 0

    def test_nor_in_the_words_of_a_review(self, writers: Writers) -> None:
        case = writers.submitted()
        with pytest.raises(PersonalDataInCase):
            writers.do(Verb.RETURN, "city_lead", case, words="打13800138000问问")
        with pytest.raises(TextTooLong):
            writers.do(Verb.RETURN, "city_lead", case, words="长" * 5000)

    def test_files_of_others_are_not_taken(self, country: Country, writers: Writers) -> None:
        case = writers.start(file_ids=(1, 2, 999))
        assert queries.whole(case).files == ()


class TestReview:
    def test_gaps_are_named_at_submission(self, writers: Writers) -> None:
        case = writers.start(entry=Entry("只有标题"))
        with pytest.raises(CaseIncomplete, match="做法"):
            writers.do(Verb.SUBMIT, "county_officer", case)

    def test_returned_with_reason_and_submitted_again(self, writers: Writers, ear: Ear) -> None:
        case = writers.submitted()
        assert ear.told() == everyone("case_submitted", "city_lead")
        with pytest.raises(ReasonMissing):
            writers.do(Verb.RETURN, "city_lead", case, words=" ")
        writers.do(Verb.RETURN, "city_lead", case, words="请补充数字")
        assert ear.told() == everyone("case_returned", "county_officer")
        assert queries.whole(case).returned_because == "请补充数字"
        writers.do(Verb.SUBMIT, "county_officer", case)
        assert ear.told() == everyone("case_submitted", "city_lead")
        assert queries.whole(case).returned_because == ""

    def test_published_and_recommended_is_told_to_the_author(
        self, country: Country, writers: Writers, ear: Ear
    ) -> None:
        case = writers.submitted()
        ear.told()
        writers.do(Verb.PUBLISH, "city_lead", case, words="写得清楚")
        assert ear.told() == everyone("case_published", "county_officer")
        writers.do(Verb.LIFT, "province_lead", case, words="全省可学")
        (letter, _) = ear.rows()
        assert letter.params["lifted"] is True
        seen = queries.whole(case)
        assert [praise.words for praise in seen.praise] == ["全省可学"]
        assert [body.id for body in seen.row.recommended_by] == [country.body("province").id]
        writers.do(Verb.TAKE_DOWN, "province_lead", case, words="已有新版")
        assert ear.told() == everyone("case_taken_down", "county_officer")

    def test_nobody_left_of_the_authors_all_writers_are_told(
        self, writers: Writers, ear: Ear, session: Session, country: Country
    ) -> None:
        case = writers.submitted()
        # The trail names the officer, who has lost the role.
        leave(country, "county_officer", session, country.now)
        ear.told()
        writers.do(Verb.PUBLISH, "city_lead", case)
        assert ear.told() == everyone("case_published", "county_lead")

    def test_who_was_faster_is_named(self, country: Country, writers: Writers) -> None:
        case = writers.submitted()
        stale = writers.act("city_lead", case)
        writers.do(Verb.RECALL, "county_officer", case)
        writers.do(Verb.SUBMIT, "county_officer", case)
        reach = access.case_for(country.actor("city_lead"), case.id, Verb.PUBLISH)
        with pytest.raises(CaseChangedMeanwhile, match="县经办"):
            reviewing.publish(reach=reach, act=stale)

    def test_a_second_click_does_nothing(self, country: Country, writers: Writers) -> None:
        case = writers.submitted()
        reach = access.case_for(country.actor("city_lead"), case.id, Verb.PUBLISH)
        act = writers.act("city_lead", case, once="click")
        reviewing.publish(reach=reach, act=act)
        with pytest.raises(AlreadyDone):
            reviewing.publish(reach=reach, act=act)

    def test_a_verb_out_of_its_state_is_refused(self, country: Country, writers: Writers) -> None:
        case = writers.submitted()
        reach = access.case_for(country.actor("county_officer"), case.id, Verb.EDIT)
        with pytest.raises(NotNow, match="待审核"):
            writing.edit(reach=reach, entry=STORY, act=writers.act("county_officer", case))

    def test_a_county_that_moves_waits_at_its_new_city(
        self, country: Country, writers: Writers, session: Session
    ) -> None:
        case = writers.submitted()
        moving.move_body(
            actor=replace(country.actor("province_lead"), everything=True),
            body=session.get_one(Body, country.body("county").id),
            new_parent=session.get_one(Body, country.body("province").id),
            reason="改为省直管县",
            approval_no="示范〔2026〕1号",
            since_on=date(2026, 9, 1),
            version=country.body("county").version,
            now=country.now,
        )
        session.expire_all()
        assert access.case_for(country.actor("province_lead"), case.id, Verb.PUBLISH)
        assert queries.waiting(country.actor("city_lead")) == 0

    def test_letters_lose_their_reason(self, writers: Writers, ear: Ear, country: Country) -> None:
        case = writers.submitted()
        (letter, *_) = ear.rows()
        waits = wiring.CHECKS[letter.message]
        assert waits(letter.about, letter.params)
        writers.do(Verb.RETURN, "city_lead", case, words="请补充数字")
        assert not waits(letter.about, letter.params)
        (letter, *_) = ear.rows()
        returned = wiring.CHECKS[letter.message]
        assert returned(letter.about, letter.params)
        writers.do(Verb.SUBMIT, "county_officer", case)
        assert not returned(letter.about, letter.params)
