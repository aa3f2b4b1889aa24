"""The auditor's work in the demo: cases drawn and looked at, a witness of the log, and an attestation of what was seen."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Engine, text

from casework.ledger.cosignatures import WitnessKey, signed_text
from casework.ledger.signed_notes import Signature, parse_note
from casework.operations.core.idempotency import Request
from casework.operations.core.perform import calendar_of
from casework.operations.verification.attestations import Said, draft_attestation, sign_attestation
from casework.operations.verification.examined import Scope
from casework.operations.verification.kept_samples import FOUND, IN_ORDER, Result, keep_sample, look_at, show_sample
from casework.operations.verification.nightly import verify_night
from casework.operations.verification.tree_judgement import kept_here
from casework.operations.verification.witnesses import name_witness, take_cosignature
from casework.permissions.actors import Actor
from casework.records import tree_tiles
from casework.records.actors import find_actor
from casework.records.database import connect_engine, transaction
from casework.records.event_log import now
from casework.records.log_keys import public_keys
from casework.settings import Settings

WITNESS = "audit.demo.example/witness"
SEED, SAMPLE_SIZE = "first audit", 5
WORDS = (
    "Five cases were drawn at random from all of the programme and read from the first entry to the last."
    " What was asked about stands under Findings, with the answer of the office where it gave one."
)


def audit(settings: Settings) -> None:
    """Look at the programme as its auditor does in a morning; what was told so far is signed and published."""
    engine = connect_engine(settings)
    try:
        verify_night(engine, kept_here(settings))
        _witness(engine, settings)
        with transaction(engine) as db:
            auditor = auditor_of(db)
            programme = next(one.programme for one in auditor.memberships if one.programme is not None)
            _attest(db, auditor, programme, _look(db, auditor, programme))
    finally:
        engine.dispose()


def _witness(engine: Engine, settings: Settings) -> None:
    """Somebody outside has signed what is published. Its key is thrown away: a real one never lies with the office."""
    key = Ed25519PrivateKey.from_private_bytes(secrets.token_bytes(32))
    witness = WitnessKey(WITNESS, key.public_key().public_bytes_raw())
    with transaction(engine) as db:
        auditor = auditor_of(db)
        name_witness(db, auditor, witness.line, Request.anew())
        published = tree_tiles.published_checkpoint(db)
        assert published is not None
        at = int(datetime.now(UTC).timestamp())
        signature = key.sign(signed_text(parse_note(published.note).text, at))
        line = Signature(witness.name, witness.id, at.to_bytes(8, "big") + signature).line
        take_cosignature(db, auditor, published.note + line, Request.anew(), keys=public_keys(settings))


def _look(db: Connection, auditor: Actor, programme: str) -> int:
    """The number of a sample of which every case was looked at."""
    kept = keep_sample(db, auditor, programme, seed=SEED, size=SAMPLE_SIZE, as_of=None, request=Request.anew())
    number = int(kept.answer["number"])
    sample = show_sample(db, auditor, programme, number)
    raised = {finding.number: finding.id for finding in sample.findings}
    for case in (one.number for one in sample.cases):
        look = Result(case=case, result=FOUND if case in raised else IN_ORDER, finding=raised.get(case))
        look_at(db, auditor, programme, number, look=look, request=Request.anew())
    return number


def _attest(db: Connection, auditor: Actor, programme: str, sample: int) -> None:
    today = calendar_of(db, programme).local_date(now(db))
    scope = Scope(since=today - timedelta(days=365), until=today, sample=sample)
    draft = draft_attestation(db, auditor, programme, scope)
    said = Said(words=WORDS, seen=draft.seen, knows=not draft.found.is_clean)
    sign_attestation(db, auditor, programme, scope, said=said, request=Request.anew())


def auditor_of(db: Connection) -> Actor:
    """Who audits the demo's programme."""
    auditor = find_actor(db, db.execute(_AUDITOR).scalar_one())
    assert auditor is not None
    return auditor


#: The demo's auditor.
_AUDITOR = text("SELECT id::text FROM people WHERE email = 'auditor@demo.example'")
