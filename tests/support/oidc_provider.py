"""A provider of OpenID Connect, real but for its people: Authlib's server behind HTTP on this machine, with discovery, keys that change,
codes with PKCE, ID tokens, and logout by both ways. What it says can be bent, as a hostile one would."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationCodeGrant, ClientMixin, OAuth2Request
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import AuthorizationCodeMixin, OpenIDCode, UserInfo
from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server
from werkzeug.wrappers import Response as BaseResponse

CLIENT, SECRET = "casework", "a secret of: the client"
REDIRECT = "https://casework.test/sign-in/provider/callback"
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass
class User:
    """Whoever is signed in there, in the one browser there is."""

    sub: str
    email: str = "somebody@example.org"
    email_verified: bool = True
    amr: tuple[str, ...] = ("pwd",)
    auth_time: int = 0
    sid: str = "there-1"
    #: Further claims, such as groups.
    more: dict[str, Any] = field(default_factory=dict)


@dataclass
class _Client(ClientMixin):
    redirect: str
    id_token_signed_response_alg = "RS256"

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.redirect

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class _Code(AuthorizationCodeMixin):
    code: str
    user: User
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.user.auth_time

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> list[str]:
        return list(self.user.amr)


def _new_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"}, private=True)


@dataclass
class OidcProvider:
    """The running provider, and what it does."""

    issuer: str = ""
    user: User | None = None
    keys: list[RSAKey] = field(default_factory=list)
    #: What it changes in its answers, by the path; what it waits.
    bent: dict[str, Callable[[Any], Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    codes: dict[str, _Code] = field(default_factory=dict)
    nonces: set[str] = field(default_factory=set)
    #: Where its one client has people sent back to.
    redirect: str = REDIRECT

    def rotate(self) -> None:
        """From now on it signs with another key."""
        self.keys = [_new_key(f"key-{len(self.asked)}-{time.monotonic_ns()}")]

    def visit(self, address: str) -> str:
        """What a browser does there: gives where it is sent back to."""
        return str(requests.get(address, allow_redirects=False, timeout=10).headers["Location"])

    def sign(self, claims: dict[str, Any], header: dict[str, Any] | None = None) -> str:
        key = self.keys[-1]
        return jwt.encode({"alg": "RS256", "kid": key.kid, **(header or {})}, claims, key)

    def logout_token(self, **claims: Any) -> str:
        now = int(time.time())
        told = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 120,
            "jti": f"j{time.monotonic_ns()}",
            "events": {LOGOUT: {}},
        }
        return self.sign({**told, **claims}, {"typ": "logout+jwt"})


def _extensions(provider: OidcProvider) -> tuple[type[AuthorizationCodeGrant], OpenIDCode]:
    """Authlib's own grant and tokens, on what this provider keeps."""

    class Grant(AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]

        def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
            sent = request.payload.data
            provider.codes[code] = _Code(
                code,
                request.user,
                sent["redirect_uri"],
                sent["scope"],
                sent.get("nonce"),
                sent.get("code_challenge"),
                sent.get("code_challenge_method"),
            )

        def query_authorization_code(self, code: str, client: Any) -> _Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code: _Code) -> None:
            del provider.codes[authorization_code.code]

        def authenticate_user(self, authorization_code: _Code) -> User:
            return authorization_code.user

    class Tokens(OpenIDCode):
        def exists_nonce(self, nonce: str, request: OAuth2Request) -> bool:
            known = nonce in provider.nonces
            provider.nonces.add(nonce)
            return known and request.payload.data.get("grant_type") is None and nonce == ""

        def resolve_client_private_key(self, client: Any) -> RSAKey:
            return provider.keys[-1]

        def get_client_claims(self, client: Any) -> dict[str, Any]:
            return {"iss": provider.issuer, "aud": [CLIENT]}

        def get_encode_header(self, client: Any) -> dict[str, Any]:
            return {"alg": "RS256", "kid": provider.keys[-1].kid}

        def generate_user_info(self, user: User, scope: str) -> UserInfo:
            return UserInfo(
                sub=user.sub, email=user.email, email_verified=user.email_verified, sid=user.sid, **user.more
            )

    return Grant, Tokens(require_nonce=True)


def _serve(provider: OidcProvider) -> Flask:
    app = Flask("provider")
    server = AuthorizationServer(
        app, lambda id: _Client(provider.redirect) if id == CLIENT else None, lambda token, asked: None
    )
    grant, tokens = _extensions(provider)
    server.register_grant(grant, [tokens, CodeChallenge(required=True)])
    _bend(app, provider)
    _publish(app, provider)
    _let_in(app, provider, server)
    return app


def _bend(app: Flask, provider: OidcProvider) -> None:
    @app.before_request
    def _note() -> None:
        provider.asked.append(request.path)

    @app.after_request
    def _changed(response: Response) -> Response:
        bend = provider.bent.get(request.path)
        if bend is None:
            return response
        bent = bend(response.get_json(silent=True))
        return bent if isinstance(bent, Response) else jsonify(bent)


def _publish(app: Flask, provider: OidcProvider) -> None:
    @app.get("/.well-known/openid-configuration")
    def discover() -> Response:
        at = provider.issuer
        return jsonify(
            issuer=at,
            authorization_endpoint=f"{at}/authorize",
            token_endpoint=f"{at}/token",
            jwks_uri=f"{at}/keys",
            end_session_endpoint=f"{at}/end",
            response_types_supported=["code"],
            subject_types_supported=["public"],
            id_token_signing_alg_values_supported=["RS256"],
            code_challenge_methods_supported=["S256"],
            token_endpoint_auth_methods_supported=["client_secret_basic"],
            backchannel_logout_supported=True,
            backchannel_logout_session_supported=True,
        )

    @app.get("/keys")
    def keys() -> Response:
        return jsonify(keys=[key.as_dict(private=False) for key in provider.keys])


def _let_in(app: Flask, provider: OidcProvider, server: AuthorizationServer) -> None:
    @app.get("/authorize")
    def authorize() -> Response:
        user = provider.user
        try:
            grant = server.get_consent_grant(end_user=user)
        except OAuth2Error as fault:
            return jsonify(error=fault.error)
        if user is not None and (request.args.get("prompt") == "login" or not user.auth_time):
            # Whoever is asked again shows it now.
            user.auth_time = int(time.time())
        return server.create_authorization_response(grant_user=user, grant=grant)

    @app.post("/token")
    def token() -> Response:
        return server.create_token_response()

    @app.get("/end")
    def end() -> BaseResponse:
        provider.user = None
        return redirect(request.args["post_logout_redirect_uri"], 303)


@contextmanager
def running_provider(tls: ssl.SSLContext | None = None) -> Iterator[OidcProvider]:
    """It answers while the block runs; by TLS as `localhost`."""
    provider = OidcProvider()
    provider.rotate()
    server = make_server("127.0.0.1", 0, _serve(provider), threaded=True, ssl_context=tls)
    provider.issuer = f"https://localhost:{server.server_port}" if tls else f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
