"""Roles: granting one on a node, and revoking it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from helpdesk.kernel.actor import ROOT_PATH
from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations import queries as organizations
from helpdesk.people.access import fetch, lists
from helpdesk.people.operations import roles as operations
from helpdesk.people.rules import BODY_ROLES, ROOT_ADMIN_GRANTS, Role, plain, roles_for
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.people import words
from helpdesk.web.people.area import Answer, attempt, blueprint, body_of, shown
from helpdesk.web.people.forms import GrantForm
from helpdesk.web.shell.marks import named_text

Node = tuple[str, str, list[Role]]


@blueprint.route("/<int:person_id>/roles", methods=["GET", "POST"])
@door(Permission.ROLE_GRANT)
def grant(person_id: int) -> Answer:
    """A role on one of the person's bodies, on another body (`?body_code=`), or on the root."""
    person = fetch.person(current_actor(), person_id)
    form = GrantForm()
    form.offer(_nodes(person_id))
    values: dict[str, Any] = {
        "form": form,
        "person": person,
        "body_code": plain(request.args.get("body_code", ""))[:20],
        "meanings": [(_(words.ROLES[role]), _(words.ROLE_MEANINGS[role])) for role in Role],
    }
    if request.method == "GET":
        return shown("people/grant.html", **values)
    chosen = form.chosen()
    if chosen is None:
        form.grant.errors = [_("请从列出的角色中选择。")]
        return shown("people/grant.html", **values)
    outcome = attempt(
        form,
        lambda: operations.grant_role(
            actor=current_actor(),
            person=person,
            body_id=chosen[0],
            role=chosen[1],
            now=request_now(),
        ),
    )
    if not outcome.done:
        return shown("people/grant.html", outcome, **values)
    flash(_("已授予%(role)s。", role=words.role_text(chosen[1])), "ok")
    return redirect(url_for("people.person", person_id=person_id), code=303)


@blueprint.route("/grants/<int:grant_id>/revoke", methods=["GET", "POST"])
@door(Permission.ROLE_GRANT)
def revoke(grant_id: int) -> Answer:
    """Take a role back: asked once, then done."""
    found = fetch.grant(current_actor(), grant_id)
    person_id = found.person_id
    row = next((g for g in lists.grants_of(person_id) if g.id == grant_id), None)
    values: dict[str, Any] = {
        "person": fetch.person(current_actor(), person_id),
        "row": row,
        "role": found.role,
    }
    if request.method == "GET":
        if row is None:
            raise NotFound
        return shown("people/revoke.html", **values)
    outcome = attempt(
        FlaskForm(),
        lambda: operations.revoke_role(actor=current_actor(), grant=found, now=request_now()),
    )
    if not outcome.done:
        return shown("people/revoke.html", outcome, **values)
    flash(_("角色已撤销。"), "ok")
    return redirect(url_for("people.person", person_id=person_id), code=303)


def _nodes(person_id: int) -> list[Node]:
    actor = current_actor()
    found: list[Node] = []
    present = [row.place for row in lists.works_of(person_id) if row.left_on is None]
    bodies = organizations.bodies(place.id for place in present)
    code = plain(request.args.get("body_code", "")).upper()
    other = body_of(code, Permission.ROLE_GRANT) if code else None
    for body in [*bodies.values(), *([other] if other and other.id not in bodies else [])]:
        if actor.covers(Permission.ROLE_GRANT, body.path):
            fitting = _grantable(roles_for(body.kind), at_home=body.id in bodies)
            found.append((str(body.id), named_text(body), fitting))
    if actor.covers(Permission.ROLE_GRANT, ROOT_PATH):
        found.append(("root", _("全系统"), list(roles_for(None))))
    return found


def _grantable(fitting: tuple[Role, ...], *, at_home: bool) -> list[Role]:
    whole = current_actor().covers(Permission.ROLE_GRANT, ROOT_PATH)
    return [
        role
        for role in fitting
        if (whole or role not in ROOT_ADMIN_GRANTS) and (at_home or role not in BODY_ROLES)
    ]
