"""The form of a cascade: its name, its year, and a last day for each tier."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField, ValidationError
from wtforms.validators import Optional

from helpdesk.organizations.rules import Kind
from helpdesk.training.operations.cascade import PlanEntry
from helpdesk.training.queries.plans import PlanView
from helpdesk.web.sessions.forms import YEARS, ActForm, Day, line, whole
from helpdesk.web.shell.fields import Needed, ShortEnough, words


class PlanForm(ActForm):
    """What the owner fills in; tiers above it are taken out."""

    title = line(_l("计划名称"), 120, needed=True)
    year = StringField(
        _l("培训年度"), [Needed(), ShortEnough(4)], render_kw={"inputmode": "numeric"}
    )
    about = words(_l("要求"), needed=False, longest=2000)
    province_aid = Day(_l("省级完成日期"), [Optional()], description=_l("省级培训市级。"))
    city_aid = Day(_l("市级完成日期"), [Optional()], description=_l("市级培训县级。"))
    county_aid = Day(_l("县级完成日期"), [Optional()], description=_l("县级培训学校。"))
    school = Day(_l("学校完成日期"), [Optional()], description=_l("学校培训本校人员。"))

    def suit(self, tiers: tuple[Kind, ...]) -> None:
        """Keep the stages that this owner can charge."""
        for kind in (Kind.PROVINCE_AID, Kind.CITY_AID, Kind.COUNTY_AID, Kind.SCHOOL):
            if kind not in tiers:
                delattr(self, kind.value)
        self.tiers = tiers

    def fill(self, plan: PlanView) -> None:
        """Show what is known."""
        self.title.data, self.about.data = plan.title, plan.about
        self.year.data = str(plan.year)
        for kind, day in plan.stages.items():
            if kind in self.tiers:
                self[kind.value].data = day

    def entry(self) -> PlanEntry:
        """What was filled in."""
        stages: dict[Kind, date] = {
            kind: self[kind.value].data for kind in self.tiers if self[kind.value].data
        }
        return PlanEntry(
            title=self.title.data or "",
            year=whole(self.year) or 0,
            about=self.about.data or "",
            stages=stages,
        )

    def validate_year(self, field: Any) -> None:
        """A year as people write it."""
        if whole(field) not in YEARS:
            raise ValidationError(_l("请写成四位年份，例如2026。"))
