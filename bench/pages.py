"""How long the server needs for each page, and with how many statements.

    HELPDESK_DEMO=1 python -m bench.pages [--times 20] [--only tickets.]

Uses the database of the settings, filled by `make run` or `helpdesk demo load`. Walks as people of
the demonstration, then fetches every page it found in this process, without a network.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time

from flask import Flask

from helpdesk import config
from helpdesk.app import create_app
from helpdesk.kernel.db import db
from tests.support.client import Client
from tests.support.crawl import Crawl, Found
from tests.support.queries import Queries

PEOPLE = ("demo-school", "demo-county", "demo-county-admin", "demo-province", "demo-it",
          "demo-supervisor", "demo-call", "demo-auditor", "demo-operator")  # fmt: skip


def main() -> None:
    arguments = _arguments()
    app = create_app(config.load(os.environ))
    app.test_client_class = Client
    found = Crawl(app).walk(dict.fromkeys(PEOPLE, ())).pages.values()
    print(f"{'page':<34}{'who':<20}{'statements':>11}{'median ms':>11}{'p95 ms':>9}")
    for page in sorted(found):
        if page.endpoint.startswith(arguments.only):
            statements, times = measured(app, page, arguments.times)
            slow = statistics.quantiles(times, n=20)[-1]
            print(f"{page.endpoint:<34}{page.user_name:<20}{statements:>11}"
                  f"{statistics.median(times):>11.1f}{slow:>9.1f}")  # fmt: skip


def measured(app: Flask, page: Found, times: int) -> tuple[int, list[float]]:
    """Number of statements, and milliseconds of each fetch after a first one that warms up."""
    client = app.test_client()
    assert isinstance(client, Client)
    client.inspect = False
    client.sign_in(page.account_id)
    with app.app_context():
        engine = db.engine
    client.get(page.address)
    with Queries.recorded(engine) as queries:
        client.get(page.address)
        statements = len(queries)
    return statements, [_timed(client, page.address) for _ in range(times)]


def _timed(client: Client, address: str) -> float:
    started = time.perf_counter()
    client.get(address)
    return (time.perf_counter() - started) * 1000


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--times", type=int, default=20, help="fetches of each page")
    parser.add_argument("--only", default="", help="only endpoints that start so")
    return parser.parse_args()


if __name__ == "__main__":
    main()
