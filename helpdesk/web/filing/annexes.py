"""The six annexes as a table: what the notice prints, and how misprinted rows were read."""

from __future__ import annotations

from flask import render_template, request

from helpdesk.filing.queries import tables
from helpdesk.filing.rules.annexes import LEVELS, TERMS, Fidelity
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.text import N_
from helpdesk.organizations.rules import Subsystem
from helpdesk.web.doors import door
from helpdesk.web.filing.area import blueprint, view
from helpdesk.web.filing.shown import in_words

FIDELITIES = {
    Fidelity.VERBATIM: N_("照印"),
    Fidelity.SHIFTED: N_("左移一列"),
    Fidelity.RECONSTRUCTED: N_("据同类附件还原"),
    Fidelity.INFERRED: N_("推定"),
}


@blueprint.get("/annexes")
@door(Permission.SIGNED_IN)
def annexes() -> str:
    """One annex; the first of the reader's own subsystems unless the address names another."""
    asked = request.args.get("subsystem", "")
    own = view(chosen=False).whole.subsystems or tuple(Subsystem)
    chosen = Subsystem(asked) if asked in set(Subsystem) else own[0]
    return render_template(
        "filing/annexes.html",
        table=tables.tables()[chosen],
        chosen=chosen,
        subsystems=tuple(Subsystem),
        rules=tables.body_rules(),
        in_words=in_words,
        levels=LEVELS,
        terms=TERMS,
        fidelities=FIDELITIES,
    )
