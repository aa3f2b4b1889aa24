"""How a person wants the pages to be: language, time zone, theme, and whether single letters do something."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from sqlalchemy import Connection, text

from casework import reasons
from casework.errors import InvalidForm
from casework.operations.core.register_entries import note_entries
from casework.permissions.actors import Actor
from casework.reasons.base import N_

LANGUAGES = ("en", "zh-Hans")
THEMES = ("auto", "light", "dark")
#: Whether single letters do something in the pages, as a form and a client say it.
KEYS = ("true", "false")


@cache
def zones() -> tuple[str, ...]:
    """The time zones to choose from: those of places, in the order of the alphabet."""
    parts = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return (*sorted(zone for zone in available_timezones() if zone.startswith(parts)), "UTC")


def set_preferences(db: Connection, actor: Actor, wanted: Mapping[str, str]) -> None:
    """Keep those of language, zone, theme and keys that are given. Raises InvalidForm for an unknown one."""
    allowed = {"language": LANGUAGES, "zone": zones(), "theme": THEMES, "single_keys": KEYS}
    if faults := {name: reasons.fields.NOT_A_CHOICE for name, value in wanted.items() if value not in allowed[name]}:
        raise InvalidForm(fields=faults)
    for name, value in wanted.items():
        db.execute(
            text(f"UPDATE people SET {name} = :value WHERE id = CAST(:person AS uuid)"),
            {"value": value == "true" if name == "single_keys" else value, "person": actor.person},
        )
    note_entries(
        db,
        "people",
        actor.person,
        [actor.person] if wanted else [],
        kind="preferences_set",
        by=actor.person,
        columns=wanted,
    )


def set_tour_seen(db: Connection, actor: Actor, seen: bool) -> None:
    """Put it away, or have it back. Nobody else relies on it, so that no log says so."""
    db.execute(_SEE_TOUR, {"person": actor.person, "seen": seen})


@dataclass(frozen=True)
class Column:
    """A column of a list: its words, and whether it is there as long as nobody has chosen others."""

    words: str
    usual: bool = False


#: By list its columns besides those that are always there, in their order.
COLUMNS: Mapping[str, Mapping[str, Column]] = {
    "cases": {
        "state": Column(N_("State"), usual=True),
        "step": Column(N_("Step")),
        "due": Column(N_("Next due"), usual=True),
        "waits_for": Column(N_("Waits for"), usual=True),
        "owner": Column(N_("Owner"), usual=True),
        "phase": Column(N_("Phase")),
        "opened": Column(N_("Opened"), usual=True),
        "closed": Column(N_("Closed")),
        "contract_value": Column(N_("Contract value")),
        "technology_value": Column(N_("Of which technology")),
    },
    "queues": {
        "due": Column(N_("Due"), usual=True),
        "opened": Column(N_("Waiting since")),
        "priority": Column(N_("Priority")),
        "queue": Column(N_("Queue"), usual=True),
    },
}


def set_columns(db: Connection, actor: Actor, page: str, columns: Sequence[str] | None) -> None:
    """Keep which columns of a list the actor wants to see, or with None that the usual ones will do."""
    if page not in COLUMNS:
        raise InvalidForm(fields={"list": reasons.fields.NOT_A_CHOICE})
    if columns is not None and not set(columns) <= set(COLUMNS[page]):
        raise InvalidForm(fields={"columns": reasons.fields.NOT_A_CHOICE})
    wanted = None if columns is None else json.dumps([name for name in COLUMNS[page] if name in columns])
    db.execute(_SET_COLUMNS, {"person": actor.person, "page": page, "columns": wanted})


#: Keeps the columns of one list, or forgets them.
_SET_COLUMNS = text("""
    UPDATE people SET list_columns = CASE WHEN CAST(:columns AS jsonb) IS NULL THEN list_columns - CAST(:page AS text)
        ELSE list_columns || jsonb_build_object(CAST(:page AS text), CAST(:columns AS jsonb)) END
    WHERE id = CAST(:person AS uuid)
""")
#: Puts them away, or brings them back.
_SEE_TOUR = text("UPDATE people SET tour_seen = :seen WHERE id = CAST(:person AS uuid)")
