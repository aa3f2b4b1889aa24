"""The way to the mail server, and what its answers mean."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import parseaddr

from casework.settings import Settings


class Refused(Exception):
    """The server will not take this mail, however often it is asked."""


class NotNow(Exception):
    """The server did not take it this time."""


def post(message: EmailMessage, settings: Settings) -> str:
    """Hand a mail over; gives the server's last word. Raises Refused or NotNow, with what the server said."""
    sender, recipient = parseaddr(settings.smtp_sender)[1], str(message["To"])
    try:
        with _connect(settings) as server:
            server.send_message(message, from_addr=sender, to_addrs=[recipient])
    except smtplib.SMTPRecipientsRefused as fault:
        code, said = next(iter(fault.recipients.values()))
        raise _meaning(code, said) from fault
    except smtplib.SMTPDataError as fault:
        raise _meaning(fault.smtp_code, fault.smtp_error) from fault
    except smtplib.SMTPNotSupportedError as fault:
        # An address in another script, at a server that cannot write it.
        raise Refused(str(fault)) from fault
    except (smtplib.SMTPException, OSError) as fault:
        # Our own side may be at fault too: the sender, the password, the way there. That is mended, and tried again.
        raise NotNow(f"{type(fault).__name__}: {fault}") from fault
    return "taken by the mail server"


def greet(settings: Settings) -> None:
    """Whether the mail server is there and lets us in. Raises NotNow, with what was said."""
    try:
        with _connect(settings) as server:
            server.noop()
    except (smtplib.SMTPException, OSError) as fault:
        raise NotNow(f"{type(fault).__name__}: {fault}") from fault


def _connect(settings: Settings) -> smtplib.SMTP:
    host, port, timeout = str(settings.smtp_host), settings.smtp_port, settings.smtp_timeout_s
    server: smtplib.SMTP
    if settings.smtp_security == "tls":
        server = smtplib.SMTP_SSL(host, port, timeout=timeout, context=ssl.create_default_context())
    else:
        server = smtplib.SMTP(host, port, timeout=timeout)
    try:
        if settings.smtp_security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user:
            password = settings.smtp_password.get_secret_value() if settings.smtp_password else ""
            server.login(settings.smtp_user, password)
    except BaseException:
        server.close()
        raise
    return server


def _meaning(code: int, said: bytes | str) -> Exception:
    words = f"{code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"
    return Refused(words) if 500 <= code < 600 else NotNow(words)
