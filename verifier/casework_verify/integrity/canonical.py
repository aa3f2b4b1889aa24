"""The one form in which a value is hashed: RFC 8785, without what two programs could write in two ways."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any
from unicodedata import is_normalized

import rfc8785

LARGEST, DEEPEST = 2**53 - 1, 32
_HASH = re.compile("[0-9a-f]{64}")
_UNUSABLE = re.compile("[\x00\ud800-\udfff]")
#: Writes what RFC 8785 asks for, and soon, but for the order of keys where one has a letter from U+E000 on.
_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
_OTHER_ORDER = re.compile("[\ue000-\U0010ffff]")


class NotCanonical(ValueError):
    """The value has no canonical form."""


def canonical(value: Any) -> bytes:
    """The bytes that are hashed. Raises NotCanonical for floats, numbers beyond 2^53-1, and text with a NUL or not in NFC."""
    try:
        text = _write(value)
    except (TypeError, ValueError, RecursionError):
        text = "\\u0000"
    # Every part of a text in NFC is in NFC: what holds of the whole need not be looked for in each.
    ok = "\\u0000" not in text and (text.isascii() or not _UNUSABLE.search(text) and is_normalized("NFC", text))
    keys: list[Any] = []
    _insist(value, DEEPEST, keys, each_text=not ok)
    if any(type(key) is not str for key in keys):
        raise NotCanonical("a key is no text")
    return text.encode() if ok and not _OTHER_ORDER.search("".join(keys)) else rfc8785.dumps(value)


def digest(value: Any) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def is_hash(value: Any) -> bool:
    """Whether this is written as hashes are: one hash has one spelling."""
    return isinstance(value, str) and _HASH.fullmatch(value) is not None


def _insist(value: Any, depth: int, keys: list[Any], *, each_text: bool) -> None:
    kind = type(value)
    if kind is str:
        if each_text and (_UNUSABLE.search(value) or not is_normalized("NFC", value)):
            raise NotCanonical("a text holds a NUL or half a pair, or is not in Unicode form NFC")
    elif kind is int:
        if not -LARGEST <= value <= LARGEST:
            raise NotCanonical("a number is beyond 2^53-1")
    elif kind is dict or kind is list:
        if depth == 0:
            raise NotCanonical(f"nested deeper than {DEEPEST} levels")
        keys += value if kind is dict else ()
        for item in value if kind is list else [*value, *value.values()]:
            if each_text or type(item) is not str:
                _insist(item, depth - 1, keys, each_text=each_text)
    elif value is not None and kind is not bool:
        raise NotCanonical("a value is neither a text, a whole number, a list nor an object")
