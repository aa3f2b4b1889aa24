"""OpenID Connect, read strictly: what the provider of sign-in says counts only where it is signed by it, for us, lately, and asked for.

Pure: the documents come in as they were fetched, the time with them. Whatever does not fit raises Untrusted.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from casework.engine.definition.names import is_plain

if TYPE_CHECKING:
    from joserfc.jwk import Key

#: Signatures by a key that only the provider has: never `none`, never one with a secret that both know.
ALGORITHMS: Mapping[str, str] = {
    "RS256": "RSA", "RS384": "RSA", "RS512": "RSA", "PS256": "RSA", "PS384": "RSA", "PS512": "RSA",
    "ES256": "EC", "ES384": "EC", "ES512": "EC",
}  # fmt: skip
#: Seconds that two clocks may be apart.
LEEWAY = 60
#: A token, and a document, are no longer than this; a provider has no more keys.
LONGEST_TOKEN, LONGEST_NAME, MOST_KEYS = 20_000, 255, 50
#: Whoever is in more groups is in too many to be told apart from a mistake.
MOST_GROUPS = 500
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
SCOPE = "openid email profile"


class Untrusted(Exception):
    """It cannot be believed; `what` is wrong with it, in a word for the log."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(what)


class UnknownKey(Untrusted):
    """It is signed by a key that is not known, or not yet."""


@dataclass(frozen=True)
class Client:
    """As what this installation is registered, and where browsers come back to."""

    issuer: str
    id: str
    redirect: str
    #: In which claim it states the groups of people, where they count for roles.
    groups_claim: str | None = None
    #: Whether a claim that is missing states that somebody is in none.
    groups_may_miss: bool = False


@dataclass(frozen=True)
class Endpoints:
    """Where the provider is asked what, as its discovery says."""

    authorization: str
    token: str
    keys: str
    end_session: str | None
    #: Whether the secret goes in the head of the request, else among its fields.
    basic: bool
    #: Whether each answer says whose it is.
    names_issuer: bool


