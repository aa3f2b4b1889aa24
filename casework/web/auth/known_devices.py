"""Devices from which somebody has signed in: a signed cookie that opens nothing, and by which guessing is counted apart.

Strangers who guess at an account, or from the same network, so never keep out a person at a device of theirs. Who steals
such a cookie can guess no faster by it than the account allows.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import Response, current_app, g, request
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import Connection

from casework.api.protocol.requests import client_address, network_of
from casework.operations.auth.throttling import KNOWN, account_hash, know_source
from casework.web.shell.session import cookie_named

#: Of so many accounts one device keeps that it knows them; the eldest is forgotten.
MOST, COOKIE = 10, "device"


@dataclass(frozen=True)
class Device:
    """A device, and for what it is known: in short, the hashes of what is counted."""

    id: str
    accounts: tuple[str, ...] = ()


def source(account: str) -> str:
    """By what a try at this account is counted: a device that has signed in to it, else the network that it comes from."""
    # For the security log: whose door it was, and not what was typed.
    g.tried_account = _label(account)
    device = _device()
    return _source_of(device) if device and _label(account) in device.accounts else network_of(client_address(request))


def remember(db: Connection, account: str) -> Device:
    """Note that this account was signed in to from this device; `keep` gives it the cookie."""
    device, label = _device() or Device(secrets.token_urlsafe(16)), _label(account)
    if label not in device.accounts:
        know_source(db, account, _source_of(device))
    return Device(device.id, (label, *(account for account in device.accounts if account != label))[:MOST])


def keep(response: Response, device: Device) -> Response:
    response.set_cookie(
        cookie_named(COOKIE),
        _signer().dumps([device.id, *device.accounts]),
        max_age=int(KNOWN.total_seconds()),
        path="/",
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response


def _device() -> Device | None:
    try:
        id, *accounts = _signer().loads(
            request.cookies.get(cookie_named(COOKIE), ""), max_age=int(KNOWN.total_seconds())
        )
    except BadData:
        return None
    return Device(id, tuple(accounts))


def _signer() -> URLSafeTimedSerializer:
    # The library signs with the last key, and reads with each.
    keys = [*reversed(current_app.config["SECRET_KEY_FALLBACKS"] or ()), current_app.config["SECRET_KEY"]]
    return URLSafeTimedSerializer(keys, salt="casework.device")


def _source_of(device: Device) -> str:
    return f"device {device.id}"


def _label(account: str) -> str:
    return account_hash(account).hex()[:20]


__all__ = ["Device", "keep", "remember", "source"]
