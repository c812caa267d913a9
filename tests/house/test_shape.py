"""The shape of the code: sizes, names, empty packages, the clock in one place."""

from __future__ import annotations

import ast
import re
import statistics
from pathlib import Path

from tests.support import source

LONGEST_FILE = 400
LONGEST_FUNCTION = 40
# A story told from its first to its last step may take a page.
LONGEST_TEST = 100
LONGEST_MEDIAN = 8
# Names that say nothing: whatever lands there has no owner.
NAMELESS = ("utils", "util", "helpers", "helper", "common", "manager", "managers", "base", "misc")
CLOCKS = (
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time",
    "datetime.datetime.now", "datetime.date.today", "time.localtime",
)  # fmt: skip
PYTHON = [
    path
    for path in source.files(".py")
    if "migrations/versions" not in source.shown(path)
]  # fmt: skip
PRODUCT = [path for path in PYTHON if source.PRODUCT in path.parents]


def test_files_are_short_enough_to_read() -> None:
    lengths = {source.shown(path): len(source.text(path).splitlines()) for path in PYTHON}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_functions_are_short() -> None:
    long = [
        f"{source.shown(path)}:{node.lineno} {node.name} has {source.length(node)} lines"
        for path in PYTHON
        for node in source.functions(path)
        if source.length(node) > (LONGEST_FUNCTION if path in PRODUCT else LONGEST_TEST)
    ]
    assert not long, "\n".join(long)


def test_median_function_is_a_few_lines() -> None:
    lengths = [source.length(node) for path in PRODUCT for node in source.functions(path)]
    assert statistics.median(lengths) <= LONGEST_MEDIAN


def test_packages_do_nothing_on_import() -> None:
    full = [source.shown(p) for p in PRODUCT if p.name == "__init__.py" and source.text(p).strip()]
    assert not full


def test_modules_have_a_subject() -> None:
    assert not [source.shown(p) for p in PYTHON if p.stem in NAMELESS or p.parent.name in NAMELESS]


def test_only_the_clock_reads_the_clock() -> None:
    read = [
        f"{source.shown(path)}:{node.lineno}: {source.dotted(node.func)}"
        for path in PRODUCT
        if source.shown(path) != "helpdesk/kernel/clock.py"
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.Call) and source.dotted(node.func) in CLOCKS
    ]
    assert not read


def test_nothing_is_left_to_do() -> None:
    marks = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
    left = [
        f"{source.shown(path)}: {found.group()}"
        for path in source.files(".py", ".html", ".js", ".css", ".md", ".txt", ".toml", ".yaml")
        if (found := marks.search(source.text(path)))
    ]
    assert not left


def test_no_test_is_skipped_or_plays_with_fakes_of_the_core() -> None:
    forbidden = re.compile(
        r"pytest\.(mark\.)?(skip|xfail)|import" r"orskip|unit" r"test\.mock|Magic" r"Mock"
    )
    found = [
        f"{source.shown(path)}: {match.group()}"
        for path in source.files(".py", under=source.REPOSITORY / "tests")
        if (match := forbidden.search(source.text(path))) and path != Path(__file__).resolve()
    ]
    assert not found


def test_capabilities_publish_but_never_commit() -> None:
    """One commit a request, made by the door."""
    doors = ("web", "api", "jobs", "cli", "kernel")
    committing = [
        f"{source.shown(path)}:{node.lineno}"
        for path in PRODUCT
        if path.relative_to(source.PRODUCT).parts[0] not in doors
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.Call) and source.called(node) in ("commit", "unit_of_work")
    ]
    assert not committing
