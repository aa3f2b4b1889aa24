"""How people want to be told: at once, in the digest or not by mail, for each kind of notice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.analysis.notification_rules import AT_ONCE, EMERGENCY, KINDS, OVERDUE, READERS, STOP
from casework.errors import InvalidForm
from casework.operations.core.register_entries import note_entries
from casework.permissions.actors import Actor

NOW, DIGEST, NONE = "at_once", "digest", "none"


def allowed(kind: str) -> tuple[str, ...]:
    """What one may choose for a kind, the usual way first. What is overdue, stops or was opened is never held back."""
    if kind in (OVERDUE, STOP, READERS, EMERGENCY):
        return (NOW,)
    return (NOW, DIGEST) if kind in AT_ONCE else (DIGEST, NOW, NONE)


def choice_of(kind: str, choices: Mapping[str, str]) -> str:
    """What a person gets, as chosen where that is allowed."""
    chosen = choices.get(kind)
    return chosen if chosen in allowed(kind) else allowed(kind)[0]


@dataclass(frozen=True)
class Telling:
    """How one person wants to be told."""

    choices: Mapping[str, str]
    quiet: bool


def find_telling(db: Connection, actor: Actor) -> Telling:
    """How the actor wants to be told; every kind has a choice."""
    row = db.execute(
        text("SELECT choices, quiet FROM notification_preferences WHERE person_id = CAST(:person AS uuid)"),
        {"person": actor.person},
    ).one_or_none()
    kept = row.choices if row else {}
    return Telling({kind: choice_of(kind, kept) for kind in KINDS}, bool(row and row.quiet))


def set_telling(db: Connection, actor: Actor, choices: Mapping[str, str], *, quiet: bool) -> None:
    """Keep how the actor wants to be told; kinds that are not named stay as usual. Raises InvalidForm."""
    faults = {
        kind: reasons.fields.NOT_A_CHOICE
        for kind, chosen in choices.items()
        if kind not in KINDS or chosen not in allowed(kind)
    }
    if faults:
        raise InvalidForm(fields=faults)
    db.execute(
        text(
            "INSERT INTO notification_preferences (person_id, choices, quiet) VALUES (:person, CAST(:choices AS jsonb), :quiet)"
            " ON CONFLICT (person_id) DO UPDATE SET choices = excluded.choices, quiet = excluded.quiet"
        ),
        {"person": actor.person, "choices": json.dumps(dict(choices)), "quiet": quiet},
    )
    note_entries(db, "notification_preferences", actor.person, [actor.person], kind="telling_set", by=actor.person)
