"""What production insists on in its settings, each in a sentence that says what to do. What it insists on in the database is
held against a list of its own (`records.database_checks`)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from casework.records.key_ring import MAKE_ONE, weakness
from casework.settings import Settings

_HOST = re.compile(
    r"\.?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:\d{1,5})?|\[[0-9a-f:.]+\](:\d{1,5})?",
    re.IGNORECASE,
)


def faults(settings: Settings, environment: Mapping[str, str], *, serving: bool = False) -> list[str]:
    """Why production must not start with these settings; nothing when it may. `serving`: it is to answer requests."""
    sentences = [*_keys(settings), *_names(settings), *_ways(settings, environment), *_doors(settings)]
    if serving and not settings.proxy_hops:
        sentences.append(
            "CASEWORK_PROXY_HOPS must say how many proxies stand in front, usually 1: this server speaks no TLS itself, and"
            " without it every client would look like the proxy."
        )
    return sentences


def _keys(settings: Settings) -> Iterator[str]:
    key = settings.secret_key.get_secret_value() if settings.secret_key else ""
    if weak := weakness(key):
        yield f"CASEWORK_SECRET_KEY {weak}: {MAKE_ONE}."
    if settings.owner_database_url:
        yield "CASEWORK_OWNER_DATABASE_URL is for `init` and `db upgrade` alone: take it away from what serves and works."


def _names(settings: Settings) -> Iterator[str]:
    hosts = [host.strip() for host in settings.trusted_hosts.split(",") if host.strip()]
    if not hosts:
        yield "CASEWORK_TRUSTED_HOSTS must name the hosts that this installation answers to, such as casework.example.org."
    for host in hosts:
        if not _HOST.fullmatch(host):
            yield f"CASEWORK_TRUSTED_HOSTS names {host}, which is no host: name each one, such as casework.example.org."
    if settings.base_url and not settings.base_url.startswith("https://"):
        yield "CASEWORK_BASE_URL must begin with https:// in production."


def _ways(settings: Settings, environment: Mapping[str, str]) -> Iterator[str]:
    """What goes over a network is encrypted, unless it stays on this machine."""
    if settings.smtp_host and settings.smtp_security == "none" and not is_here(settings.smtp_host):
        yield f"CASEWORK_SMTP_SECURITY is none, and {settings.smtp_host} is another machine: set it to starttls or tls."
    if settings.database_url:
        yield from _database(settings.database_url)
    for name in ("AWS_ENDPOINT", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        address = environment.get(name, "")
        if address.startswith("http://") and not is_here(
            address.removeprefix("http://").split("/")[0].rsplit(":", 1)[0]
        ):
            yield f"{name} is not encrypted: let it begin with https://."
    scanner = settings.scanner_address or ""
    if scanner.startswith("tcp://") and not is_here(scanner.removeprefix("tcp://").rsplit(":", 1)[0]):
        yield (
            "CASEWORK_SCANNER is another machine, and files go there unencrypted: name a scanner on this one, or let a tunnel that"
            " encrypts end here."
        )


def _database(address: str) -> Iterator[str]:
    try:
        url = make_url(address)
    except ArgumentError:
        return  # Said when it is connected to.
    named = url.query.get("host", ()) if isinstance(url.query.get("host", ()), tuple) else (url.query["host"],)
    hosts = [_without_port(part) for given in (url.host or "", *named) for part in str(given).split(",") if part]
    if len(hosts) > 1 and url.query.get("target_session_attrs") not in ("read-write", "primary"):
        yield (
            "DATABASE_URL names several machines without target_session_attrs=read-write: add it, or it leads to one that only follows,"
            " where nothing can be recorded."
        )
    if (
        any(not host.startswith("/") and not is_here(host) for host in hosts)
        and url.query.get("sslmode") != "verify-full"
    ):
        yield (
            "DATABASE_URL leads to another machine without sslmode=verify-full: add it, and with sslrootcert the certificate that the"
            " server's is to be signed by."
        )


def _doors(settings: Settings) -> Iterator[str]:
    if settings.scanner is None:
        yield (
            "CASEWORK_SCANNER names no scanner, so that nobody looks for viruses in what is uploaded: name a clamd, or accept that with"
            " CASEWORK_SCANNER=none."
        )
    for receiver in settings.webhook_inside.split(","):
        host = receiver.strip().rpartition(":")[0]
        if host and (is_here(host) or _is_of_the_machine(host)):
            yield (
                f"CASEWORK_WEBHOOK_INSIDE names {receiver.strip()}, which is this "
                "machine: webhooks go to receivers of their own, over https."
            )


def _without_port(host: str) -> str:
    """A host of an address that names several, each with its port."""
    name, _, port = host.rpartition(":")
    return name if port.isdigit() and (":" not in name or name.endswith("]")) and not host.startswith("/") else host


def is_here(host: str) -> bool:
    """Whether a host is this machine, by its name or number."""
    plain = host.strip("[]").lower()
    if plain in ("localhost", "localhost.localdomain", "") or plain.startswith("/"):
        return True
    try:
        return ipaddress.ip_address(plain).is_loopback
    except ValueError:
        return False


def _is_of_the_machine(host: str) -> bool:
    """Addresses behind which a cloud's machines find what is theirs alone."""
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return host.lower().startswith("metadata.")
    return address.is_link_local or address.is_unspecified
