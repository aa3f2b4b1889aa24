"""What belongs to a case beside its tracks: to whoever reads the whole of it, by name, and of other programmes nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.engine.state.case import Case
from casework.engine.state.case_documents import Consent
from casework.errors import NotFound
from casework.operations.cases.related_records import show_papers
from casework.operations.core.perform import home_of
from casework.records.case_loader import load
from tests.support.world import World, add_match, add_need, add_technology


def case_of(db: Connection, number: str) -> Case:
    return load(db, home_of(db, number), "case")


def open_elsewhere(world: World, db: Connection) -> Case:
    """A case of the other programme."""
    there = world.programmes["SH"]
    need, technology = add_need(db, there, "n-1", None), add_technology(db, there, "t-1", None)
    world.matches.append(add_match(db, world.actor(db, "foreign_officer"), there, need, technology))
    return case_of(db, world.open_case(db, -1, "foreign_officer"))


def test_only_whoever_reads_the_whole_case_is_shown_them(world: World, db: Connection) -> None:
    case = case_of(db, world.open_case(db))
    for who in ("officer", "auditor"):
        assert [right.number for right in show_papers(db, world.actor(db, who), case).rights] == ["CN 1234567 B"]
    for who in ("observer", "provider", "foreign_officer"):
        with pytest.raises(NotFound):
            show_papers(db, world.actor(db, who), case)


def test_what_lies_on_a_right_names_the_cases_that_the_reader_knows(world: World, db: Connection) -> None:
    number = world.open_case(db)
    case, elsewhere = case_of(db, number), open_elsewhere(world, db)

    def lies(kind: str, of: Case, holder: str | None = None, to: str | None = None) -> dict[str, Any]:
        return {"id": kind, "kind": kind, "case": of.log, "holder": holder, "from": "2026-01-05", "to": to}

    burdens = [
        lies("pledge", case, world.organisations["bank"]),
        lies("licence", elsewhere),
        lies("transfer", case, to="2026-02-01"),
    ]
    db.execute(
        text("UPDATE rights SET encumbrances = CAST(:all AS jsonb) WHERE id = CAST(:id AS uuid)"),
        {"all": json.dumps(burdens), "id": world.rights[0]},
    )
    (right,) = show_papers(db, world.actor(db, "officer"), case).rights
    # What has ended lies there no more.
    assert [(one.kind, one.holder, one.case, one.here) for one in right.encumbrances] == [
        ("pledge", "Chaoyang Green Bank", number, True),
        ("licence", None, None, False),
    ]


def test_a_consent_says_by_name_whom_it_lets_see_what(world: World, db: Connection) -> None:
    case = case_of(db, world.open_case(db))
    lab = world.organisations["lab"]
    consents = (
        Consent("some", "need_owner", (lab,), ("erased",), "2026-01-05", None),
        Consent("all", "technology_owner", None, None, "2026-01-06", None),
    )
    told = show_papers(
        db, world.actor(db, "officer"), replace(case, consents={one.id: one for one in consents})
    ).consents
    assert [(one.party, one.providers, one.documents) for one in told] == [
        ("need_owner", ["Haidian Assessment Lab"], [""]),
        ("technology_owner", None, None),
    ]
