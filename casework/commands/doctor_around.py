"""What `casework doctor` finds around an installation: mail server, proxy, and the provider that people sign in with."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from casework.jobs.smtp import NotNow, greet
from casework.operations.auth.openid import Untrusted
from casework.settings import Settings
from casework.web.auth.provider_client import Silent, connect_provider

WRONG, LOOK, FINE = "wrong", "look", "fine"
#: A certificate that ends so soon should have been renewed.
_RENEWED_DAYS = 14
_PATIENCE_S = 5.0


class Found(NamedTuple):
    """What one check found."""

    check: str
    state: str
    says: str


def look_at_mail(settings: Settings) -> Iterator[Found]:
    """Whether the mail server lets us in."""
    if settings.smtp_host is None:
        yield Found("mail", LOOK, "nothing is mailed: name a mail server in CASEWORK_SMTP_HOST.")
        return
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        greet(settings)
    except NotNow as fault:
        yield Found("mail", WRONG, f"{where} cannot be used ({fault}): look at CASEWORK_SMTP_*, and whether it runs.")
    else:
        yield Found("mail", FINE, f"{where} answers, and lets us in.")


def look_at_address(settings: Settings) -> Iterator[Found]:
    """Whether browsers reach it by the address that the settings name, and how long its certificate holds."""
    if not settings.base_url:
        yield Found("address", LOOK, "CASEWORK_BASE_URL is not set: mails have no links, and passkeys cannot be used.")
        return
    address = urlsplit(settings.base_url)
    hosts = [host.strip() for host in settings.trusted_hosts.split(",") if host.strip()]
    host = address.hostname or ""
    if hosts and not any(host == one or (one.startswith(".") and host.endswith(one)) for one in hosts):
        yield Found("address", WRONG, f"CASEWORK_BASE_URL leads to {host}, which CASEWORK_TRUSTED_HOSTS does not name.")
    if address.scheme != "https":
        yield Found("address", LOOK, f"{settings.base_url} is not encrypted.")
        return
    try:
        ends = _certificate_ends(host, address.port or 443)
    except (OSError, ValueError) as fault:
        yield Found(
            "address",
            WRONG,
            f"{host} cannot be reached by https from here ({fault}): look at the proxy and its certificate.",
        )
        return
    days = (ends - datetime.now(UTC)).days
    says = f"the certificate of {host} ends in {days} days"
    yield Found("address", *((LOOK, f"{says}: renew it.") if days < _RENEWED_DAYS else (FINE, f"{says}.")))


def look_at_provider(settings: Settings) -> Iterator[Found]:
    """Whether the provider that people sign in with answers, and signs."""
    provider = connect_provider(settings)
    if provider is None:
        yield Found("provider", FINE, "people sign in with accounts of this installation alone.")
        return
    issuer = provider.client.issuer
    try:
        keys = provider.look()
    except Silent as fault:
        yield Found(
            "provider",
            WRONG,
            f"{issuer} does not answer ({fault}): nobody can sign in with it. Look at CASEWORK_OIDC_ISSUER.",
        )
    except Untrusted as fault:
        yield Found(
            "provider",
            WRONG,
            f"what {issuer} says of itself cannot be trusted ({fault.what}): CASEWORK_OIDC_ISSUER must be its issuer, letter by letter.",
        )
    else:
        state = FINE if keys else WRONG
        yield Found(
            "provider", state, f"{issuer} answers, with {keys} {'key that signs' if keys == 1 else 'keys that sign'}."
        )


def _certificate_ends(host: str, port: int) -> datetime:
    context = ssl.create_default_context()
    with (
        socket.create_connection((host, port), timeout=_PATIENCE_S) as way,
        context.wrap_socket(way, server_hostname=host) as server,
    ):
        told = server.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told["notAfter"])), UTC)


__all__ = ["FINE", "LOOK", "WRONG", "Found", "look_at_address", "look_at_mail", "look_at_provider"]
