"""Addresses that a page may send the reader to: our own only."""

from __future__ import annotations

from urllib.parse import urlsplit


def local_path(given: str | None) -> str | None:
    """The path if it is one of this site, else nothing: no other host, no scheme, nothing that a browser mends."""
    if not given or len(given) > 2000 or not given.startswith("/") or given.startswith("//"):
        return None
    if any(letter == "\\" or not letter.isprintable() or letter.isspace() for letter in given):
        return None
    parts = urlsplit(given)
    return None if parts.scheme or parts.netloc else given
