"""What the pages share that are read without an account: who reads is nobody, in the language that the address asks for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import g, request, url_for

from casework.web.shell.layout import LOCALES

_NAMES = {"en": "English", "zh-Hans": "简体中文"}


def read_as_nobody() -> None:
    """Whoever reads is nobody here, in the language that the address asks for."""
    g._person = None
    # Whoever counted this request has perhaps asked who it is of.
    g.pop("_login_user", None)
    g.asked_language = request.args.get("language")


def public_url(endpoint: str, **values: Any) -> str:
    """An address of these pages, in the language that this one was asked for in."""
    if g.asked_language in LOCALES:
        values["language"] = g.asked_language
    return url_for(endpoint, **values)


def languages_of(asked: Collection[str] = ()) -> list[tuple[str, str, str]]:
    """This page in each language: its code, its name, and the address, with what is `asked` for in it."""
    here = {name: value for name, value in request.args.items() if name in asked}
    at = {**(request.view_args or {}), **here}
    return [(code, _NAMES[code], url_for(request.endpoint or "", **{**at, "language": code})) for code in LOCALES]


__all__ = ["languages_of", "public_url", "read_as_nobody"]
