"""Puts the house together. No route and no rule lives here."""

from __future__ import annotations

import os
import sys

from flask import Flask
from flask_babel import gettext
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect
from sqlalchemy.exc import OperationalError, ProgrammingError
from werkzeug.middleware.proxy_fix import ProxyFix

from helpdesk import config, wiring
from helpdesk.cli import database
from helpdesk.cli import registry as cli_registry
from helpdesk.jobs import runner as jobs
from helpdesk.kernel import events
from helpdesk.kernel.db import db, prepare
from helpdesk.web import doors, letters
from helpdesk.web import registry as web_registry
from helpdesk.web.shell import setup as shell

csrf = CSRFProtect()


def create_app(settings: config.Settings | None = None) -> Flask:
    """An application for `settings` (default: from the environment).

    Raises config.WrongSetting when a setting is wrong or unsafe.
    """
    settings = settings or config.load(os.environ)
    settings.make_folders()
    app = Flask(
        "helpdesk",
        root_path=str(config.PACKAGE),
        template_folder=str(config.ROOT / "templates"),
        static_folder=str(config.ROOT / "static"),
    )
    app.config.update(settings.flask())
    if proxies := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    doors.init_app(app)
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
    csrf.init_app(app)
    Bootstrap5().init_app(app)
    shell.init_app(app)
    web_registry.register(app)
    for command in cli_registry.commands():
        app.cli.add_command(command)
    events.connect(wiring.HANDLERS)
    letters.init_app(app, wiring.CHECKS)
    jobs.init_app(app)
    doors.check(app)
    return app


def main() -> None:
    """The console script `helpdesk`. Wrong settings: a sentence for each, exit code 2."""
    try:
        # A command that looks something up needs no secret; `run` and `jobs run` ask for it.
        app = create_app(config.load(os.environ, serving=False))
        with app.app_context():
            app.cli.main(prog_name="helpdesk")
    except config.WrongSetting as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    except (OperationalError, ProgrammingError) as error:
        if not database.lacks_tables(error):
            raise
        with app.test_request_context():
            sys.stderr.write(f"{gettext(database.NOT_READY)}\n")
        sys.exit(2)
