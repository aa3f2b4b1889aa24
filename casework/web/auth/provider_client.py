"""The way to the provider of sign-in: its documents and keys, fetched from its own host alone, bounded in time and size."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from casework.operations.auth import openid
from casework.operations.auth.openid import Claims, Client, Endpoints, Logout, Trip, UnknownKey, Untrusted
from casework.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from joserfc.jwk import Key

T = TypeVar("T")
#: For one question, whatever the provider does meanwhile; and the longest answer.
TIMEOUT_S, LARGEST = 6.0, 300_000
#: Its discovery and keys are asked for again after so long; for a key that is not known, no oftener than this.
KEPT_S, AGAIN_S = 3_600.0, 20.0
DISCOVERY = "/.well-known/openid-configuration"


class Silent(Exception):
    """The provider gave no answer that one could use."""


@dataclass(frozen=True)
class _Known:
    endpoints: Endpoints
    keys: tuple[Key, ...]
    until: float


class Provider:
    """The provider that the settings name."""

    def __init__(
        self, client: Client, secret: str, name: str, strong: frozenset[str], groups_file: Path | None = None
    ) -> None:
        self.client = client
        self.name = name
        #: What says which of its groups gives which role.
        self.groups_file = groups_file
        self._secret = secret
        self._strong = strong
        self._lock = threading.Lock()
        self._known: _Known | None = None
        self._asked_again = 0.0

    @property
    def origin(self) -> str:
        parts = urlsplit(self.client.issuer)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def counts_factors(self) -> bool:
        """Whether its word that it asked for a second factor counts at all."""
        return bool(self._strong)

    def is_strong(self, claims: Claims) -> bool:
        """Whether it says that it asked for a second factor, and its word counts."""
        return bool(self._strong & claims.methods)

    def send(self, trip: Trip, *, fresh: bool = False) -> str:
        """Where the browser is sent. Raises Silent, Untrusted."""
        return openid.authorization_address(self._look().endpoints, self.client, trip, fresh=fresh)

    def look(self) -> int:
        """Whether it answers, and with how many keys it signs. Raises Silent, Untrusted."""
        return len(self._look().keys)

    def leave(self, back: str) -> str | None:
        """Where a browser signs out there too; nowhere while it does not answer, or offers none."""
        try:
            return openid.end_session_address(self._look().endpoints, self.client, back)
        except (Silent, Untrusted):
            return None

    def read_answer(self, answer: Mapping[str, str], trip: Trip, *, now: int, since: int | None) -> Claims:
        """Who came back, by the code that the browser brought. Raises Silent, Untrusted."""
        endpoints = self._look().endpoints
        code = openid.check_answer(answer, endpoints, self.client, trip)
        told = self._exchange(endpoints, code, trip)
        return self._by_key(lambda keys: openid.check_id_token(told, keys, self.client, trip, now=now, since=since))

    def read_logout(self, token: str, *, now: int) -> Logout:
        """Whose sessions it has ended. Raises Silent, Untrusted."""
        return self._by_key(lambda keys: openid.check_logout_token(token, keys, self.client, now=now))

    def _by_key(self, check: Callable[[tuple[Key, ...]], T]) -> T:
        """With the keys that are known, and once more with those of now where one is not: keys change."""
        try:
            return check(self._look().keys)
        except UnknownKey:
            return check(self._look(again=True).keys)

    def _exchange(self, endpoints: Endpoints, code: str, trip: Trip) -> dict[str, Any]:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.client.redirect,
            "code_verifier": trip.verifier,
        }
        head = {"Content-Type": "application/x-www-form-urlencoded"}
        if endpoints.basic:
            pair = f"{quote(self.client.id, safe='')}:{quote(self._secret, safe='')}"
            head["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        else:
            fields |= {"client_id": self.client.id, "client_secret": self._secret}
        status, body = ask(endpoints.token, head, urlencode(fields).encode())
        if status == 400:
            raise Untrusted("code")
        if status != 200:
            raise Silent(f"its token endpoint answered {status}")
        return openid.read_document(body)

    def _look(self, *, again: bool = False) -> _Known:
        """Its discovery and keys. `again`: the keys that are kept may be old."""
        with self._lock:
            moment, known = time.monotonic(), self._known
            if again and self._asked_again and moment - self._asked_again < AGAIN_S:
                again = False
            if known is not None and known.until > moment and not again:
                return known
            if again:
                self._asked_again = moment
            endpoints = openid.read_discovery(fetch(self.client.issuer.rstrip("/") + DISCOVERY), self.client.issuer)
            known = _Known(endpoints, openid.read_keys(fetch(endpoints.keys)), moment + KEPT_S)
            self._known = known
            return known


def connect_provider(settings: Settings) -> Provider | None:
    """The provider of the settings; none where they name none. It is asked at the first use."""
    if (
        not settings.oidc_issuer
        or not settings.oidc_client_id
        or not settings.oidc_client_secret
        or not settings.base_url
    ):
        return None
    client = Client(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.base_url.rstrip("/") + "/sign-in/provider/callback",
        groups_claim=settings.oidc_groups_claim,
        groups_may_miss=settings.oidc_groups_missing == "none",
    )
    name = settings.oidc_name or urlsplit(settings.oidc_issuer).hostname or ""
    return Provider(
        client,
        settings.oidc_client_secret.get_secret_value(),
        name,
        settings.oidc_strong_words,
        settings.oidc_groups_file,
    )


def fetch(address: str) -> bytes:
    """A document. Redirects are not followed. Raises Silent."""
    status, body = ask(address, {"Accept": "application/json"})
    if status != 200:
        raise Silent(f"{urlsplit(address).path} answered {status}")
    return body


def ask(address: str, head: Mapping[str, str], body: bytes | None = None) -> tuple[int, bytes]:
    """One question, one answer: its status and body. Raises Silent."""
    parts = urlsplit(address)
    host, secure = parts.hostname or "", parts.scheme == "https"
    way: http.client.HTTPConnection = (
        http.client.HTTPSConnection(host, parts.port, timeout=TIMEOUT_S, context=ssl.create_default_context())
        if secure
        else http.client.HTTPConnection(host, parts.port, timeout=TIMEOUT_S)
    )
    limit, late = None, threading.Event()
    try:
        way.connect()
        # Whoever sends a letter now and then keeps within each wait; not within all of it.
        limit = threading.Timer(TIMEOUT_S, _cut, (way.sock, late))
        limit.daemon = True
        limit.start()
        target = parts.path or "/"
        way.request(
            "GET" if body is None else "POST",
            f"{target}?{parts.query}" if parts.query else target,
            body,
            {"User-Agent": "Casework", "Connection": "close", **head},
        )
        answer = way.getresponse()
        read = answer.read(LARGEST + 1)
        if len(read) > LARGEST:
            raise Silent("the answer is too long")
        if late.is_set():
            raise Silent("no answer in time")
        return answer.status, read
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as fault:
        raise Silent(f"{type(fault).__name__}: {fault}") from fault
    finally:
        if limit is not None:
            limit.cancel()
        way.close()


def _cut(way: socket.socket, late: threading.Event) -> None:
    late.set()
    with suppress(OSError):
        way.shutdown(socket.SHUT_RDWR)


__all__ = ["Provider", "Silent", "ask", "connect_provider", "fetch"]
