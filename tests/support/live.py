"""The product served by threads of the test process, so that a test can prepare and look inside."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from helpdesk.kernel.db import db


@dataclass(frozen=True)
class Live:
    """A running server and its application."""

    app: Flask
    url: str

    @contextmanager
    def prepared(self) -> Iterator[Session]:
        """An application context for factories and operations; committed at its end."""
        with self.app.app_context():
            yield db.session()
            db.session.commit()


@contextmanager
def serve(app: Flask) -> Iterator[Live]:
    """Serve `app` on a free port of loopback."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    app.config["BASE_URL"] = f"http://127.0.0.1:{server.port}"
    try:
        yield Live(app, app.config["BASE_URL"])
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()
