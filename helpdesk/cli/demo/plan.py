"""The demonstration tree as rows, before anything is written: from data files alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from helpdesk import config
from helpdesk.cli.demo.regions import Region, below, english, provinces, regions
from helpdesk.kernel.datafiles import Node, read
from helpdesk.organizations.operations.adding import NewBody
from helpdesk.organizations.rules import CORPS, Kind, Subsystem

FOLDER = config.ROOT / "knowledge_base" / "demo"
# Their offices have people with accounts; the schools of the first go all the way up.
ASKING_COUNTIES = ("421122", "429004", "440305", "110108")
_NUMERALS = "一二三四五六七八九十"
# The Corps' schools carry the code of the region in which they lie.
_CODE_PROVINCE = {CORPS: "65"}


@dataclass(frozen=True)
class Pattern:
    """One row of schools.yaml: so many schools of a kind in a place."""

    kind: str
    number: int
    zh: str
    en: str
    uses: tuple[Subsystem, ...]


@dataclass(frozen=True)
class Place:
    """An office and the name of its region, in which schools are put."""

    code: str
    zh: str
    en: str
    province: str


def rows() -> tuple[NewBody, ...]:
    """Every body of the demonstration tree. BadData names the file and line that is wrong."""
    tree = read(FOLDER / "tree.yaml").mapping(
        ("national", "whole", "outline", "plan_cities", "enrolment", "finance", "zones", "corps",
         "english")
    )  # fmt: skip
    offices = _Offices(tree)
    made = [*_national(tree["national"]), *offices.all()]
    return (*made, *_Schools(offices).all())


def _national(node: Node) -> Iterator[NewBody]:
    for item in node.items():
        found = item.mapping(("code", "kind", "zh", "en"))
        yield NewBody(
            code=found["code"].text(),
            name=found["zh"].text(),
            name_en=found["en"].text(),
            kind=found["kind"].word(Kind),
            parent_code=None,
        )


class _Offices:
    """Aid offices and what stands beside them, with the place names by code."""

    def __init__(self, tree: dict[str, Node]) -> None:
        self.tree = tree
        self.whole = tree["whole"].text()
        self.plan_cities = {node.text() for node in tree["plan_cities"].items()}
        self.english = {
            code: node.text() for code, node in tree["english"].mapping((), regions()).items()
        }
        self.places: dict[str, Place] = {}
        self.levels: dict[str, Kind] = {}

    def all(self) -> Iterator[NewBody]:
        """Parents before children; side bodies last."""
        for region in provinces():
            yield self._office(region, Kind.PROVINCE_AID, None)
        yield from self._below_whole()
        for item in self.tree["outline"].items():
            yield from self._outline(item)
        yield from self._corps()
        yield from self._zones()
        yield from self._beside()

    def _below_whole(self) -> Iterator[NewBody]:
        for county in below(self.whole, "county"):  # 省直管
            yield self._office(county, Kind.COUNTY_AID, self.whole)
        for city in below(self.whole, "prefecture"):
            yield self._office(city, Kind.CITY_AID, self.whole)
            for county in below(city.code, "county"):
                yield self._office(county, Kind.COUNTY_AID, city.code)

    def _outline(self, item: Node) -> Iterator[NewBody]:
        found = item.mapping(("province", "cities", "counties"))
        province = found["province"].text()
        for node in found["cities"].items():
            yield self._office(_region(node), Kind.CITY_AID, province)
        for node in found["counties"].items():
            chosen = below(province, "county") if node.text() == "all" else (_region(node),)
            for county in chosen:
                yield self._office(county, Kind.COUNTY_AID, county.parent)

    def _corps(self) -> Iterator[NewBody]:
        corps = self.tree["corps"].mapping(("code", "zh", "en", "divisions"))
        top = self._place(corps, CORPS, Kind.PROVINCE_AID)
        yield _aid(top, Kind.PROVINCE_AID, None, bingtuan=True)
        for item in corps["divisions"].items():
            place = self._place(item.mapping(("code", "zh", "en")), CORPS, Kind.CITY_AID)
            yield _aid(place, Kind.CITY_AID, top.code)

    def _zones(self) -> Iterator[NewBody]:
        for item in self.tree["zones"].items():
            found = item.mapping(("code", "parent", "zh", "en"))
            parent = found["parent"].text()
            place = self._place(found, parent[:2], Kind.COUNTY_AID)
            yield _aid(place, Kind.COUNTY_AID, parent)

    def _place(self, found: dict[str, Node], province: str, kind: Kind) -> Place:
        place = Place(found["code"].text(), found["zh"].text(), found["en"].text(), province)
        self.places[place.code], self.levels[place.code] = place, kind
        return place

    def _office(self, region: Region, kind: Kind, parent: str | None) -> NewBody:
        spelt = self.english.get(region.code) or english(region.name)
        place = Place(region.code, region.name, spelt, region.code[:2])
        self.places[place.code], self.levels[place.code] = place, kind
        return _aid(place, kind, parent, region.code, plan_city=region.code in self.plan_cities)

    def _beside(self) -> Iterator[NewBody]:
        named = {node.text() for node in self.tree["enrolment"].items()}
        for code, kind in self.levels.items():
            place = self.places[code]
            if kind is Kind.PROVINCE_AID:
                yield _side(place, Kind.PROVINCE_IT)
            if code in named or place.province == self.whole[:2]:
                yield _side(place, Kind.ENROLMENT_OFFICE)
        for node in self.tree["finance"].items():
            yield _side(self.places[node.text()], Kind.FINANCE_OFFICE)


def _region(node: Node) -> Region:
    found = regions().get(node.text())
    if found is None:
        node.wrong(f"no region has the code {node.text()}")
    return found


def _aid(
    place: Place,
    kind: Kind,
    parent: str | None,
    region: str = "",
    *,
    plan_city: bool = False,
    bingtuan: bool = False,
) -> NewBody:
    return NewBody(
        code=place.code,
        name=f"{place.zh}学生资助管理中心",
        name_en=f"{place.en} Student Aid Centre",
        kind=kind,
        parent_code=parent,
        region_code=region,
        plan_city=plan_city,
        bingtuan=bingtuan,
    )


_SIDES = {
    Kind.PROVINCE_IT: ("IT", "教育信息化中心", "Education IT Centre"),
    Kind.ENROLMENT_OFFICE: ("XJ", "学籍管理部门", "Enrolment Office"),
    Kind.FINANCE_OFFICE: ("CW", "资助资金财务部门", "Finance Office"),
}


def _side(place: Place, kind: Kind) -> NewBody:
    ending, zh, en = _SIDES[kind]
    return NewBody(
        code=f"{place.code}-{ending}",
        name=f"{place.zh}{zh}",
        name_en=f"{place.en} {en}",
        kind=kind,
        parent_code=place.code,
    )


class _Schools:
    """Invented schools, numbered from 900001 in each province and kind (universities: 099001)."""

    def __init__(self, offices: _Offices) -> None:
        self.offices = offices
        self.given: Counter[tuple[str, str]] = Counter()
        file = read(FOLDER / "schools.yaml").mapping(
            ("county", "city", "province", "central", "outline")
        )
        self.central, self.outline = file["central"], file["outline"]
        self.patterns = {name: _patterns(file[name]) for name in ("county", "city", "province")}

    def all(self) -> Iterator[NewBody]:
        """The whole province, the offices in outline, the central universities."""
        lists = {
            Kind.PROVINCE_AID: "province", Kind.CITY_AID: "city", Kind.COUNTY_AID: "county"
        }  # fmt: skip
        for code, kind in self.offices.levels.items():
            if code[:2] == self.offices.whole[:2] and code.isdigit():
                yield from self._in(self.offices.places[code], self.patterns[lists[kind]])
        for item in self.outline.items():
            found = item.mapping(("office", "list", "number"))
            chosen = self.patterns[found["list"].text()][: found["number"].number()]
            yield from self._in(self.offices.places[found["office"].text()], chosen)
        yield from _universities(self.central)

    def _in(self, place: Place, patterns: Iterable[Pattern]) -> Iterator[NewBody]:
        for pattern in patterns:
            for n in range(1, pattern.number + 1):
                yield NewBody(
                    code=self._code(pattern.kind, place.province),
                    name=pattern.zh.format(place=place.zh, n=_numeral(n)),
                    name_en=pattern.en.format(place=place.en, n=n),
                    kind=Kind.SCHOOL,
                    parent_code=place.code,
                    subsystems=pattern.uses,
                )

    def _code(self, kind: str, province: str) -> str:
        province = _CODE_PROVINCE.get(province, province)
        self.given[kind, province] += 1
        number = self.given[kind, province]
        sequence = f"099{number:03d}" if kind in ("41", "42") else f"9{number:05d}"
        return f"{kind}{province}{sequence}"


def _patterns(node: Node) -> tuple[Pattern, ...]:
    found = [item.mapping(("kind", "number", "zh", "en", "uses")) for item in node.items()]
    return tuple(
        Pattern(
            kind=row["kind"].text(),
            number=row["number"].number(),
            zh=row["zh"].text(),
            en=row["en"].text(),
            uses=tuple(use.word(Subsystem) for use in row["uses"].items()),
        )
        for row in found
    )


def _universities(node: Node) -> Iterator[NewBody]:
    for item in node.items():
        found = item.mapping(("code", "zh", "en", "uses"))
        yield NewBody(
            code=found["code"].text(),
            name=found["zh"].text(),
            name_en=found["en"].text(),
            kind=Kind.CENTRAL_HEI,
            parent_code=None,
            subsystems=tuple(use.word(Subsystem) for use in found["uses"].items()),
        )


def _numeral(number: int) -> str:
    """1 to 19 in Chinese."""
    return _NUMERALS[number - 1] if number <= 10 else f"十{_NUMERALS[number - 11]}"
