"""What the mail channel makes of a mail server that works, fails, dawdles or goes away."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from helpdesk.outbox.channels.mail.post import MailChannel
from helpdesk.outbox.rules import Letter, Outcome, Rendered, Verdict
from tests.support.smtp_sink import CA_FILE, DrippingServer, SmtpSink, free_port

WRITTEN_AT = datetime(2026, 9, 22, 2, 20, tzinfo=UTC)


def letter(identity: str = "a1b2c3", address: str = "wang@school.example.org") -> Letter:
    rendered = Rendered(
        subject="[资助服务台] 新问题：登录提示无效学校",
        text="示范县第一中学提出了一个问题，等您单位受理。\n",
        html="<p>示范县第一中学提出了一个问题，等您单位受理。</p>",
    )
    return Letter(identity=identity, address=address, rendered=rendered, written_at=WRITTEN_AT)


def send(port: int, *letters: Letter, timeout: float = 5, **config: Any) -> list[Outcome]:
    """Send over one run of a channel that speaks to the server at `port`."""
    app = Flask("mail")
    app.config.update(
        {
            "TESTING": True,
            "MAIL_SERVER": "127.0.0.1",
            "MAIL_PORT": port,
            "MAIL_TIMEOUT": timeout,
            "MAIL_DEFAULT_SENDER": "helpdesk@aid.example.org",
            **config,
        }
    )
    channel = MailChannel(app)
    assert channel.ready
    with app.app_context(), channel.run() as run:
        return [run.send(one) for one in letters or (letter(),)]


def verdict(port: int, **config: Any) -> Verdict:
    (outcome,) = send(port, **config)
    return outcome.verdict


def test_a_letter_arrives_with_its_headers_in_both_forms() -> None:
    with SmtpSink() as sink:
        assert verdict(sink.port) is Verdict.SENT
    (mail,) = sink.received
    assert mail["Subject"] == "[资助服务台] 新问题：登录提示无效学校"
    assert mail["To"] == "wang@school.example.org"
    assert mail["From"] == "helpdesk@aid.example.org"
    assert mail["Message-ID"] == "<a1b2c3@aid.example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "<notices.aid.example.org>"
    assert mail["Date"].datetime == WRITTEN_AT
    for form in ("plain", "html"):
        part = mail.get_body(preferencelist=(form,))
        assert part is not None
        assert "等您单位受理" in part.get_content()


def test_one_connection_serves_all_letters_of_a_run() -> None:
    with SmtpSink() as sink:
        outcomes = send(sink.port, *(letter(f"id{number}") for number in range(5)))
    assert [outcome.verdict for outcome in outcomes] == [Verdict.SENT] * 5
    assert len({mail["Message-ID"] for mail in sink.received}) == 5


def test_a_server_that_is_down_is_an_outage() -> None:
    assert verdict(free_port()) is Verdict.OUTAGE


ANSWERS = [
    # which answer, what the letter's fate is
    ({"rcpt": "450 4.2.1 mailbox busy"}, Verdict.LATER),
    ({"rcpt": "451 4.7.1 greylisted, come back"}, Verdict.LATER),
    ({"rcpt": "550 5.1.1 no such user"}, Verdict.NEVER),
    ({"data": "452 4.3.1 out of room"}, Verdict.LATER),
    ({"data": "554 5.7.1 refused"}, Verdict.NEVER),
    # Our own address is refused: every letter would meet the same, so none is given up.
    ({"sender": "550 5.7.1 sender refused"}, Verdict.OUTAGE),
    ({"sender": "451 4.3.0 later"}, Verdict.OUTAGE),
    ({"drop_after_data": True}, Verdict.LATER),
]


@pytest.mark.parametrize(("answers", "expected"), ANSWERS)
def test_answer(answers: dict[str, Any], expected: Verdict) -> None:
    with SmtpSink(**answers) as sink:
        assert verdict(sink.port) is expected


def test_one_refused_address_does_not_hold_up_the_next_letter() -> None:
    with SmtpSink(rcpt="550 5.1.1 no such user") as sink:
        first, second = send(sink.port, letter("one"), letter("two"))
    assert (first.verdict, second.verdict) == (Verdict.NEVER, Verdict.NEVER)
    assert sink.attempts == 2


def test_a_silent_server_costs_one_timeout() -> None:
    with SmtpSink(delay=4) as sink:
        began = time.monotonic()
        assert verdict(sink.port, timeout=0.5) is Verdict.LATER
        assert time.monotonic() - began < 3


def test_a_dripping_server_is_cut_off_at_the_deadline() -> None:
    with DrippingServer(interval=0.1) as server:
        began = time.monotonic()
        assert verdict(server.port, timeout=0.5) is Verdict.OUTAGE
        assert time.monotonic() - began < 4


@pytest.mark.parametrize("way", ["starttls", "tls"])
def test_encryption(way: str) -> None:
    key = {"starttls": "MAIL_USE_TLS", "tls": "MAIL_USE_SSL"}[way]
    with SmtpSink(tls=way) as sink:
        assert verdict(sink.port, **{key: True}, MAIL_CA_FILE=str(CA_FILE)) is Verdict.SENT
    assert len(sink.received) == 1


@pytest.mark.parametrize("way", ["starttls", "tls"])
def test_a_certificate_of_an_unknown_issuer_is_refused(way: str) -> None:
    key = {"starttls": "MAIL_USE_TLS", "tls": "MAIL_USE_SSL"}[way]
    with SmtpSink(tls=way) as sink:
        (outcome,) = send(sink.port, **{key: True})
    assert outcome.verdict is Verdict.OUTAGE
    assert "certificate" in outcome.reason.lower()
    assert sink.received == []


def test_starttls_that_the_server_does_not_offer_is_not_sent_in_the_clear() -> None:
    with SmtpSink() as sink:
        assert verdict(sink.port, MAIL_USE_TLS=True) is Verdict.OUTAGE
    assert sink.received == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize(("given", "expected"), [("right", "sent"), ("wrong", "outage")])
def test_sign_in(given: str, expected: str) -> None:
    with SmtpSink(password="right") as sink:
        found = verdict(sink.port, MAIL_USERNAME="helpdesk", MAIL_PASSWORD=given)
    assert found == expected


def test_a_subject_that_would_smuggle_a_header_is_never_sent() -> None:
    bad = Rendered(subject="a\nBcc: everybody@example.org", text="t", html="h")
    with SmtpSink() as sink:
        (outcome,) = send(sink.port, Letter("x", "wang@school.example.org", bad, WRITTEN_AT))
    assert outcome.verdict is Verdict.NEVER
    assert sink.received == []


def test_reasons_are_masked() -> None:
    with SmtpSink(rcpt="550 5.1.1 13812345678 is unknown") as sink:
        (outcome,) = send(sink.port)
    assert "13812345678" not in outcome.reason
    assert "550" in outcome.reason


def test_without_a_server_the_channel_waits() -> None:
    app = Flask("mail")
    app.config.update({"MAIL_SERVER": "", "MAIL_PORT": 25})
    assert not MailChannel(app).ready
