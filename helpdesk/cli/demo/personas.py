"""One body of the demonstration tree for each kind of asker."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from helpdesk.cli.demo.plan import FOLDER
from helpdesk.kernel.datafiles import read

KEYS = (
    "school:county_run",
    "school:city_run",
    "school:province_run",
    "school:central_hei",
    "school:bingtuan",
    "school:plan_city_run",
    "school:plan_city_district",
    "school:municipality_district",
    "school:city_without_counties",
    "school:province_direct_county",
    "office:county_aid",
    "office:city_aid",
    "office:province_aid",
    "office:plan_city_aid",
    "office:province_it",
    "office:county_enrolment",
    "office:call_centre",
)


@cache
def personas() -> Mapping[str, str]:
    """Code of a body by persona. BadData when the file lacks one."""
    found = read(FOLDER / "personas.yaml").mapping(KEYS)
    return {key: found[key].text() for key in KEYS}
