"""E-mail addresses: one way to write each, wherever one is kept, looked up or counted. Pure."""

from __future__ import annotations

import unicodedata

from casework import reasons
from casework.engine.definition.names import is_plain
from casework.errors import InvalidForm

LONGEST, LONGEST_LOCAL = 254, 64
#: What can be seen nowhere, or turns round what stands beside it: no address has such characters, nor any that no name has.
_UNSEEN = ("C", "Z")


def canonical(address: str) -> str:
    """The one way to write an address: two that differ only in case or in width are the same account.

    The database is given this and compares it as it is: its own idea of upper and lower case is asked of what is
    already canonical, and so changes nothing.
    """
    wide = unicodedata.normalize("NFKC", address.strip())
    return unicodedata.normalize("NFKC", wide.lower())


def is_address(address: str) -> bool:
    """Whether mail can go there and everybody sees what it is."""
    local, _, domain = address.partition("@")
    return (
        0 < len(local) <= LONGEST_LOCAL
        and bool(domain)
        and "@" not in domain
        and len(address) <= LONGEST
        and is_plain(address)
        and not any(unicodedata.category(letter).startswith(_UNSEEN) for letter in address)
    )


def insist_address(address: str) -> str:
    """The address as it is kept. Raises InvalidForm."""
    kept = canonical(address)
    if not is_address(kept):
        raise InvalidForm(fields={"email": reasons.fields.NO_EMAIL})
    return kept


__all__ = ["canonical", "insist_address", "is_address"]
