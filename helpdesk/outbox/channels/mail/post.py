"""Mail through Flask-Mail, which builds the letters and speaks to the server; limits are ours."""

from __future__ import annotations

import contextlib
import smtplib
from collections.abc import Iterator, Mapping
from typing import Any

from flask_mail import BadHeaderError, Connection, Mail, Message

from helpdesk.outbox.channels.mail import hosts, verdicts
from helpdesk.outbox.channels.mail.hosts import Server
from helpdesk.outbox.rules import Letter, Outcome, Verdict


def domain_of(sender: str) -> str:
    """`资助服务台 <helpdesk@example.org>` -> `example.org`, the domain of our identities."""
    return sender.rpartition("@")[2].strip("> ") or "localhost"


def server_of(config: Mapping[str, Any]) -> Server:
    """The MAIL_* settings as one value."""
    return Server(
        host=config["MAIL_SERVER"],
        port=config["MAIL_PORT"],
        timeout=config.get("MAIL_TIMEOUT", 20),
        helo=domain_of(config.get("MAIL_DEFAULT_SENDER") or ""),
        starttls=config.get("MAIL_USE_TLS", False),
        tls=config.get("MAIL_USE_SSL", False),
        ca_file=config.get("MAIL_CA_FILE") or None,
        username=config.get("MAIL_USERNAME"),
        password=config.get("MAIL_PASSWORD"),
    )


class _Line(Connection):
    """Flask-Mail's connection, opened with our limits and with checked certificates."""

    def __init__(self, mail: Any, server: Server) -> None:
        super().__init__(mail)
        self.server = server
        self.host: Any = None

    def configure_host(self) -> smtplib.SMTP:
        return hosts.open_host(self.server)

    def open(self) -> None:
        """Connect unless connected."""
        if self.host is None:
            self.host = self.configure_host()

    def drop(self) -> None:
        """Forget a connection that may be in any state."""
        if self.host is not None:
            self.host.close()
            self.host = None

    def leave(self) -> None:
        """Say goodbye if there is somebody to say it to."""
        if self.host is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError), self.host.deadline():
                self.host.quit()
            self.drop()


class MailChannel:
    """Mail of one installation. Needs the application context: Flask-Mail reads it."""

    def __init__(self, app: Any) -> None:
        app.config["MAIL_SUPPRESS_SEND"] = False  # the library sends nothing under TESTING
        self._state = Mail().init_app(app)
        self._server = server_of(app.config)
        self._sender = app.config.get("MAIL_DEFAULT_SENDER") or ""

    @property
    def ready(self) -> bool:
        """Without a server mail waits in the outbox."""
        return bool(self._server.host)

    @contextlib.contextmanager
    def run(self) -> Iterator[MailRun]:
        """One delivery run: its first letter connects, the others follow on the same line."""
        line = _Line(self._state, self._server)
        try:
            yield MailRun(line, self._sender)
        finally:
            line.leave()


class MailRun:
    """The mail channel during one delivery run."""

    def __init__(self, line: _Line, sender: str) -> None:
        self._line = line
        self._sender = sender

    def send(self, letter: Letter) -> Outcome:
        """One attempt. Never raises for what a server, a network or an address does."""
        try:
            self._line.open()
        except (smtplib.SMTPException, OSError) as error:
            return verdicts.of_connecting(error)
        try:
            with self._line.host.deadline():
                self._line.send(self._mail(letter))
        except (smtplib.SMTPException, OSError, BadHeaderError, ValueError) as error:
            # After any failure the line may be in any state: the next letter opens a new one.
            self._line.drop()
            return verdicts.of_sending(error)
        return Outcome(Verdict.SENT)

    def _mail(self, letter: Letter) -> Message:
        domain = domain_of(self._sender)
        mail = Message(
            subject=letter.rendered.subject,
            recipients=[letter.address],
            sender=self._sender,
            body=letter.rendered.text,
            html=letter.rendered.html,
            date=letter.written_at.timestamp(),
            extra_headers={
                "Auto-Submitted": "auto-generated",
                "X-Auto-Response-Suppress": "All",
                "List-Id": f"<notices.{domain}>",
            },
        )
        mail.msgId = f"<{letter.identity}@{domain}>"
        return mail
