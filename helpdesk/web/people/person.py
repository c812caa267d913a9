"""One person: the record, correcting it, and two records that are one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from helpdesk.kernel import ids
from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.permissions import Permission
from helpdesk.people.access import fetch, lists, trail
from helpdesk.people.operations import merging
from helpdesk.people.operations import roster as operations
from helpdesk.people.operations.roster import ChangedMeanwhile
from helpdesk.people.rules import plain
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.people.area import (
    Answer,
    Outcome,
    attempt,
    blueprint,
    shown,
    today,
    why_not,
)
from helpdesk.web.people.forms import MergeForm, PersonForm

if TYPE_CHECKING:
    from helpdesk.people.models import Person


@blueprint.get("/<int:person_id>")
@door(Permission.ROSTER_READ)
def person(person_id: int) -> Answer:
    """Everything about one person, with what the actor may do."""
    actor = current_actor()
    found = fetch.person(actor, person_id)
    return render_template(
        "people/person.html",
        person=found,
        own=actor.person_id == person_id,
        works=lists.works_of(person_id),
        grants=lists.grants_of(person_id),
        account=lists.accounts_of((person_id,)).get(person_id),
        rows=trail.trail_of(person_id),
        today=today(),
        edit_refusal=why_not(person_id, Permission.ROSTER_MANAGE),
        account_refusal=why_not(person_id, Permission.ACCOUNT_MANAGE),
    )


@blueprint.route("/<int:person_id>/edit", methods=["GET", "POST"])
@door(Permission.ROSTER_MANAGE)
def edit(person_id: int) -> Answer:
    """Correct name, number, telephone, mail."""
    found = fetch.person(current_actor(), person_id, Permission.ROSTER_MANAGE)
    form = PersonForm(obj=found)
    if request.method == "GET":
        return shown("people/edit.html", form=form, person=found)
    outcome = attempt(
        form,
        lambda: operations.edit_person(
            actor=current_actor(),
            person=found,
            entry=form.person(),
            version=_version(form),
            now=request_now(),
        ),
    )
    if outcome.done:
        flash(_("资料已保存。"), "ok")
        return redirect(url_for("people.person", person_id=person_id), code=303)
    if isinstance(outcome.refusal, ChangedMeanwhile):
        form.version.data = str(found.version)
    return shown("people/edit.html", outcome, form=form, person=found)


def _version(form: PersonForm) -> int:
    return ids.version_number(str(form.version.data))


@blueprint.route("/merge", methods=["GET", "POST"])
@door(Permission.ACCOUNT_MANAGE)
def merge() -> Answer:
    """Two records are one person: first both are shown, then they are merged."""
    form = MergeForm()
    if request.method == "GET" or not form.validate():
        return shown("people/merge.html", form=form, pair=None)
    try:
        kept, merged = _person(form.kept.data), _person(form.merged.data)
    except NotFound:
        sentence = _("至少有一个工号在您的管辖范围内找不到。请核对两个工号。")
        return shown("people/merge.html", Outcome(False, sentence), form=form, pair=None)
    if request.form.get("confirmed") != "1":
        return render_template(
            "people/merge.html", sentence="", form=form, pair=_pair(kept, merged)
        )
    outcome = attempt(
        form,
        lambda: merging.merge_persons(
            actor=current_actor(), kept=kept, merged=merged, now=request_now()
        ),
    )
    if outcome.done:
        flash(_("已合并为工号%(no)s。", no=kept.staff_no), "ok")
        return redirect(url_for("people.person", person_id=kept.id), code=303)
    return shown("people/merge.html", outcome, form=form, pair=_pair(kept, merged))


def _person(number: str | None) -> Person:
    staff_no = plain(number or "").upper()
    return fetch.person_by_number(current_actor(), staff_no, Permission.ACCOUNT_MANAGE)


def _pair(*both: Person) -> list[tuple[Person, object, object]]:
    return [(p, lists.works_of(p.id), lists.accounts_of((p.id,)).get(p.id)) for p in both]