@dataclass(frozen=True)
class Trip:
    """One way to the provider and back: what is sent along, all made of a secret that one browser keeps."""

    secret: str

    def _made(self, what: str) -> str:
        made = hmac.digest(self.secret.encode(), f"casework {what}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(made).decode().rstrip("=")

    @property
    def state(self) -> str:
        return self._made("state")

    @property
    def nonce(self) -> str:
        return self._made("nonce")

    @property
    def verifier(self) -> str:
        return self._made("verifier")


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups in which somebody is for the provider, or why it is not known."""

    names: frozenset[str] = frozenset()
    #: `missing`, `form` or `too_many`: then nothing follows from it.
    fault: str | None = None
    #: How many names were passed over, as no group is called so.
    odd: int = 0


@dataclass(frozen=True, kw_only=True)
class Claims:
    """Who somebody is for the provider."""

    issuer: str
    subject: str
    #: Only one that the provider has verified.
    email: str | None
    sid: str | None
    auth_time: int | None
    #: What `amr` and `acr` say of how it was shown.
    methods: frozenset[str]
    #: None where groups count for nothing.
    groups: Groups | None = None


@dataclass(frozen=True, kw_only=True)
class Logout:
    """Whose sessions the provider has ended."""

    issuer: str
    subject: str | None
    sid: str | None
    hash: bytes
    #: How long the token could be sent once more.
    lasts: timedelta


def read_document(document: bytes) -> dict[str, Any]:
    """A JSON object. Raises Untrusted."""
    try:
        read = json.loads(document)
    except (ValueError, RecursionError):
        raise Untrusted("document") from None
    if not isinstance(read, dict):
        raise Untrusted("document")
    return read


def read_discovery(document: bytes, issuer: str) -> Endpoints:
    """What the provider offers. Everything lies where the issuer lies: nothing else is ever asked. Raises Untrusted."""
    told = read_document(document)
    if told.get("issuer") != issuer:
        raise Untrusted("discovery_issuer")
    methods = told.get("code_challenge_methods_supported", ["S256"])
    if not isinstance(methods, list) or "S256" not in methods:
        raise Untrusted("discovery_pkce")
    ways = told.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    if not isinstance(ways, list) or not {"client_secret_basic", "client_secret_post"} & {str(way) for way in ways}:
        raise Untrusted("discovery_client_authentication")
    end = told.get("end_session_endpoint")
    return Endpoints(
        _own(told.get("authorization_endpoint"), issuer),
        _own(told.get("token_endpoint"), issuer),
        _own(told.get("jwks_uri"), issuer),
        None if end is None else _own(end, issuer),
        "client_secret_basic" in ways,
        told.get("authorization_response_iss_parameter_supported") is True,
    )


def _own(address: object, issuer: str) -> str:
    """An address of the issuer's own host."""
    if not isinstance(address, str) or len(address) > 2_000 or not address.isprintable() or " " in address:
        raise Untrusted("discovery_address")
    try:
        there, home = urlsplit(address), urlsplit(issuer)
        own = (there.scheme, there.hostname, there.port) == (home.scheme, home.hostname, home.port)
    except ValueError:
        raise Untrusted("discovery_address") from None
    if not own or "@" in there.netloc or there.fragment:
        raise Untrusted("discovery_address")
    return address


def read_keys(document: bytes) -> tuple[Key, ...]:
    """The provider's keys that sign; what is of another kind, or no key at all, is passed over. Raises Untrusted."""
    from joserfc.errors import JoseError
    from joserfc.jwk import import_key

    told = read_document(document).get("keys")
    if not isinstance(told, list) or len(told) > MOST_KEYS:
        raise Untrusted("keys")
    keys: list[Key] = []
    for one in told:
        if not isinstance(one, dict) or one.get("kty") not in ALGORITHMS.values() or one.get("use", "sig") != "sig":
            continue
        try:
            keys.append(import_key({name: value for name, value in one.items() if name != "d"}))
        except (JoseError, ValueError, TypeError, KeyError):
            continue
    return tuple(keys)


def authorization_address(endpoints: Endpoints, client: Client, trip: Trip, *, fresh: bool = False) -> str:
    """Where the browser is sent. `fresh`: who comes back has just shown anew who that is."""
    from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
    from authlib.oauth2.rfc7636 import create_s256_code_challenge

    return prepare_grant_uri(
        endpoints.authorization,
        client.id,
        "code",
        redirect_uri=client.redirect,
        scope=SCOPE,
        state=trip.state,
        nonce=trip.nonce,
        code_challenge=create_s256_code_challenge(trip.verifier),
        code_challenge_method="S256",
        prompt="login" if fresh else None,
        max_age="0" if fresh else None,
    )


def end_session_address(endpoints: Endpoints, client: Client, back: str) -> str | None:
    """Where a browser signs out of the provider too, and comes back from; nowhere where it offers none."""
    from authlib.common.urls import add_params_to_uri

    if endpoints.end_session is None:
        return None
    return add_params_to_uri(endpoints.end_session, [("client_id", client.id), ("post_logout_redirect_uri", back)])


def check_answer(answer: Mapping[str, str], endpoints: Endpoints, client: Client, trip: Trip) -> str:
    """The code that the browser brought back. Raises Untrusted, with `refused` where the provider let nobody in."""
    if not hmac.compare_digest(answer.get("state", "").encode(), trip.state.encode()):
        raise Untrusted("state")
    said = answer.get("iss")
    if said != client.issuer and (said is not None or endpoints.names_issuer):
        raise Untrusted("answer_issuer")
    if "error" in answer:
        raise Untrusted("refused")
    code = answer.get("code", "")
    if not 0 < len(code) <= LONGEST_TOKEN:
        raise Untrusted("code")
    return code


def check_id_token(
    answer: Mapping[str, Any], keys: Collection[Key], client: Client, trip: Trip, *, now: int, since: int | None = None
) -> Claims:
    """Who has signed in there, by the answer to the code. `since`: not before then. Raises Untrusted, UnknownKey."""
    from authlib.oidc.core import CodeIDToken
    from joserfc.errors import JoseError

    header, said = _signed(answer.get("id_token"), keys)
    token = CodeIDToken(
        said,
        header,
        {"iss": {"essential": True, "value": client.issuer}, "aud": {"essential": True, "value": client.id}},
        {"nonce": trip.nonce, "client_id": client.id, "access_token": answer.get("access_token"), "max_age": since},
    )
    try:
        token.validate(now=now, leeway=LEEWAY)
    except (JoseError, ValueError, TypeError) as fault:
        raise Untrusted(_what(fault)) from None
    shown = said.get("auth_time")
    if since is not None and (not isinstance(shown, int) or not since - LEEWAY <= shown <= now + LEEWAY):
        raise Untrusted("auth_time")
    verified = said.get("email_verified") is True and isinstance(said.get("email"), str)
    told = said.get("amr")
    return Claims(
        issuer=client.issuer,
        subject=_name(said.get("sub"), "sub"),
        email=_name(said["email"], "email") if verified else None,
        sid=None if said.get("sid") is None else _name(said["sid"], "sid"),
        auth_time=shown if isinstance(shown, int) else None,
        methods=frozenset(
            one for one in [*(told if isinstance(told, list) else ()), said.get("acr")] if isinstance(one, str)
        ),
        groups=read_groups(said, client),
    )


def read_groups(said: Mapping[str, Any], client: Client) -> Groups | None:
    """The groups that a token states. Nobody is kept out by them: of what is no list of names nothing follows, and it is told why."""
    if client.groups_claim is None:
        return None
    told = said.get(client.groups_claim)
    if told is None:
        return Groups() if client.groups_may_miss else Groups(fault="missing")
    if not isinstance(told, list) or not all(isinstance(one, str) for one in told):
        return Groups(fault="form")
    if len(told) > MOST_GROUPS:
        return Groups(fault="too_many")
    names = frozenset(one for one in told if 0 < len(one) <= LONGEST_NAME and is_plain(one))
    return Groups(names, odd=len(set(told) - names))


def check_logout_token(token: object, keys: Collection[Key], client: Client, *, now: int) -> Logout:
    """Whose sessions are to end, as OpenID Connect Back-Channel Logout 1.0 asks for it. Raises Untrusted, UnknownKey."""
    from authlib.oauth2.claims import JWTClaims
    from joserfc.errors import JoseError

    header, said = _signed(token, keys)
    if str(header.get("typ", "logout+jwt")).lower() not in ("logout+jwt", "application/logout+jwt", "jwt"):
        raise Untrusted("typ")
    asked: dict[str, dict[str, Any]] = {name: {"essential": True} for name in ("iat", "exp", "jti")}
    asked |= {"iss": {"essential": True, "value": client.issuer}, "aud": {"essential": True, "value": client.id}}
    try:
        JWTClaims(said, header, asked).validate(now=now, leeway=LEEWAY)
    except (JoseError, ValueError, TypeError) as fault:
        raise Untrusted(_what(fault)) from None
    events = said.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT), dict):
        raise Untrusted("events")
    if "nonce" in said:
        # Nobody makes a logout of what somebody signed in with.
        raise Untrusted("nonce")
    subject, sid = (None if said.get(name) is None else _name(said[name], name) for name in ("sub", "sid"))
    if subject is None and sid is None:
        raise Untrusted("sub")
    jti = _name(said["jti"], "jti")
    left = timedelta(seconds=min(max(int(said["exp"]) - now, 0) + 2 * LEEWAY, 86_400))
    hash = hashlib.sha256(json.dumps([client.issuer, jti]).encode()).digest()
    return Logout(issuer=client.issuer, subject=subject, sid=sid, hash=hash, lasts=left)


