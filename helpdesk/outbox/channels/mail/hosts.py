"""SMTP with two limits that the library lacks: silence per answer, and time per act as a whole."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Server:
    """Where the mail server is and how to speak to it. `timeout` in seconds of silence."""

    host: str
    port: int
    timeout: float
    helo: str
    starttls: bool = False
    tls: bool = False
    ca_file: str | None = None
    username: str | None = None
    password: str | None = None

    @property
    def deadline(self) -> float:
        """Seconds for connecting, and again for each letter, however alive the server seems."""
        return self.timeout * 3


class _Bounded(smtplib.SMTP):
    """Hangs up on a server that answers just often enough to keep a socket timeout quiet."""

    limit: float

    @contextlib.contextmanager
    def deadline(self) -> Iterator[None]:
        """Cut the connection if the block takes longer than `limit` seconds."""
        timer = threading.Timer(self.limit, self._hang_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _hang_up(self) -> None:
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)

    def connect(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        with self.deadline():
            return super().connect(*args, **kwargs)


class _PlainHost(_Bounded):
    def __init__(self, server: Server) -> None:
        self.limit = server.deadline
        # Our own HELO name: the library's would ask a name server, for seconds where none is.
        super().__init__(server.host, server.port, server.helo, timeout=server.timeout)


class _TlsHost(_Bounded, smtplib.SMTP_SSL):
    def __init__(self, server: Server) -> None:
        self.limit = server.deadline
        smtplib.SMTP_SSL.__init__(
            self,
            server.host,
            server.port,
            server.helo,
            timeout=server.timeout,
            context=_trust(server),
        )


def _trust(server: Server) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=server.ca_file)


def open_host(server: Server) -> _Bounded:
    """Connected, encrypted and signed in. Raises smtplib.SMTPException or OSError."""
    host = _TlsHost(server) if server.tls else _PlainHost(server)
    try:
        with host.deadline():
            if server.starttls:
                host.starttls(context=_trust(server))
            if server.username and server.password:
                host.login(server.username, server.password)
    except BaseException:
        host.close()
        raise
    return host
