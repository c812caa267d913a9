"""What a body is, where it may stand, how it is called: judged from given values only."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from enum import StrEnum
from typing import Protocol

from helpdesk.kernel import pinyin
from helpdesk.kernel.actor import ROOT_PATH, within
from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.text import N_


class Kind(StrEnum):
    """What a body does in the support tree (semantics 1). Where it stands is data."""

    SCHOOL = "school"
    CENTRAL_HEI = "central_hei"
    COUNTY_AID = "county_aid"
    CITY_AID = "city_aid"
    PROVINCE_AID = "province_aid"
    PROVINCE_IT = "province_it"
    ENROLMENT_OFFICE = "enrolment_office"
    FINANCE_OFFICE = "finance_office"
    NATIONAL_AID_CENTRE = "national_aid_centre"
    MOE_IT_CENTRE = "moe_it_centre"
    CALL_CENTRE = "call_centre"


class Subsystem(StrEnum):
    """The six subsystems of the aid system; a school may use several."""

    POSTGRADUATE = "postgraduate"
    UNDERGRADUATE = "undergraduate"
    SECONDARY_VOCATIONAL = "secondary_vocational"
    SENIOR_HIGH = "senior_high"
    COMPULSORY = "compulsory"
    PRESCHOOL = "preschool"


class BodyStatus(StrEnum):
    """`invalid` is 无效 (S-2.1.1): no enrolled students, kept with its history, counted nowhere."""

    ACTIVE = "active"
    INVALID = "invalid"
    CLOSED = "closed"


class Shelf(StrEnum):
    """Where a body stands in the list of its parent, in this order."""

    BESIDE = "1_beside"
    OFFICE = "2_office"
    SCHOOL = "3_school"


class Change(StrEnum):
    """What an entry of a body's history is about."""

    ADDED = "added"
    EDITED = "edited"
    MOVED = "moved"
    STATUS = "status"


AID_OFFICES = frozenset({Kind.COUNTY_AID, Kind.CITY_AID, Kind.PROVINCE_AID})
SIDE_KINDS = frozenset({Kind.PROVINCE_IT, Kind.ENROLMENT_OFFICE, Kind.FINANCE_OFFICE})
NATIONAL_KINDS = frozenset({Kind.NATIONAL_AID_CENTRE, Kind.MOE_IT_CENTRE, Kind.CALL_CENTRE})
SCHOOL_KINDS = frozenset({Kind.SCHOOL, Kind.CENTRAL_HEI})
MOVABLE = frozenset({Kind.SCHOOL, Kind.COUNTY_AID})
# S-2.1.2 names province and city only: a county may not change affiliations.
MOVING_OFFICES = frozenset({Kind.CITY_AID, Kind.PROVINCE_AID})

# Kinds below which a body may stand; none: it stands at the top, beside or below the centre.
PARENTS: dict[Kind, frozenset[Kind]] = {
    Kind.SCHOOL: AID_OFFICES,
    Kind.COUNTY_AID: MOVING_OFFICES,
    Kind.CITY_AID: frozenset({Kind.PROVINCE_AID}),
    Kind.PROVINCE_IT: frozenset({Kind.PROVINCE_AID}),
    Kind.ENROLMENT_OFFICE: AID_OFFICES,
    Kind.FINANCE_OFFICE: AID_OFFICES,
    Kind.PROVINCE_AID: frozenset(),
    Kind.CENTRAL_HEI: frozenset(),
    Kind.NATIONAL_AID_CENTRE: frozenset(),
    Kind.MOE_IT_CENTRE: frozenset(),
    Kind.CALL_CENTRE: frozenset(),
}

# GB/T 2260 provinces with offices in the aid system; 66 stands for the Corps.
CORPS = "66"
_GB_PROVINCES = """
    11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65
"""
PROVINCE_CODES = frozenset((*_GB_PROVINCES.split(), CORPS))
_HIGHER_EDUCATION = frozenset({"41", "42"})


class WrongParent(RuleBroken):
    """The kind of the parent does not fit the kind of the body."""

    sentence = N_("这类单位不能设在这个上级之下。请按隶属关系另选上级单位。")


class SchoolNeedsAidOffice(WrongParent):
    """A school hangs below the aid office it belongs to (R1)."""

    sentence = N_("学校必须隶属于县级、市级或省级资助部门。请另选上级单位。")


class CountyNeedsCityOrProvince(WrongParent):
    """A county office hangs below its city, or its province (省直管县, districts)."""

    sentence = N_("县级资助部门的上级只能是市级或省级资助部门。请另选上级单位。")


class CityNeedsProvince(WrongParent):
    """A city office hangs below its province."""

    sentence = N_("市级资助部门的上级只能是省级资助部门。请另选上级单位。")


