"""How long the server needs to mark somebody at a desk: one desk alone, then twenty at once.

    python -m bench.desk [--database postgresql] [--desks 20] [--people 200] [--pause 2.0]

Makes a database of its own, fetches through the whole application (session, permission, form token,
one transaction), without a network. `at once`: every desk clicks as fast as it is answered, in
threads of this one process, which is far more than people do; `in a queue`: each desk rests
`--pause` seconds between two people.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask

from helpdesk import config
from helpdesk.app import create_app
from helpdesk.kernel import clock
from helpdesk.kernel.db import db
from helpdesk.people.models import Person
from helpdesk.training.rules.sessions import State
from tests.factories import country
from tests.factories.people import employ
from tests.factories.training import add_session, enrol
from tests.support.client import Client
from tests.support.database import PostgresDatabases, SqliteDatabases
from tests.support.postgres import Cluster

JSON = {"Accept": "application/json"}


@dataclass(frozen=True)
class Hall:
    """A running session, the people waiting, and the account of who sits at the desks."""

    app: Flask
    account_id: int
    address: str
    people: list[int]


def main() -> None:
    arguments = _arguments()
    with _database(arguments.database) as databases:
        print(f"{'':<28}{'marks':>7}{'median ms':>11}{'p95 ms':>9}{'max ms':>9}{'a second':>10}")
        for name, desks, pause in (
            ("one desk alone", 1, 0.0),
            (f"{arguments.desks} desks in a queue", arguments.desks, arguments.pause),
            (f"{arguments.desks} desks at once", arguments.desks, 0.0),
        ):
            hall = _hall(databases.copy(), arguments.people)
            _show(name, *_work(hall, desks, pause))
            with hall.app.app_context():
                db.engine.dispose()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--desks", type=int, default=20)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--pause", type=float, default=2.0)
    return parser.parse_args()


@contextmanager
def _database(name: str) -> Iterator[SqliteDatabases | PostgresDatabases]:
    with ExitStack() as after:
        if name == "postgresql":
            cluster = Cluster()
            after.callback(cluster.stop)
            yield PostgresDatabases(cluster.folder, "bench")
        else:
            yield SqliteDatabases(Path(after.enter_context(tempfile.TemporaryDirectory())))


def _hall(url: str, number: int) -> Hall:
    settings = config.Settings(
        database_url=url,
        secret_key="a key for the bench, long enough to be accepted",
        base_url="http://localhost",
        files_dir=Path(tempfile.gettempdir()),
        mail_sender="helpdesk@example.org",
    )
    app = create_app(settings)
    app.test_client_class = Client
    now = clock.now()
    with app.app_context():
        land = country.build(now)
        made = add_session(land.body("county"), now, state=State.RUNNING)
        people = [_waiting(land, number, now) for number in range(number)]
        for person in people:
            enrol(made, person)
        db.session.commit()
        address = f"/training/sessions/{made.id}/attendance/mark"
        return Hall(app, land.account("county_lead"), address, [p.id for p in people])


def _waiting(land: country.Country, number: int, now: datetime) -> Person:
    return employ(land.body("school"), f"众人{number:03d}(演示)", now)


def _work(hall: Hall, desks: int, pause: float) -> tuple[list[float], float]:
    """Milliseconds of every mark, and the seconds all of it took."""
    times: list[float] = []
    start = threading.Barrier(desks + 1)

    def sit(queue: list[int], rest: float) -> None:
        client = hall.app.test_client()
        assert isinstance(client, Client)
        client.sign_in(hall.account_id)
        token = client.csrf_token()
        start.wait()
        time.sleep(rest)  # people do not come to all desks at the same tick
        for person_id in queue:
            form = {"csrf_token": token, "person_id": person_id, "presence": "present",
                    "seen": 0, "once": f"click-{person_id}"}  # fmt: skip
            began = time.perf_counter()
            answer = client.post(
                hall.address, data=urlencode(form), headers=JSON,
                content_type="application/x-www-form-urlencoded",
            )  # fmt: skip
            times.append((time.perf_counter() - began) * 1000)
            assert answer.status_code == 200, answer.text
            time.sleep(pause)

    threads = [
        threading.Thread(target=sit, args=(hall.people[desk::desks], pause * desk / desks))
        for desk in range(desks)
    ]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return times, time.perf_counter() - began


def _show(name: str, times: list[float], seconds: float) -> None:
    slow = statistics.quantiles(times, n=20)[-1]
    print(f"{name:<28}{len(times):>7}{statistics.median(times):>11.1f}{slow:>9.1f}"
          f"{max(times):>9.1f}{len(times) / seconds:>10.1f}")  # fmt: skip


if __name__ == "__main__":
    main()
