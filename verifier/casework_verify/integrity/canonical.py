"""The one form in which a value is hashed: RFC 8785, without what two programs could write in two ways."""

from __future__ import annotations

import hashlib
import re
from typing import Any
from unicodedata import is_normalized

import rfc8785

LARGEST, DEEPEST = 2**53 - 1, 32
_HASH = re.compile("[0-9a-f]{64}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_UNUSABLE = re.compile("[\x00\ud800-\udfff]")


class NotCanonical(ValueError):
    """The value has no canonical form."""


def canonical(value: Any) -> bytes:
    """The bytes that are hashed. Raises NotCanonical for floats, numbers beyond 2^53-1, and text with a NUL or not in NFC."""
    _insist(value, DEEPEST)
    return rfc8785.dumps(value)


def digest(value: Any) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def is_hash(value: Any) -> bool:
    """Whether this is written as hashes are: one hash has one spelling."""
    return isinstance(value, str) and _HASH.fullmatch(value) is not None


def is_instant(value: Any) -> bool:
    """Whether this is written as moments are, so that they sort as text."""
    return isinstance(value, str) and _INSTANT.fullmatch(value) is not None


def _insist(value: Any, depth: int) -> None:
    kind = type(value)
    if kind is str:
        if _UNUSABLE.search(value) or not is_normalized("NFC", value):
            raise NotCanonical("a text holds a NUL or half a pair, or is not in Unicode form NFC")
    elif kind is int:
        if not -LARGEST <= value <= LARGEST:
            raise NotCanonical("a number is beyond 2^53-1")
    elif kind is dict or kind is list:
        if depth == 0:
            raise NotCanonical(f"nested deeper than {DEEPEST} levels")
        for item in [*value.keys(), *value.values()] if kind is dict else value:
            _insist(item, depth - 1)
        if kind is dict and any(type(key) is not str for key in value):
            raise NotCanonical("a key is no text")
    elif value is not None and kind is not bool:
        raise NotCanonical(f"{kind.__name__} has no canonical form")
