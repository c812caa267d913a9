"""Styles and scripts run on Chromium 86, the oldest browser in the offices."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support import source

# Newer than Chromium 86, with the version that brought it.
CSS = {
    ":is() or :where() (88)": r":(is|where|any)\(",
    ":has() (105)": r":has\(",
    "nesting (112)": r"(^|[{;}])\s*&",
    "@layer (99)": r"@layer\b",
    "@container (105)": r"@container\b|container-(type|name)\s*:",
    "@property or @scope": r"@(scope|starting-style|view-transition)\b",
    "inset (87)": r"(^|[\s;{])inset(-block|-inline)?(-start|-end)?\s*:",
    "aspect-ratio (88)": r"(^|[\s;{])aspect-ratio\s*:",
    "accent-color (93)": r"accent-color\s*:",
    "logical shorthands (87)": r"(margin|padding)-(block|inline)\s*:|border-(block|inline)\s*:",
    "color functions (101, 111)": r"(color-mix|oklch|oklab|lch|lab|hwb)\(",
    "dynamic viewport units (108)": r"\d(dvh|svh|lvh|dvw|svw|lvw)\b",
    "translate, rotate, scale alone (104)": r"(^|[\s;{])(translate|rotate|scale)\s*:",
    "overflow: clip (90)": r"overflow(-[xy])?\s*:\s*clip",
    "range media queries (104)": r"@media[^{]*[<>]",
    "content-visibility, text-wrap": r"text-wrap\s*:|field-sizing\s*:|scrollbar-(width|gutter)\s*:",
    "subgrid (117)": r"subgrid",
}
# Past ES2017.
JS = {
    "optional chaining (ES2020)": r"\?\.[\w(\[]",
    "nullish coalescing (ES2020)": r"\?\?",
    "object spread (ES2018)": r"[{,]\s*\.\.\.\w+(?=[^)\]]*\})",
    "optional catch binding (ES2019)": r"catch\s*\{",
    "modules": r"^\s*(import|export)\s|\bimport\(",
    "flat, flatMap, fromEntries (ES2019)": r"\.(flat|flatMap)\(|Object\.fromEntries",
    "replaceAll, matchAll, at": r"\.(replaceAll|matchAll|at|trimEnd|trimStart|finally)\(",
    "class fields (ES2022)": r"#\w+\s*[=(;]|static\s+\w+\s*=",
    "BigInt": r"\b\d+n\b",
    "async iteration (ES2018)": r"for\s+await|async\s*\*",
    "newer globals": r"structuredClone|toSorted|allSettled|globalThis",
}


def without_comments(text: str, line_comments: bool) -> str:
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.sub(r"(?m)(^|\s)//.*$", "", text) if line_comments else text


def found(text: str, forbidden: dict[str, str]) -> list[str]:
    return [
        f"{name}: {match.group().strip()!r}"
        for name, pattern in forbidden.items()
        if (match := re.search(pattern, text, re.MULTILINE))
    ]


@pytest.mark.parametrize("path", source.files(".css", under=source.STATIC), ids=source.shown)
def test_style_is_old_enough(path: Path) -> None:
    assert not found(without_comments(source.text(path), line_comments=False), CSS)


@pytest.mark.parametrize("path", source.files(".css", under=source.STATIC), ids=source.shown)
def test_style_loads_nothing_from_outside(path: Path) -> None:
    assert not re.search(r"@import|url\(\s*['\"]?(https?:|//)", source.text(path))


@pytest.mark.parametrize("path", source.files(".js", under=source.STATIC), ids=source.shown)
def test_script_is_old_enough(path: Path) -> None:
    assert not found(without_comments(source.text(path), line_comments=True), JS)


@pytest.mark.parametrize("path", source.files(".js", under=source.STATIC), ids=source.shown)
def test_script_writes_no_markup_and_calls_nobody(path: Path) -> None:
    dangerous = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|https?://"
    )
    match = re.search(dangerous, without_comments(source.text(path), line_comments=True))
    assert match is None or match.group() == ""


@pytest.mark.parametrize(
    "text",
    [
        "a:is(b){}",
        "a{inset:0}",
        "a{& b{}}",
        "@media (width<=5px){}",
        "a{aspect-ratio:1}",
        "a:has(b){}",
    ],
)
def test_new_css_is_noticed(text: str) -> None:
    assert found(text, CSS)


@pytest.mark.parametrize(
    "text", ["a?.b", "a ?? b", "try {} catch {}", "x = {...a, b}", "a.flat()", "import('x')"]
)
def test_new_javascript_is_noticed(text: str) -> None:
    assert found(text, JS)


@pytest.mark.parametrize("text", ["f(...args)", "[...list]", "a ? .5 : b", "catch (error) {"])
def test_old_javascript_passes(text: str) -> None:
    assert not found(text, JS)
