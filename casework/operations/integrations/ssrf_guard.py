"""Where a message may be sent to: an address that somebody typed, read strictly, and only to machines of the public.

Whoever may name an address could otherwise make this server knock at doors inside its own network. So the name is
resolved once, every address that it gives must be public, and the connection goes to that very address.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from casework import reasons
from casework.errors import InvalidForm
from casework.reasons import Reason

#: Where a receiver may listen; elsewhere other services do.
PORTS = frozenset({443, 8443})
LONGEST = 500

# One form of each address: what two programs could read differently is refused rather than understood.
_URL = re.compile(
    r"(https?)://([A-Za-z0-9.-]{1,253})(?::([0-9]{1,5}))?(/[A-Za-z0-9._~/%!$&'()*+,;=:@-]*)?(\?[A-Za-z0-9._~/%!$&'()*+,;=:@?-]*)?"
)
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
#: The last part of a name: neither digits alone nor hexadecimal, so that no number of any kind is taken for a name.
_TOP = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?")
_INWARD = (
    "localhost",
    "localdomain",
    "local",
    "internal",
    "intranet",
    "lan",
    "home",
    "corp",
    "arpa",
    "onion",
    "invalid",
    "test",
)
#: IPv6 in which another address is wrapped: NAT64, 6to4, Teredo, and IPv4 in its old forms.
_WRAPPED = [
    ipaddress.ip_network(network)
    for network in ("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
]


@dataclass(frozen=True)
class Target:
    """A receiver, as its address names it. `inside`: one that the installation's settings name."""

    host: str
    port: int
    path: str
    tls: bool
    inside: bool


class Forbidden(Exception):
    """Nothing is sent there."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(str(reason))


def read_target(url: str, inside: Collection[str] = (), hosts: Collection[str] = ("*",)) -> Target:
    """A typed address. Raises Forbidden unless it is an https address of a public name that `hosts` allow, or of a receiver `inside`."""
    match = _URL.fullmatch(url) if len(url) <= LONGEST else None
    if match is None:
        raise Forbidden(reasons.integrations.URL_FORM)
    scheme, host, port, path, query = match[1], match[2].lower(), match[3], match[4] or "/", match[5] or ""
    number = int(port) if port else 443 if scheme == "https" else 80
    if f"{host}:{number}" in inside:
        return Target(host, number, path + query, scheme == "https", inside=True)
    labels = host.split(".")
    if scheme != "https":
        raise Forbidden(reasons.integrations.URL_NOT_HTTPS)
    if number not in PORTS:
        raise Forbidden(reasons.integrations.URL_PORT(ports=tuple(str(port) for port in sorted(PORTS))))
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels) or not _TOP.fullmatch(labels[-1]):
        raise Forbidden(reasons.integrations.URL_NOT_PUBLIC)
    if labels[-1] in _INWARD:
        raise Forbidden(reasons.integrations.URL_INTERNAL)
    if not any(allowed in ("*", host) or (allowed.startswith(".") and host.endswith(allowed)) for allowed in hosts):
        raise Forbidden(reasons.integrations.URL_NOT_LISTED)
    return Target(host, number, path + query, tls=True, inside=False)


def insist_target(url: str, inside: Collection[str], hosts: Collection[str] = ("*",)) -> Target:
    """The same for a form. Raises InvalidForm."""
    try:
        return read_target(url, inside, hosts)
    except Forbidden as why:
        raise InvalidForm(fields={"url": reasons.integrations.URL_NOT_ALLOWED(why=why.reason)}) from None


#: What was set aside once, and is nobody's public address though the library no longer says so: relays of 6to4, and sites.
_RETIRED = (ipaddress.ip_network("192.88.99.0/24"), ipaddress.ip_network("fec0::/10"))


def choose_address(target: Target, resolved: Iterable[str]) -> str:
    """Which of the addresses that a name resolved to is connected to. Raises Forbidden where any of them is not public."""
    addresses = list(resolved)
    if not addresses:
        raise Forbidden(reasons.integrations.URL_NO_ADDRESS)
    if not target.inside:
        for address in addresses:
            if not is_public(address):
                raise Forbidden(reasons.integrations.URL_INTO_NETWORK)
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet's, of one machine, and nothing else in disguise."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if any(parsed in wrapped for wrapped in (*_WRAPPED, *_RETIRED) if wrapped.version == parsed.version):
        return False
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


def inside_of(written: str) -> frozenset[str]:
    """The receivers that the settings name: host:port, with commas."""
    return frozenset(receiver.strip().lower() for receiver in written.split(",") if receiver.strip())


__all__ = ["Forbidden", "Target", "choose_address", "inside_of", "insist_target", "is_public", "read_target"]
