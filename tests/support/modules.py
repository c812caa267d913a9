"""Modules whose tests share something dear go to one worker, and are not spread over all."""

from __future__ import annotations

from functools import cache

from xdist.scheduler import LoadScopeScheduling

from tests.support import source


class OneWorkerForAModule(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out single tests; a module that is marked with an `xdist_group` whole.

    What `--dist=loadgroup` would do, were the group still written into the names of the tests:
    pytest 9.2 lets no plugin change them.
    """

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return module if _asks_for_one(module) else nodeid


@cache
def _asks_for_one(module: str) -> bool:
    return "xdist_group(" in source.text(source.REPOSITORY / module)
