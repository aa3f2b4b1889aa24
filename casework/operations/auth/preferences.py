"""How a person wants the pages to be: language, time zone, theme, and whether single letters do something."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from zoneinfo import available_timezones

from sqlalchemy import Connection, text

from casework import reasons
from casework.errors import InvalidForm
from casework.operations.core.register_entries import note_entries
from casework.permissions.actors import Actor

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


#: Puts them away, or brings them back.
_SEE_TOUR = text("UPDATE people SET tour_seen = :seen WHERE id = CAST(:person AS uuid)")
