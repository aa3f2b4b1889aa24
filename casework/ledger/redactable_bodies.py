"""Form values under salted hashes: one can be shown or erased alone, and the commitment stays."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from casework.ledger.canonical_json import Json, NotCanonical, canonical, digest, is_hash

# One stored field: {"salt": 32 hex digits, "value": ...}, or {"hash": 64 hex digits} once erased.
Body: TypeAlias = dict[str, dict[str, Json]]

_SALT = re.compile(r"[0-9a-f]{32}")


class Erased(Enum):
    """What stands in place of a value that was erased."""

    ERASED = "erased"

    def __bool__(self) -> bool:
        return False


ERASED: Final = Erased.ERASED
#: What stands in a row, or in a text, where a person was named.
ERASED_WORDS: Final = "[erased]"


class NothingToShow(LookupError):
    """The field is not in this body, or its value was erased."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One field of a body, with what a reader needs to check it and no word of the others."""

    field: str
    salt: str
    value: Json
    others: Mapping[str, str]


def seal(values: Mapping[str, Json], salt: Callable[[], str]) -> Body:
    """The stored form of form values; `salt` gives 32 fresh random hexadecimal digits at each call.

    What has no canonical form is refused when the commitment is made, so that nothing is hashed twice.
    """
    return {field: {"salt": salt(), "value": value} for field, value in values.items()}


def commitment(body: Mapping[str, Json]) -> str:
    """The digest of the map from field to salted hash; raises NotCanonical when the body is malformed."""
    return digest(hashes_of_fields(body))


def hashes_of_fields(body: Mapping[str, Json]) -> dict[str, str]:
    """What the commitment is made of: of each field the hash that stands for it alone. Raises NotCanonical."""
    return {field: _hash_of(field, stored) for field, stored in body.items()}


def erase(body: Mapping[str, Mapping[str, Json]], fields: Iterable[str]) -> Body:
    """The same body with the salts and values of these fields gone; raises KeyError for an unknown field."""
    gone = set(fields)
    if unknown := gone - body.keys():
        raise KeyError(sorted(unknown))
    return {
        field: {"hash": _hash_of(field, stored)} if field in gone else dict(stored) for field, stored in body.items()
    }


def values(body: Mapping[str, Mapping[str, Json]]) -> "dict[str, Json | Erased]":
    """What was filled in, by field, with ERASED where it was erased."""
    return {field: stored.get("value", ERASED) for field, stored in body.items()}


def show(body: Mapping[str, Mapping[str, Json]], field: str) -> Shown:
    """The proof for one field; raises NothingToShow."""
    stored = body.get(field, {})
    salt = stored.get("salt")
    if not isinstance(salt, str):
        raise NothingToShow(field)
    others = {name: _hash_of(name, other) for name, other in body.items() if name != field}
    return Shown(field=field, salt=salt, value=stored["value"], others=others)


def check_shown(shown: Shown, promised: str) -> bool:
    """Whether the shown field belongs to the body with this commitment."""
    if shown.field in shown.others:
        return False
    body: Body = {field: {"hash": known} for field, known in shown.others.items()}
    body[shown.field] = {"salt": shown.salt, "value": shown.value}
    try:
        return commitment(body) == promised
    except NotCanonical:
        return False


def _hash_of(field: str, stored: object) -> str:
    # One spelling only: a second way to store the same field would be a change that nobody finds. Nearly every field is a plain
    # salted value, which one look tells.
    if type(stored) is not dict or len(stored) != 2 or "salt" not in stored or "value" not in stored:
        if not isinstance(stored, Mapping):
            raise NotCanonical("not a stored field", f".{field}")
        if stored.keys() == {"hash"}:
            known = stored["hash"]
            if not isinstance(known, str) or not is_hash(known):
                raise NotCanonical("not 64 lower-case hexadecimal digits", f".{field}.hash")
            return known
        if stored.keys() != {"salt", "value"}:
            raise NotCanonical("neither a salted value nor an erased one", f".{field}")
    salt = stored["salt"]
    if not isinstance(salt, str) or _SALT.fullmatch(salt) is None:
        raise NotCanonical("not 32 lower-case hexadecimal digits", f".{field}.salt")
    try:
        return hashlib.sha256(bytes.fromhex(salt) + canonical(stored["value"])).hexdigest()
    except NotCanonical as refusal:
        raise refusal.inside(f".{field}.value") from None
