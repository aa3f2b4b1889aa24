"""What a register's log tells of files that show what it says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from casework.engine.case_objects.evidence import EVIDENCE_FILED, KINDS, faults_of, filed_in
from casework.engine.state.events import RegisterEvent
from casework.engine.state.register_effects import RegisterEffects
from casework.ledger.redactable_bodies import ERASED


def event(kind: str = EVIDENCE_FILED, body: Any = None, **effects: Any) -> RegisterEvent:
    told: RegisterEffects = {
        "programme": "p",
        "evidence": {"id": "e", "about": "b", "kind": KINDS[0]},
        "files": [{"id": "f", "document": "e", "version": 1, "type": "pdf", "size": 7}],
    }
    told |= effects  # type: ignore[typeddict-item]  # what a log may hold that nobody wrote so
    given = {"file": "extract.pdf", "sha256": "0a"} if body is None else body
    return RegisterEvent(
        log="l", seq=2, at=datetime(2026, 1, 5, tzinfo=UTC), kind=kind, actor="x", effects=told, body=given
    )


def test_a_file_is_told_with_what_it_shows() -> None:
    (one,) = filed_in([event("recorded"), event()], None)
    assert (one.id, one.evidence, one.about, one.kind, one.programme) == ("f", "e", "b", KINDS[0], "p")
    assert (one.name, one.digest) == ("extract.pdf", "0a")
    assert list(faults_of(event())) == []


def test_an_erased_name_is_none_and_the_digest_stays() -> None:
    (one,) = filed_in([event(body={"file": ERASED, "sha256": "0a"})], None)
    assert (one.name, one.digest) == (None, "0a")
    assert list(faults_of(event(body={"file": ERASED, "sha256": "0a"}))) == []


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (event(files=[]), "exactly one file"),
        (event(files=[{"id": "f", "document": "another", "version": 1, "type": "pdf", "size": 7}]), "exactly one file"),
        (event(files=[{"id": "f", "document": "e", "version": 2, "type": "pdf", "size": 7}]), "exactly one file"),
        (event(evidence={"id": "e", "about": "b", "kind": "rumour"}), "no such kind"),
        (event(body={"file": "extract.pdf"}), "what is in it"),
    ],
)
def test_what_cannot_be_is_named(wrong: RegisterEvent, why: str) -> None:
    assert any(why in one for one in faults_of(wrong))