def _signed(token: object, keys: Collection[Key]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Head and claims of a token whose signature is right, by a key and a way that we choose, not the token."""
    from joserfc import jwt
    from joserfc.errors import JoseError

    if not isinstance(token, str) or len(token) > LONGEST_TOKEN or token.count(".") != 2 or not token.isascii():
        raise Untrusted("form")
    try:
        head = token.partition(".")[0]
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, RecursionError):
        raise Untrusted("form") from None
    algorithm = header.get("alg") if isinstance(header, dict) else None
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise Untrusted("algorithm")
    kid = header.get("kid")
    fitting = [key for key in keys if key.key_type == ALGORITHMS[algorithm] and kid in (None, key.kid)]
    if not fitting:
        raise UnknownKey("key")
    if len(fitting) > 1:
        raise Untrusted("key")
    try:
        read = jwt.decode(token, fitting[0], algorithms=[algorithm])
    except (JoseError, ValueError, TypeError, RecursionError):
        raise Untrusted("signature") from None
    return dict(read.header), dict(read.claims)


def _name(given: object, what: str) -> str:
    if not isinstance(given, str) or not 0 < len(given) <= LONGEST_NAME or not given.isprintable():
        raise Untrusted(what)
    return given


def _what(fault: Exception) -> str:
    """What is wrong, in a word: the claim where one is, else the kind of the fault."""
    claim = getattr(fault, "claim", None)
    return claim if isinstance(claim, str) and claim.isidentifier() else str(getattr(fault, "error", "claims"))


__all__ = [
    "Claims", "Client", "Endpoints", "Groups", "Logout", "Trip", "UnknownKey", "Untrusted", "authorization_address", "check_answer",
    "check_id_token", "check_logout_token", "end_session_address", "read_discovery", "read_document", "read_groups", "read_keys",
]  # fmt: skip
