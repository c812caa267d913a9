"""What the program writes down about itself: never a number of a person, whatever went wrong."""

from __future__ import annotations

import logging

from flask import Flask
from flask.logging import default_handler

from helpdesk.privacy.rules import mask

LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class Masked(logging.Formatter):
    """A line, with its traceback where there is one, masked as a whole."""

    def format(self, record: logging.LogRecord) -> str:
        """The words of an error may be those of a form that was sent."""
        return mask(super().format(record))


def init_app(app: Flask) -> None:
    """All loggers of the program stand below the application's own."""
    default_handler.setFormatter(Masked(LINE))
    app.logger.addHandler(default_handler)
    app.logger.setLevel(app.config["LOG_LEVEL"])
