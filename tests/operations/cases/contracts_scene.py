"""Agreements as rows, for tests of what is read of them: each as its track would stand."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.operations.core.perform import home_of

#: By way of signing what comes before it.
AT, LATER = "2026-03-02T09:00:00.000000Z", "2026-03-09T09:00:00.000000Z"


def money(amount: str, currency: str = "CNY") -> dict[str, str]:
    return {"amount": amount, "currency": currency}


def action(at: str = AT, **data: Any) -> dict[str, Any]:
    return {"count": 1, "at": at, "actor": None, "acting_for": None, "data": data}


def signed(value: str | None, *, currency: str = "CNY", on: str = "2026-03-01", **more: Any) -> dict[str, Any]:
    """What a signing says; without a value why there is none."""
    said = {"kind": "purchase", "price_form": "fixed", "executed_on": on, "payments": [{"part": "whole"}]}
    if value is None:
        return said | {"price_form": "none", "no_price": "free"} | more
    return said | {"contract_value": money(value, currency), "technology_value": money("0", currency)} | more


def add_agreement(
    db: Connection, number: str, fired: dict[str, Any], state: str = "in_force", *, replaced: bool = False
) -> None:
    """Put an agreement beside the main track of a case."""
    edition = load_library().latest("agreement")
    assert edition is not None
    given = {
        "log": home_of(db, number),
        "edition": edition.fingerprint,
        "state": state,
        "fired": json.dumps(fired),
        "ended": edition.states[state].final,
        "replaced": replaced,
    }
    db.execute(_ADD, given)


_ADD = text("""
    INSERT INTO tracks (id, log_id, programme_id, sealed, workflow, edition, kind, states, entered_at, opened_at, position, revision,
        ended_at, replaced, came_from, fired, given, barred, part, played)
    SELECT gen_random_uuid(), t.log_id, t.programme_id, t.sealed, 'agreement', :edition, 'agreement', ARRAY[CAST(:state AS text)],
        t.entered_at, t.opened_at, (SELECT max(position) + 1 FROM tracks WHERE log_id = t.log_id), 0,
        CASE WHEN :ended THEN t.opened_at END, :replaced, '{}', CAST(:fired AS jsonb), '{}', '{}', '', '{}'
    FROM tracks t WHERE t.log_id = CAST(:log AS uuid) AND t.part = 'main'
""")
