"""What an answer of the mail server, or its silence, means for the letter."""

from __future__ import annotations

import smtplib

from helpdesk.outbox.rules import Outcome, Verdict
from helpdesk.privacy.rules import mask

LONGEST_REASON = 300


def of_connecting(error: Exception) -> Outcome:
    """No connection, no encryption, wrong password: nobody's letter is to blame."""
    return Outcome(Verdict.OUTAGE, described(error))


def of_sending(error: Exception) -> Outcome:
    """4xx and a lost connection: later. 5xx to the address or the text: never.

    A refused sender is our own address: every letter would meet the same, so none is given up.
    """
    reason = described(error)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        return Outcome(_by_code(max(codes, default=0)), reason)
    if isinstance(error, smtplib.SMTPSenderRefused):
        return Outcome(Verdict.OUTAGE, reason)
    if isinstance(error, smtplib.SMTPResponseException):
        return Outcome(_by_code(error.smtp_code), reason)
    if isinstance(error, smtplib.SMTPException | OSError):
        return Outcome(Verdict.LATER, reason)
    return Outcome(Verdict.NEVER, reason)


def _by_code(code: int) -> Verdict:
    return Verdict.NEVER if 500 <= code < 600 else Verdict.LATER


def described(error: Exception) -> str:
    """One masked line for the operator: kind of error, code, the server's own words."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers = [f"{code} {_words(said)}" for code, said in error.recipients.values()]
        text = "; ".join(answers)
    elif isinstance(error, smtplib.SMTPResponseException):
        text = f"{error.smtp_code} {_words(error.smtp_error)}"
    else:
        text = str(error)
    return mask(f"{type(error).__name__}: {text}")[:LONGEST_REASON]


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())
