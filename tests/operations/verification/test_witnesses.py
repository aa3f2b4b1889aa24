"""Witnesses: who names them, what of theirs is taken, and what becomes an alarm."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from casework.errors import InvalidForm, LogUnusable, NotAllowed, NotConfirmed, NotFound, Refused
from casework.ledger.signed_notes import Checkpoint, key_from_seed, open_checkpoint, sign_note
from casework.operations.documents.key_material import document_store_of
from casework.operations.verification.case_archive import make_case_file
from casework.operations.verification.sequencer import insist_not_older, sequence
from casework.operations.verification.service import verify_all
from casework.operations.verification.witnesses import (
    MOST_WITNESSES,
    end_witness,
    list_seen,
    list_witnesses,
    name_witness,
    published_cosigned,
)
from casework.permissions.actors import Proof
from casework.records import log_keys
from casework.records.database import transaction
from casework_verify.command import main
from casework_verify.witnesses import cosigned as cosigned_by
from casework_verify.witnesses import new_secret, parse_witness
from tests.support import witnessed
from tests.support.published import publish
from tests.support.witnessed import ONE, TWO, Witnessed
from tests.support.world import new_request

log = witnessed.log


# --- who they are ----------------------------------------------------------------------------------------------------------------


def test_an_auditor_names_a_witness_and_it_is_told(log: Witnessed) -> None:
    (row,) = log.do(list_witnesses).items
    assert (row.name, row.key, row.named_by.id) == (ONE.name, ONE.witness.line, log.world.people["auditor"])
    assert (row.size, row.signed_at, row.ended_at, row.alarms) == (None, None, None, [])
    with transaction(log.engine) as db:
        told = db.execute(text("SELECT kind, actor_id FROM events WHERE kind LIKE 'witness%'")).one()
    assert tuple(told) == ("witness_named", log.world.people["auditor"])
    assert list(verify_all(log.engine)) == []


@pytest.mark.parametrize("role", ["manager", "supervisor", "officer", "administrator", "provider_lead", "observer"])
def test_nobody_else_names_or_ends_one(log: Witnessed, role: str) -> None:
    with pytest.raises(NotFound):
        log.do(name_witness, TWO.witness.line, new_request(), by=role)
    with pytest.raises(NotFound):
        log.do(end_witness, log.witness, new_request(), by=role)


@pytest.mark.parametrize("role", ["supervisor", "officer", "administrator", "provider_lead", "observer"])
def test_auditors_and_managers_alone_read_what_they_have_seen(log: Witnessed, role: str) -> None:
    for action in (list_witnesses, list_seen):
        assert log.do(action, by="manager").items
        with pytest.raises(NotFound):
            log.do(action, by=role)
    with pytest.raises(NotFound):
        log.take(log.signed(), by=role)


def test_it_takes_a_fresh_proof(log: Witnessed) -> None:
    with transaction(log.engine) as db:
        auditor = log.world.actor(db, "auditor")
        with pytest.raises(NotConfirmed):
            name_witness(db, replace(auditor, proof=Proof.OLD), TWO.witness.line, new_request())
        with pytest.raises(NotAllowed):
            end_witness(db, replace(auditor, proof=Proof.NONE), log.witness, new_request())


def test_what_is_no_key_of_a_witness_names_nobody(log: Witnessed) -> None:
    for line in ("none", key_from_seed("log.example", bytes(32)).public.line, ONE.line):
        with pytest.raises(InvalidForm):
            log.do(name_witness, line, new_request())


def test_one_key_is_one_witness_for_good(log: Witnessed) -> None:
    with pytest.raises(Refused):
        log.do(name_witness, ONE.witness.line, new_request())
    log.do(end_witness, log.witness, new_request())
    with pytest.raises(Refused):
        log.do(name_witness, ONE.witness.line, new_request())
    with pytest.raises(Refused):
        log.do(end_witness, log.witness, new_request())


def test_the_same_request_names_one(log: Witnessed) -> None:
    request = new_request()
    first = log.do(name_witness, TWO.witness.line, request)
    again = log.do(name_witness, TWO.witness.line, request)
    assert (first.answer, again.repeated) == (again.answer, True)
    assert len(log.do(list_witnesses).items) == 2


def test_there_are_not_more_than_a_note_can_bear(log: Witnessed) -> None:
    for n in range(1, MOST_WITNESSES):
        log.do(name_witness, new_secret(f"w{n}", bytes([n]) * 32).witness.line, new_request())
    with pytest.raises(Refused):
        log.do(name_witness, new_secret("more", bytes(32)).witness.line, new_request())


def test_one_that_is_not_there_cannot_be_ended(log: Witnessed) -> None:
    with pytest.raises(NotFound):
        log.do(end_witness, log.world.people["auditor"], new_request())


# --- what they sign ------------------------------------------------------------------------------------------------------------------


def test_what_a_witness_signed_is_shown(log: Witnessed) -> None:
    at = int(time.time())
    said = log.said
    assert log.take(log.signed(at=at))["taken"]
    (seen,) = log.do(list_seen).items
    assert (seen.origin, seen.size, [one.name for one in seen.witnesses]) == (said.origin, said.size, [ONE.name])
    (row,) = log.do(list_witnesses).items
    assert row.size == said.size
    assert list(verify_all(log.engine)) == []


def test_a_managers_or_an_auditors_own_program_hands_it_in(log: Witnessed) -> None:
    assert log.take(log.signed(), by="manager")["taken"]


def test_the_same_is_taken_again_and_is_one(log: Witnessed) -> None:
    signed = log.signed()
    assert log.take(signed) == log.take(signed)
    (seen,) = log.do(list_seen).items
    assert len(seen.witnesses) == 1


def test_strangers_are_shown_it(log: Witnessed) -> None:
    first = log.note
    log.take(log.signed())
    log.do(name_witness, TWO.witness.line, new_request())
    log.take(log.signed(TWO, note=first))
    log.grow()
    with transaction(log.engine) as db:
        told = published_cosigned(db)
        size = open_checkpoint(first, log_keys.public_keys(log.settings)).size
        assert told == published_cosigned(db, size)
        assert published_cosigned(db, size + 1) is None
    assert told is not None
    assert told.startswith(first)
    both = [parse_witness(secret.witness.line) for secret in (ONE, TWO)]
    assert [one.witness for one in cosigned_by(told, both)] == both
    log.do(end_witness, log.witness, new_request())
    with transaction(log.engine) as db:
        told = published_cosigned(db)
    assert told is not None
    assert [one.witness for one in cosigned_by(told, both)] == [TWO.witness]


def test_what_is_not_published_yet_is_not_shown_to_strangers(log: Witnessed) -> None:
    with transaction(log.engine) as db:
        log.world.new_case(db)
    sequence(log.engine, log.settings)
    log.take(log.signed())
    with transaction(log.engine) as db:
        assert published_cosigned(db) is None
    publish(log.superuser)
    with transaction(log.engine) as db:
        assert published_cosigned(db) is not None


def test_the_file_of_a_case_has_what_they_signed_or_goes_on_from_what_they_signed(
    log: Witnessed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = tmp_path / "keys"
    lines = [*(key.line for key in log_keys.public_keys(log.settings)), ONE.witness.line]
    keys.write_text("".join(f"{line}\n" for line in lines))
    with transaction(log.engine) as db:
        number = log.world.new_case(db)

    def told() -> list[str]:
        """What is said of witnesses in a file that is taken out now."""
        file = log.do(make_case_file, document_store_of(log.engine, log.settings), number, "/cases/x/file")
        (tmp_path / file.name).write_bytes(b"".join(file.pieces()))
        capsys.readouterr()
        assert main([str(tmp_path / file.name), "--key", str(keys), "--json"]) == 0
        (checked,) = json.loads(capsys.readouterr().out)["files"]
        return [one["code"] for one in checked["faults"] if "seen" in one["code"] or "witness" in one["code"]]

    log.grow()
    assert told() == ["witnessed_not"]
    log.take(log.signed())
    assert told() == ["witnessed"]
    log.grow()
    assert told() == ["witnessed_not", "seen_before"]
    log.do(end_witness, log.witness, new_request())
    assert told() == ["witnessed_not"], "what an ended one signed is not handed on"


def test_no_checkpoint_is_listed_that_is_neither_published_nor_signed(log: Witnessed) -> None:
    sizes = [log.said.size]
    log.take(log.signed())
    for _ in range(2):
        log.grow()
    sizes.append(log.said.size)
    assert [one.size for one in log.do(list_seen).items] == sizes[::-1]
    first = log.do(list_seen, limit=1)
    assert [one.size for one in log.do(list_seen, limit=1, cursor=first.next).items] == sizes[:1]


def test_an_older_one_is_refused(log: Witnessed) -> None:
    first, now = log.note, time.time()
    log.take(log.signed(at=now))
    assert log.why(log.signed(at=now - 100)) == "witnesses.before"
    log.grow()
    log.take(log.signed(at=now + 1))
    assert log.why(log.signed(at=now + 2, note=first)) == "witnesses.before"


def test_one_of_the_future_is_refused(log: Witnessed) -> None:
    assert log.why(log.signed(at=time.time() + 3600)) == "witnesses.future"
    assert log.why(log.signed(at=2**62)) == "witnesses.future"


def test_what_is_not_a_witnesss_is_refused(log: Witnessed) -> None:
    assert log.why("hello") == "witnesses.no_note"
    assert log.why(log.note) == "witnesses.unknown"
    assert log.why(log.signed(TWO)) == "witnesses.unknown"
    assert log.why(log.note + ONE.cosign("a\n1\n" + "A" * 43 + "=\n\n\u2014 a AAAAAAA=\n", 5)) == "witnesses.not_true"
    other = sign_note(Checkpoint("elsewhere", 1, bytes(32)).text, [key_from_seed("elsewhere", bytes(32))])
    assert log.why(log.signed(note=other)) == "witnesses.other_log"
    log.do(name_witness, TWO.witness.line, new_request())
    assert log.why(log.signed() + TWO.cosign(log.note, int(time.time()))) == "witnesses.several"


def test_an_ended_one_is_refused(log: Witnessed) -> None:
    log.do(end_witness, log.witness, new_request())
    assert log.why(log.signed()) == "witnesses.ended"


def test_a_size_that_was_never_signed_is_refused(log: Witnessed) -> None:
    with transaction(log.engine) as db:
        root = root_of_first(db, 1)
    note = Checkpoint(log.said.origin, 1, root).text
    assert log.why(log.signed(note=sign_note(note, [key_from_seed("x", bytes(32))]))) == "witnesses.never_signed"


def root_of_first(db: Connection, size: int) -> bytes:
    return bytes(db.execute(text("SELECT hashes FROM tree_tiles WHERE level = 0 AND n = 0")).scalar_one()[: 32 * size])


# --- alarms ------------------------------------------------------------------------------------------------------------------


def test_another_root_is_an_alarm_that_every_verification_tells(log: Witnessed) -> None:
    said = log.said
    other = sign_note(replace(said, root=bytes(32)).text, [log_keys.read_key(log.settings)])
    told = log.take(log.signed(note=other))
    assert (told["taken"], told["alarm"]) == (False, "other_root")
    assert log.take(log.signed(note=other))["alarm"] == "other_root"
    (alarm,) = log.alarms()
    assert (alarm.kind, alarm.size, alarm.signed_by_log) == ("other_root", said.size, True)
    (finding,) = verify_all(log.engine)
    assert (finding.kind, finding.table) == ("witness", "witness_alarms")
    assert "a key of this log signed it, too" in finding.sentence


def test_a_larger_tree_than_ours_is_an_alarm(log: Witnessed) -> None:
    said = log.said
    stranger = key_from_seed(said.origin, bytes(32))
    larger = sign_note(replace(said, size=said.size + 1).text, [stranger])
    assert log.take(log.signed(note=larger))["alarm"] == "longer"
    (alarm,) = log.alarms()
    assert (alarm.kind, alarm.signed_by_log) == ("longer", False)
    (finding,) = verify_all(log.engine)
    assert "a key of this log" not in finding.sentence


def test_an_older_database_is_told_so_by_what_a_witness_signed(log: Witnessed) -> None:
    before = log.said.size
    log.grow()
    signed = log.signed()
    with log.superuser.begin() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        db.execute(text("DELETE FROM checkpoints WHERE size > :size"), {"size": before})
    assert log.take(signed)["alarm"] == "longer"


def test_a_rewritten_tree_is_told_so_by_what_a_witness_signed_before(log: Witnessed) -> None:
    signed = log.signed()
    log.take(signed)
    with log.superuser.begin() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        other = "overlay(hashes PLACING decode(repeat('00', 32), 'hex') FROM 1)"
        db.execute(text(f"UPDATE tree_tiles SET hashes = {other} WHERE level = 0 AND n = 0"))
    assert log.take(signed)["alarm"] == "other_root"


def test_a_log_that_signed_another_tree_signs_no_more_until_somebody_settles_it(log: Witnessed) -> None:
    larger = sign_note(replace(log.said, size=log.said.size + 1).text, [log_keys.read_key(log.settings)])
    log.take(log.signed(note=larger))
    with transaction(log.engine) as db:
        log.world.new_case(db)
        (alarm,) = db.execute(text("SELECT id::text FROM witness_alarms")).scalars()
        with pytest.raises(LogUnusable, match=alarm):
            insist_not_older(log.settings, db)
    with pytest.raises(LogUnusable):
        sequence(log.engine, log.settings)
    (log.settings.log_dir / "settled").write_text(f"{alarm}\n")
    with transaction(log.engine) as db:
        insist_not_older(log.settings, db)
    assert sequence(log.engine, log.settings)


def test_what_a_witness_alone_can_make_up_stops_nothing(log: Witnessed) -> None:
    larger = sign_note(replace(log.said, size=10**9).text, [key_from_seed(log.said.origin, bytes(32))])
    assert log.take(log.signed(note=larger))["alarm"]
    with transaction(log.engine) as db:
        insist_not_older(log.settings, db)
