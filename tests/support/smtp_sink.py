"""A real SMTP server on loopback that takes mail, or fails in one of the usual ways.

with SmtpSink(rcpt="450 4.2.1 try later") as sink:
    ... sink.port, sink.received, sink.attempts
"""

from __future__ import annotations

import asyncio
import email.policy
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

TLS_FOLDER = Path(__file__).parents[1] / "data" / "tls"
CA_FILE = TLS_FOLDER / "localhost.crt"
TAKEN = "250 2.0.0 taken"


def free_port() -> int:
    """A port on which nobody listens now: a mail server that is down."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def server_tls() -> ssl.SSLContext:
    """The certificate of the sink; its issuer is CA_FILE."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CA_FILE, TLS_FOLDER / "localhost.key")
    return context


@dataclass
class SmtpSink:
    """`rcpt`, `data`: answers to RCPT and to the text. `delay`: seconds before the answer to DATA.

    `drop_after_data`: the text is taken, the line goes dead before the answer. `tls`: "" (none),
    "starttls" or "tls". `password`: one that must be given.
    """

    rcpt: str = TAKEN
    sender: str = TAKEN
    data: str = TAKEN
    delay: float = 0
    drop_after_data: bool = False
    tls: str = ""
    password: str = ""
    received: list[EmailMessage] = field(default_factory=list)
    attempts: int = 0
    port: int = field(default_factory=free_port)

    def __enter__(self) -> SmtpSink:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **self._ways())
        self._controller.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._controller.stop()

    def _ways(self) -> dict[str, Any]:
        ways: dict[str, Any] = {}
        if self.tls == "tls":
            ways["ssl_context"] = server_tls()
        elif self.tls == "starttls":
            ways |= {"tls_context": server_tls(), "require_starttls": True}
        if self.password:
            ways |= {
                "authenticator": self._authenticate,
                "auth_required": True,
                "auth_require_tls": False,
            }
        return ways

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any
    ) -> AuthResult:
        return AuthResult(success=given.password == self.password.encode(), handled=False)

    async def handle_MAIL(  # noqa: N802  # the name is the library's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.sender

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt == TAKEN:
            envelope.rcpt_tos.append(address)
        else:
            self.attempts += 1
        return self.rcpt

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.attempts += 1
        await asyncio.sleep(self.delay)
        if self.data == TAKEN:
            assert isinstance(envelope.content, bytes)
            taken = email.message_from_bytes(envelope.content, policy=email.policy.default)
            self.received.append(taken)
        if self.drop_after_data:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return self.data


class DrippingServer:
    """Greets with one byte at a time: never silent long enough for a socket timeout."""

    def __init__(self, interval: float) -> None:
        self.interval = interval
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> DrippingServer:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._listener.close()
        self._thread.join(timeout=5)

    def _serve(self) -> None:
        try:
            line, _ = self._listener.accept()
        except OSError:
            return
        with line:
            while not self._ended.is_set():
                try:
                    line.sendall(b"2")
                except OSError:
                    return
                time.sleep(self.interval)
