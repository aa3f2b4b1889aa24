"""What a provider of sign-in says, read strictly: each way to lie is refused by the word for it."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from casework.engine.definition.names import is_plain
from casework.operations.auth import openid
from casework.operations.auth.openid import LOGOUT, Client, Endpoints, Groups, Trip, UnknownKey, Untrusted

ISSUER, NOW = "https://id.example.org/realms/office", 1_800_000_000
CLIENT = Client(ISSUER, "casework", "https://casework.example.org/sign-in/provider/callback")
TRIP = Trip("s" * 43)
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}, private=True)
OTHER = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}, private=True)
KEYS = openid.read_keys(json.dumps({"keys": [KEY.as_dict(private=False)]}).encode())
HOME = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/auth",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/keys",
}
CLAIMS = {
    "iss": ISSUER, "sub": "one", "aud": "casework", "exp": NOW + 300, "iat": NOW, "nonce": TRIP.nonce, "email": "a@example.org",
    "email_verified": True, "auth_time": NOW, "amr": ["pwd", "otp"], "acr": "2", "sid": "s",
}  # fmt: skip


def signed(claims: dict[str, Any], header: dict[str, Any] | None = None, key: Any = KEY) -> str:
    return jwt.encode(
        {"alg": "RS256", "kid": "one"} | (header or {}), claims, key, algorithms=["RS256", "HS256", "ES256"]
    )


def check(token: object, *, since: int | None = None, **more: Any) -> openid.Claims:
    return openid.check_id_token({"id_token": token, **more}, KEYS, CLIENT, TRIP, now=NOW, since=since)


def plain(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(Untrusted) as caught:
        call()
    return caught.value.what


def test_a_whole_token_says_who_it_is() -> None:
    claims = check(signed(CLAIMS))
    assert (claims.subject, claims.email, claims.sid, claims.auth_time) == ("one", "a@example.org", "s", NOW)
    assert claims.methods == {"pwd", "otp", "2"}
    for doubt in ({"email_verified": "true"}, {"email_verified": False}, {"email": 7}):
        assert check(signed(CLAIMS | doubt)).email is None


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "wrong issuer": ({"iss": "https://evil.example"}, "iss"),
    "wrong audience": ({"aud": "another"}, "aud"),
    "for many, from another": ({"aud": ["casework", "another"], "azp": "another"}, "azp"),
    "for many, from nobody": ({"aud": ["casework", "another"]}, "azp"),
    "wrong nonce": ({"nonce": Trip("t" * 43).nonce}, "nonce"),
    "expired": ({"exp": NOW - 61}, "exp"),
    "of tomorrow": ({"iat": NOW + 86_400}, "iat"),
    "not yet": ({"nbf": NOW + 86_400}, "nbf"),
    "no subject": ({"sub": ""}, "sub"),
    "subject a number": ({"sub": 7}, "sub"),
    "subject too long": ({"sub": "x" * 256}, "sub"),
    "another access token": ({"at_hash": "x"}, "at_hash"),
}


@pytest.mark.parametrize("how", sorted(WRONG))
def test_a_signed_token_that_does_not_fit_is_refused(how: str) -> None:
    change, _ = WRONG[how]
    refused(lambda: check(signed(CLAIMS | change), access_token="token"))


@pytest.mark.parametrize("name", ["aud", "exp", "iat", "iss", "nonce", "sub"])
def test_nothing_that_it_must_say_is_left_out(name: str) -> None:
    refused(lambda: check(signed({key: value for key, value in CLAIMS.items() if key != name})))


def test_what_signs_it_is_ours_to_choose() -> None:
    head = plain(b'{"alg":"none"}')
    body = signed(CLAIMS).split(".")[1]
    assert refused(lambda: check(f"{head}.{body}.")) == "algorithm"
    # The public key, taken for a secret that both know.
    said = f"{plain(json.dumps({'alg': 'HS256', 'kid': 'one'}).encode())}.{body}"
    by_secret = plain(hmac.digest(KEY.as_pem(private=False), said.encode(), "sha256"))
    assert refused(lambda: check(f"{said}.{by_secret}")) == "algorithm"
    assert refused(lambda: check(signed(CLAIMS, key=OTHER))) == "signature"
    elliptic = ECKey.generate_key("P-256", {"kid": "one"}, private=True)
    assert refused(lambda: check(signed(CLAIMS, {"alg": "ES256"}, elliptic))) == "key"
    with pytest.raises(UnknownKey):
        check(signed(CLAIMS, {"kid": "two"}))
    # A key that comes along in the token itself is nobody's.
    assert refused(lambda: check(signed(CLAIMS, {"jwk": OTHER.as_dict(private=False)}, OTHER))) == "signature"


@given(
    st.one_of(
        st.text(max_size=60), st.none(), st.integers(), st.binary(max_size=30).map(lambda raw: raw.hex() + ".e30.x")
    )
)
def test_whatever_comes_in_place_of_a_token_is_refused_in_one_way(token: object) -> None:
    refused(lambda: check(token))


def test_a_fresh_proof_is_of_after_it_was_asked_for() -> None:
    assert check(signed(CLAIMS), since=NOW - 5).auth_time == NOW
    for shown in (NOW - 3_600, NOW + 3_600, None, "now", True):
        refused(partial(check, signed(CLAIMS | {"auth_time": shown}), since=NOW - 5))


# --- discovery, and the way there --------------------------------------------------------------------------------------


NAMES = st.text(max_size=300)


@given(
    st.none()
    | st.booleans()
    | st.integers()
    | NAMES
    | st.lists(NAMES | st.integers(), max_size=8)
    | st.dictionaries(NAMES, NAMES, max_size=3)
    | st.just(["a"] * 600),
    st.booleans(),
)
def test_of_groups_that_are_no_list_of_names_nothing_follows_and_it_is_said_why(told: Any, may_miss: bool) -> None:
    client = replace(CLIENT, groups_claim="groups", groups_may_miss=may_miss)
    read = openid.read_groups({"groups": told}, client)
    assert read is not None
    assert read.fault in (None, "missing", "form", "too_many")
    assert not (read.fault and read.names)
    assert all(0 < len(name) <= 255 and is_plain(name) for name in read.names)
    if told is None:
        assert read == (Groups() if may_miss else Groups(fault="missing"))
    elif read.fault is None:
        assert read.names <= set(told)
        assert read.odd == len(set(told) - read.names)
    assert openid.read_groups({"groups": told}, CLIENT) is None


def test_a_name_that_hides_letters_is_passed_over_and_counted() -> None:
    client = replace(CLIENT, groups_claim="https://id.example/groups")
    told = ["office", "office\u202e", "", "x" * 256, "办公室", "office"]
    read = openid.read_groups({"https://id.example/groups": told}, client)
    assert read == Groups(frozenset({"office", "办公室"}), odd=3)
    assert openid.read_groups({"_claim_names": {"groups": "src1"}}, client) == Groups(fault="missing")


def discover(**more: Any) -> Endpoints:
    return openid.read_discovery(json.dumps(HOME | more).encode(), ISSUER)


def test_everything_lies_where_the_issuer_lies() -> None:
    assert discover(end_session_endpoint=f"{ISSUER}/end").end_session == f"{ISSUER}/end"
    for elsewhere in (
        "https://evil.example/x",
        "http://id.example.org/x",
        "https://id.example.org:8443/x",
        "https://id.example.org@evil.example/",
        "//evil.example",
        "javascript:alert(1)",
        "https://id.example.org/a b",
        7,
        None,
    ):
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            assert refused(partial(discover, **{name: elsewhere})) == "discovery_address"
    assert refused(lambda: discover(issuer=f"{ISSUER}/")) == "discovery_issuer"
    assert refused(lambda: discover(code_challenge_methods_supported=["plain"])) == "discovery_pkce"
    assert refused(lambda: openid.read_discovery(b"[" * 100_000, ISSUER)) == "document"


def test_the_way_there_says_all_that_binds_it() -> None:
    query = parse_qs(urlsplit(openid.authorization_address(discover(), CLIENT, TRIP, fresh=True)).query)
    assert query["code_challenge"] == [create_s256_code_challenge(TRIP.verifier)]
    assert (query["state"], query["nonce"], query["redirect_uri"]) == ([TRIP.state], [TRIP.nonce], [CLIENT.redirect])
    assert (query["max_age"], query["prompt"], query["response_type"]) == (["0"], ["login"], ["code"])
    assert len({TRIP.state, TRIP.nonce, TRIP.verifier, TRIP.secret}) == 4


def test_an_answer_is_the_one_that_was_waited_for() -> None:
    home, told = discover(), discover(authorization_response_iss_parameter_supported=True)
    good = {"state": TRIP.state, "code": "c"}
    assert openid.check_answer(good, home, CLIENT, TRIP) == "c"
    assert openid.check_answer(good | {"iss": ISSUER}, told, CLIENT, TRIP) == "c"
    assert refused(lambda: openid.check_answer(good, told, CLIENT, TRIP)) == "answer_issuer"
    assert (
        refused(lambda: openid.check_answer(good | {"iss": "https://evil.example"}, home, CLIENT, TRIP))
        == "answer_issuer"
    )
    assert refused(lambda: openid.check_answer(good | {"state": "\u4e2d"}, home, CLIENT, TRIP)) == "state"
    assert refused(lambda: openid.check_answer(good | {"error": "access_denied"}, home, CLIENT, TRIP)) == "refused"
    assert refused(lambda: openid.check_answer({"state": TRIP.state}, home, CLIENT, TRIP)) == "code"


def test_of_keys_those_that_sign_are_taken() -> None:
    more = [{"kty": "oct", "k": "c2VjcmV0"}, {"kty": "RSA"}, 7, KEY.as_dict(private=False) | {"use": "enc"}]
    assert len(openid.read_keys(json.dumps({"keys": [KEY.as_dict(private=False), *more]}).encode())) == 1
    assert refused(lambda: openid.read_keys(b'{"keys": 1}')) == "keys"


def test_a_logout_is_one_and_says_whose() -> None:
    good = {
        "iss": ISSUER,
        "aud": "casework",
        "iat": NOW,
        "exp": NOW + 60,
        "jti": "j",
        "sub": "one",
        "events": {LOGOUT: {}},
    }

    def read(change: dict[str, Any], header: dict[str, Any] | None = None) -> openid.Logout:
        said = {name: value for name, value in (good | change).items() if value is not None}
        return openid.check_logout_token(signed(said, header), KEYS, CLIENT, now=NOW)

    assert (read({}).subject, read({"sub": None, "sid": "s"}).sid) == ("one", "s")
    assert read({}).hash != read({"jti": "k"}).hash
    changes: list[dict[str, Any]] = [
        {"nonce": "n"},
        {"events": {}},
        {"events": {LOGOUT: 1}},
        {"sub": None},
        {"exp": NOW - 100},
        {"aud": "x"},
        {"iss": "x"},
        {"jti": ""},
    ]
    for change in changes:
        refused(partial(read, change))
    assert refused(lambda: read({}, {"typ": "at+jwt"})) == "typ"
    # What somebody signed in with signs nobody out.
    assert refused(lambda: openid.check_logout_token(signed(CLAIMS | {"jti": "j"}), KEYS, CLIENT, now=NOW)) == "events"