class ItStandsBesideProvince(WrongParent):
    """The IT department stands beside the province's aid office."""

    sentence = N_("省级教育信息化管理部门只能设在省级资助部门旁。请另选上级单位。")


class SideStandsBesideOffice(WrongParent):
    """Enrolment and finance offices stand beside the aid office of their level."""

    sentence = N_("学籍管理部门和财务部门只能设在本级资助部门旁。请另选上级单位。")


class StandsAtTop(WrongParent):
    """Bodies of the national level have no parent."""

    sentence = N_("省级资助部门、中央部属高校和中央单位没有上级资助部门。请在中央一级添加。")


_WRONG_PARENT: dict[Kind, type[WrongParent]] = {
    Kind.SCHOOL: SchoolNeedsAidOffice,
    Kind.COUNTY_AID: CountyNeedsCityOrProvince,
    Kind.CITY_AID: CityNeedsProvince,
    Kind.PROVINCE_IT: ItStandsBesideProvince,
    Kind.ENROLMENT_OFFICE: SideStandsBesideOffice,
    Kind.FINANCE_OFFICE: SideStandsBesideOffice,
}


class ParentNotActive(RuleBroken):
    """Nothing is added or moved below a closed body."""

    sentence = N_("%(parent)s已停办，不能再接收下级单位。请选择正常的上级单位。")


class CodeNotTenDigits(RuleBroken):
    """A school's code has ten digits."""

    sentence = N_("学校（机构）代码是10位数字，现在是“%(code)s”。请核对后重填。")


class CodeKindUnknown(RuleBroken):
    """The first two digits name the kind of school."""

    sentence = N_("学校（机构）代码前两位是办学类型，不会是“%(kind)s”。请核对后重填。")


class CodeProvinceUnknown(RuleBroken):
    """Digits three and four name a province."""

    sentence = N_("学校（机构）代码第3、4位是省份代码，没有“%(province)s”这个省份。请核对后重填。")


class CodeOfOtherProvince(RuleBroken):
    """The code names another province than that of the office."""

    sentence = N_(
        "学校（机构）代码第3、4位是省份代码，上级单位所在省份应为“%(expected)s”，"
        "现在是“%(province)s”。请核对代码，或到学校所在省份添加。"
    )


class CodeNotHigherEducation(RuleBroken):
    """Universities: 0 and the five digits of the university's own code."""

    sentence = N_("高等学校代码的后6位是“0”加5位院校代码，现在是“%(sequence)s”。请核对后重填。")


class CodeWithoutSequence(RuleBroken):
    """The last six digits count, and they begin with one."""

    sentence = N_("学校（机构）代码的后6位是顺序码，不会是000000。请核对后重填。")


class OfficeCodeWrong(RuleBroken):
    """Offices: the six digits of their region, or a short word."""

    sentence = N_(
        "单位代码由2至20位大写字母、数字和短横组成（10位数字留给学校），现在是“%(code)s”。"
        "资助部门请用6位行政区划代码。"
    )


class NameMissing(RuleBroken):
    """A body has a name that a person can read."""

    sentence = N_("请填写单位名称（2至80个字）。")


class SubsystemMissing(RuleBroken):
    """A school uses at least one subsystem."""

    sentence = N_("请至少选择一个学校使用的子系统。")


class RegionCodeWrong(RuleBroken):
    """Six digits, or nothing where the standard has no code (development zones, divisions)."""

    sentence = N_("行政区划代码是6位数字，没有国标代码的开发区、师市请留空；现在是“%(code)s”。")


class NotMovable(RuleBroken):
    """Only schools and county offices change their affiliation."""

    sentence = N_("%(name)s的位置由体制决定，不能调整。可以调整隶属关系的是学校和县级资助部门。")


class ClosedStaysWhereItIs(RuleBroken):
    """A closed body keeps its last place."""

    sentence = N_("%(name)s已停办，隶属关系保留原状。如停办有误，请先恢复为正常。")


class AlreadyThere(RuleBroken):
    """The new parent is the present one."""

    sentence = N_("%(name)s已经隶属于%(parent)s，不需要调整。")


class BelowItself(RuleBroken):
    """A body cannot stand below itself."""

    sentence = N_("%(name)s不能隶属于自己或自己的下级。请另选上级单位。")


def shelf_of(kind: Kind) -> Shelf:
    """The shelf of a kind."""
    if kind in SCHOOL_KINDS:
        return Shelf.SCHOOL
    return Shelf.OFFICE if kind in AID_OFFICES else Shelf.BESIDE


def kinds_below(parent: Kind | None) -> tuple[Kind, ...]:
    """Kinds that may be added below a body of kind `parent` (None: at the top)."""
    if parent is None:
        return tuple(kind for kind in Kind if not PARENTS[kind])
    return tuple(kind for kind in Kind if parent in PARENTS[kind])


