"""Pages of a list: a cursor names the row after which the next page starts, so that nothing is skipped or shown twice."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from casework import reasons
from casework.errors import InvalidForm
from casework.json_values import JsonObject
from casework.ledger.canonical_json import instant

Item = TypeVar("Item")

#: Rows on a page of a list, and the most that may be asked for.
PAGE, MOST = 25, 100
#: Before every id: where whoever goes through all rows by their ids begins.
FIRST_ID = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, kw_only=True, slots=True)
class Page(Generic[Item]):
    """A part of a list."""

    items: list[Item]
    #: The cursor of the part after it; None where there is none.
    next: str | None = None


def to_cursor(*keys: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps([_plain(key) for key in keys]).encode()).decode().rstrip("=")


def from_cursor(cursor: str | None, count: int) -> list[Any] | None:
    """The keys of the row after which a page starts. Raises InvalidForm for what we have not given out."""
    if not cursor:
        return None
    try:
        keys = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, UnicodeDecodeError, RecursionError):
        raise InvalidForm(fields={"cursor": reasons.fields.NOT_OURS}) from None
    if (
        not isinstance(keys, list)
        or len(keys) != count
        # A truth value is an int to Python, and none to the database.
        or not all(isinstance(key, (str, int, type(None))) and not isinstance(key, bool) for key in keys)
    ):
        raise InvalidForm(fields={"cursor": reasons.fields.NOT_OURS})
    return keys


def _plain(key: Any) -> Any:
    return instant(key) if isinstance(key, datetime) else key


def page(rows: Sequence[Any], limit: int, key: Any) -> tuple[Sequence[Any], str | None]:
    """The rows of a page and the cursor of the next, from one row more than the page holds."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], to_cursor(*key(rows[limit - 1]))


def insist_limit(limit: int | None) -> int:
    if limit is None:
        return PAGE
    if not 1 <= limit <= MOST:
        raise InvalidForm(fields={"limit": reasons.fields.BETWEEN(least=1, most=MOST)})
    return limit


def newest_after(cursor: str | None, table: str = "") -> tuple[str, JsonObject]:
    """Of a list by made_at and id, the newest first: the condition in a statement that a page starts after a cursor, and its values."""
    if (keys := from_cursor(cursor, 2)) is None:
        return "", {}
    values: JsonObject = {"at": cursor_time(keys[0]), "after": cursor_id(keys[1])}
    return f" AND ({table}made_at, {table}id) < (:at, CAST(:after AS uuid))", values


def cursor_time(key: Any) -> datetime:
    try:
        return datetime.fromisoformat(key)
    except (TypeError, ValueError):
        raise InvalidForm(fields={"cursor": reasons.fields.NOT_OURS}) from None


def cursor_count(key: Any) -> int:
    if not isinstance(key, int) or not 0 <= key < 2**53:
        raise InvalidForm(fields={"cursor": reasons.fields.NOT_OURS})
    return key


def cursor_id(key: Any) -> str:
    try:
        return str(UUID(key))
    except (TypeError, ValueError, AttributeError):
        raise InvalidForm(fields={"cursor": reasons.fields.NOT_OURS}) from None
