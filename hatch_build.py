"""Puts the data folders inside the package of a wheel; a checkout uses them where they lie."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS = ("templates", "static", "translations", "migrations", "knowledge_base")


class DataInsideThePackage(BuildHookInterface):  # type: ignore[type-arg]
    """`config.ROOT` finds either place; nothing goes loose into site-packages."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "standard":
            for folder in FOLDERS:
                build_data["force_include"][folder] = f"helpdesk/_data/{folder}"