class Placed(Protocol):
    """What of a body these rules need to know."""

    @property
    def name(self) -> str: ...
    @property
    def name_en(self) -> str: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def status(self) -> BodyStatus: ...
    @property
    def path(self) -> str: ...


def check_place(kind: Kind, parent: Placed | None) -> None:
    """May a body of `kind` stand below `parent` (None: at the top)?

    Raises a WrongParent or ParentNotActive.
    """
    if kind not in kinds_below(parent.kind if parent else None):
        raise _WRONG_PARENT.get(kind, StandsAtTop)()
    if parent is not None and parent.status is not BodyStatus.ACTIVE:
        raise ParentNotActive(parent=parent)


def check_movable(body: Placed, new_parent: Placed) -> None:
    """May the body go below `new_parent`? Who may do it is judged apart."""
    if body.kind not in MOVABLE:
        raise NotMovable(name=body)
    if body.status is BodyStatus.CLOSED:
        raise ClosedStaysWhereItIs(name=body)
    if within(new_parent.path, body.path):
        raise BelowItself(name=body)
    if new_parent.path == path_above(body.path):
        raise AlreadyThere(name=body, parent=new_parent)
    check_place(body.kind, new_parent)


def common_top(one: str, other: str) -> str:
    """The path of the lowest node that has both paths in its range."""
    top = ROOT_PATH
    for left, right in zip(one.strip("/").split("/"), other.strip("/").split("/"), strict=False):
        if left != right or not left:
            break
        top += f"{left}/"
    return top


def path_above(path: str) -> str:
    """`/1/42/` -> `/1/`."""
    return path[: path.rstrip("/").rfind("/") + 1]


def ids_in(path: str) -> tuple[int, ...]:
    """`/1/42/` -> (1, 42)."""
    return tuple(int(part) for part in path.strip("/").split("/") if part)


def school_code(text: str, province_code: str) -> str:
    """The ten digits AABBCCCCCC of a school; full-width digits, spaces and dashes are forgiven.

    `province_code` is that of the office above, empty for central universities. Schools of the
    Corps carry 65 or 66. The code says nothing about city or county.
    """
    code = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))
    if not re.fullmatch(r"\d{10}", code, re.ASCII):
        raise CodeNotTenDigits(code=code)
    kind, province, sequence = code[:2], code[2:4], code[4:]
    if kind.startswith("0"):
        raise CodeKindUnknown(kind=kind)
    if province not in PROVINCE_CODES:
        raise CodeProvinceUnknown(province=province)
    if province_code and province not in _codes_of(province_code):
        raise CodeOfOtherProvince(province=province, expected=province_code)
    if kind in _HIGHER_EDUCATION and not sequence.startswith("0"):
        raise CodeNotHigherEducation(sequence=sequence)
    if sequence == "000000":
        raise CodeWithoutSequence()
    return code


def _codes_of(province_code: str) -> Collection[str]:
    return ("65", CORPS) if province_code == CORPS else (province_code,)


def office_code(text: str) -> str:
    """The code of an office in upper case; ten digits belong to schools."""
    code = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
    if not re.fullmatch(r"[0-9A-Z][0-9A-Z-]{1,19}", code) or re.fullmatch(r"\d{10}", code):
        raise OfficeCodeWrong(code=code)
    return code


def code_of(kind: Kind, text: str, province_code: str) -> str:
    """The code by the rules of the kind: ten digits for schools, another form for offices."""
    if kind in SCHOOL_KINDS:
        return school_code(text, province_code)
    return office_code(text)


def region_code(text: str) -> str:
    """Six digits or nothing."""
    code = unicodedata.normalize("NFKC", text).strip()
    if code and not re.fullmatch(r"\d{6}", code, re.ASCII):
        raise RegionCodeWrong(code=code)
    return code


def body_name(text: str) -> str:
    """The name without stray spaces. Raises NameMissing outside 2-80 characters."""
    name = tidy(text)
    if not 2 <= len(name) <= 80:
        raise NameMissing()
    return name


def tidy(text: str) -> str:
    """One line, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def check_subsystems(kind: Kind, subsystems: Collection[Subsystem]) -> None:
    """A school names at least one."""
    if kind in SCHOOL_KINDS and not subsystems:
        raise SubsystemMissing()


def find_text(code: str, name: str, name_en: str) -> str:
    """Code, name, pinyin initials and English name, each found by any part of it."""
    parts = (
        pinyin.folded(code),
        pinyin.folded(name),
        pinyin.initials(name),
        pinyin.folded(name_en),
    )
    return " ".join(part for part in parts if part)[:300]
