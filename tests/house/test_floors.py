"""The import contracts cover what exists, and nothing that exists stands in parentheses."""

from __future__ import annotations

import tomllib
from typing import Any

from tests.support import source

CONTRACTS: dict[str, dict[str, Any]] = {
    contract["id"]: contract
    for contract in tomllib.loads(source.text(source.REPOSITORY / "pyproject.toml"))["tool"][
        "importlinter"
    ]["contracts"]
}
DOORS = {"app", "web", "api", "jobs", "cli", "wiring"}
GROUND = {"kernel", "config", "checks"}


def existing() -> set[str]:
    packages = {p.parent.name for p in source.PRODUCT.glob("*/__init__.py")}
    modules = {p.stem for p in source.PRODUCT.glob("*.py")} - {"__init__"}
    return packages | modules


def floors() -> set[str]:
    layers = CONTRACTS["floors"]["layers"]
    return {name.strip() for layer in layers for name in layer.split("|")}


def test_every_package_has_its_floor() -> None:
    assert {name.strip("()") for name in floors()} >= existing()


def test_parentheses_are_for_what_is_not_built() -> None:
    waiting = {name.strip("()") for name in floors() if name.startswith("(")}
    assert waiting & existing() == set()
    assert {name for name in floors() if not name.startswith("(")} == existing()


def test_contracts_name_every_capability() -> None:
    capabilities = {f"helpdesk.{name}" for name in existing() - DOORS - GROUND}
    rooms = set(CONTRACTS["rooms"]["containers"]) | set(CONTRACTS["outbox-rooms"]["containers"])
    assert rooms == capabilities
    assert set(CONTRACTS["no-doors-below"]["source_modules"]) == capabilities


def test_every_exception_has_its_reason() -> None:
    """An ignored import stands under a comment that says why."""
    lines = source.text(source.REPOSITORY / "pyproject.toml").splitlines()
    for number, line in enumerate(lines):
        if line.startswith("ignore_imports"):
            assert lines[number - 1].startswith("# "), line
