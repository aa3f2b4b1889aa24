"""Drafts: what a person has typed and not yet sent. A form never loses words; in the database they lie sealed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from casework import reasons
from casework.errors import InvalidForm
from casework.records.database import sealing_of

#: How long a draft is kept, how large it may be, and how many a person has.
KEPT, LARGEST, MOST = timedelta(days=14), 200_000, 50


@dataclass(frozen=True)
class Draft:
    data: Mapping[str, Sequence[str]]
    saved_at: datetime


def save_draft(db: Connection, person: str, form: str, data: Mapping[str, Sequence[str]]) -> None:
    """Keep what was typed, in place of what was kept of this form before."""
    kept = without_nul({name: list(values) for name, values in data.items()})
    if len(form) > 300 or letters_of(kept) > LARGEST or "\x00" in form:
        raise InvalidForm(fields={"form": reasons.fields.TOO_LARGE_TO_KEEP})
    db.execute(
        text(
            "INSERT INTO drafts (person_id, form, data, saved_at) VALUES (CAST(:person AS uuid), :form,"
            " to_jsonb(CAST(:data AS text)), casework_now()) ON CONFLICT (person_id, form) DO UPDATE"
            " SET data = excluded.data, saved_at = excluded.saved_at"
        ),
        {"person": person, "form": form, "data": sealing_of(db).seal(person, kept)},
    )
    db.execute(
        text(
            "DELETE FROM drafts WHERE person_id = CAST(:person AS uuid) AND (saved_at < casework_now() - :kept OR form IN"
            " (SELECT form FROM drafts WHERE person_id = CAST(:person AS uuid) ORDER BY saved_at DESC, form OFFSET :most))"
        ),
        {"person": person, "kept": KEPT, "most": MOST},
    )


def without_nul(typed: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What was typed without the one letter that the database cannot hold."""
    return {name.replace("\0", ""): [value.replace("\0", "") for value in values] for name, values in typed.items()}


def letters_of(typed: Mapping[str, Sequence[str]]) -> int:
    """How many letters there are to keep: of Chinese as many as were typed."""
    return len(json.dumps(typed, ensure_ascii=False))


def find_draft(db: Connection, person: str, form: str) -> Draft | None:
    """What the person typed into this form and has not sent."""
    return find_drafts(db, person, [form]).get(form)


def find_drafts(db: Connection, person: str, forms: Sequence[str]) -> dict[str, Draft]:
    """The same of several forms, by form."""
    rows = db.execute(
        text(
            "SELECT form, data, saved_at FROM drafts WHERE person_id = CAST(:person AS uuid) AND form = ANY(:forms)"
            " AND saved_at > casework_now() - :kept"
        ),
        {"person": person, "forms": list(forms), "kept": KEPT},
    )
    return {row.form: Draft(row.data, row.saved_at) for row in rows}


def drop_draft(db: Connection, person: str, form: str) -> None:
    """Sent, or no longer wanted."""
    db.execute(
        text("DELETE FROM drafts WHERE person_id = CAST(:person AS uuid) AND form = :form"),
        {"person": person, "form": form},
    )
