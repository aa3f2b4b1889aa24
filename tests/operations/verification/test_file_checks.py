"""Files that an auditor has checked: what is said of each, within limits, with nothing kept afterwards."""

from __future__ import annotations

import io
import json
import os
import signal
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import BoundedSemaphore, Thread

import pytest
from sqlalchemy import Engine

from casework.errors import AskedTooOften, NotFound
from casework.ledger.signed_notes import key_from_seed
from casework.operations.documents.storage import DocumentStore
from casework.operations.verification import file_checks
from casework.operations.verification.case_archive import make_case_file
from casework.operations.verification.file_checks import FileVerdict
from casework.operations.verification.witnesses import end_witness, live_keys
from casework.records import log_keys
from casework.records.database import transaction
from casework.settings import Settings
from tests.support import witnessed
from tests.support.published import sign_and_publish
from tests.support.way_to_referral import to_referral
from tests.support.witnessed import ONE, Witnessed
from tests.support.world import World, new_request
from tests.verifier.forging import Forgery

Check = Callable[..., FileVerdict]
log = witnessed.log


@pytest.fixture
def case_file(
    engine: Engine, superuser_engine: Engine, settings: Settings, world: World, document_store: DocumentStore
) -> bytes:
    """The whole file of a case, all of it signed."""
    with transaction(engine) as db:
        number, _ = to_referral(world, db)
    sign_and_publish(engine, superuser_engine, settings)
    with transaction(engine) as db:
        file = make_case_file(db, world.actor(db, "auditor"), document_store, number, "/cases/x/file")
    return b"".join(file.pieces())


@pytest.fixture
def check(engine: Engine, settings: Settings, world: World) -> Check:
    def checked(content: bytes, name: str = "case.zip", *, chinese: bool = False) -> FileVerdict:
        keys = [key.line for key in log_keys.public_keys(settings)]
        verdict = file_checks.check_file(io.BytesIO(content), name, keys, speech=file_checks.Speech(chinese, "UTC"))
        with transaction(engine) as db:
            return file_checks.hold_against(db, world.actor(db, "auditor"), verdict)

    return checked


@pytest.fixture(autouse=True)
def nothing_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a file does: afterwards nothing of it lies where files lie for a while."""
    folder = tmp_path / "for a while"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    assert list(folder.iterdir()) == []


def forged(content: bytes, tmp_path: Path) -> Forgery:
    path = tmp_path / "whole.zip"
    path.write_bytes(content)
    return Forgery(path)


def test_a_whole_file_is_whole_and_its_tree_the_one_that_is_here(case_file: bytes, check: Check) -> None:
    verdict = check(case_file)
    assert (verdict.outcome, verdict.kind, verdict.tree) == ("whole", "case", "same")
    assert verdict.events
    assert verdict.signed_up_to == verdict.events
    assert {one.level for one in verdict.faults} <= {"note"}


def test_the_checkpoint_itself_is_held_against_the_tree(engine: Engine, case_file: bytes, check: Check) -> None:
    with zipfile.ZipFile(io.BytesIO(case_file)) as archive:
        note = json.loads(archive.read("proof.json"))["checkpoint"]
    verdict = check(note.encode(), "checkpoint.txt")
    assert (verdict.outcome, verdict.kind, verdict.tree) == ("whole", "log", "same")


def test_of_a_file_that_was_cut_the_event_is_named(case_file: bytes, check: Check, tmp_path: Path) -> None:
    one = forged(case_file, tmp_path)
    last = len(one.rows)
    del one.rows[-1]
    verdict = check(one.write(tmp_path / "cut.zip").read_bytes())
    assert verdict.outcome == "wrong"
    first = next(fault for fault in verdict.faults if fault.level == "wrong")
    assert (first.event, first.part) == (last - 1, "history.ndjson")
    assert f"should end with event {last}" in first.sentence


def test_of_a_file_that_was_spliced_the_first_wrong_event_is_named(
    case_file: bytes, check: Check, tmp_path: Path
) -> None:
    one = forged(case_file, tmp_path)
    one.rows[4:6] = json.loads(json.dumps(one.rows[1:3]))
    one.rechain(4)
    verdict = check(one.write(tmp_path / "spliced.zip").read_bytes())
    assert verdict.outcome == "wrong"
    assert next(fault.event for fault in verdict.faults if fault.level == "wrong") == 5


def test_it_is_said_in_chinese(check: Check) -> None:
    (fault,) = check(b"PK\3\4 garbage", chinese=True).faults
    assert fault.sentence.startswith("文件已损坏")


@pytest.mark.parametrize(
    "content", [b"", b"garbage", b"\x89PNG\r\n", b"PK\3\4garbage", b"{}", b"[1]", b'{"certificate": 7}']
)
def test_what_is_no_file_of_ours_cannot_be_read(content: bytes, check: Check) -> None:
    assert check(content).outcome in ("unread", "wrong")


def test_a_sentence_calls_the_file_as_it_was_called_when_it_was_dropped(check: Check) -> None:
    (fault,) = check(b"{" + b" " * 2_000_000, "mine.json").faults
    assert fault.sentence == (
        "mine.json is larger than a file of Casework is: check that you were given the right one."
    )


def test_a_bomb_cannot_be_read(case_file: bytes, check: Check) -> None:
    held = io.BytesIO(case_file)
    with zipfile.ZipFile(held, "a", zipfile.ZIP_DEFLATED) as made:
        made.writestr("documents/bomb", bytes(300 * 2**20))
    verdict = check(held.getvalue())
    assert verdict.outcome == "unread"
    assert [fault.sentence for fault in verdict.faults] == [
        "documents/bomb is larger than a file of Casework is: check that you were given the right one."
    ]


def test_a_name_that_leads_out_of_the_folder_is_wrong_and_writes_nothing(
    case_file: bytes, check: Check, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    one = forged(case_file, tmp_path)
    one.parts[f"../../../../../../..{out}"] = b"x"
    verdict = check(one.write(tmp_path / "a.zip").read_bytes())
    assert verdict.outcome == "wrong"
    assert "A part has a name that no file of Casework has" in verdict.faults[0].sentence
    assert not out.exists()


def test_a_file_of_another_house_was_signed_by_nobody_here(case_file: bytes, check: Check, settings: Settings) -> None:
    keys = [key_from_seed("elsewhere.example/log", bytes(32)).public.line]
    verdict = file_checks.check_file(io.BytesIO(case_file), "theirs.zip", keys)
    assert (verdict.outcome, verdict.foreign, verdict.size) == ("wrong", True, None)


def test_a_tree_that_is_another_than_the_one_here_makes_a_file_wrong(
    engine: Engine, world: World, case_file: bytes, check: Check
) -> None:
    verdict = check(case_file)
    assert verdict.size
    with transaction(engine) as db:
        auditor = world.actor(db, "auditor")
        wrong = FileVerdict(outcome="whole", size=verdict.size, root=bytes(32))
        other = file_checks.hold_against(db, auditor, wrong)
        longer = file_checks.hold_against(db, auditor, replace(wrong, size=verdict.size + 1))
    assert [(one.outcome, one.tree) for one in (other, longer)] == [("wrong", "other"), ("wrong", "longer")]


@pytest.mark.parametrize("name", ["officer", "manager", "provider_lead", "administrator"])
def test_for_others_there_is_no_such_check(engine: Engine, world: World, name: str) -> None:
    with transaction(engine) as db, pytest.raises(NotFound):
        file_checks.hold_against(db, world.actor(db, name), FileVerdict(outcome="whole"))


# --- the process ------------------------------------------------------------------------------------------------------


def test_what_takes_too_long_is_ended(case_file: bytes, check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_checks, "MOST_S", 0.01)
    assert check(case_file).outcome == "ended"


def test_what_says_too_much_is_ended(case_file: bytes, check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_checks, "MOST_SAID", 20)
    assert check(case_file).outcome == "ended"


def test_where_the_process_is_killed_that_is_said(case_file: bytes, check: Check) -> None:
    killed: list[int] = []

    def kill() -> None:
        until = time.monotonic() + 20
        while not killed and time.monotonic() < until:
            for pid in _children():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)

    killer = Thread(target=kill)
    killer.start()
    verdict = check(case_file)
    killer.join()
    assert killed
    assert verdict.outcome == "ended"
    assert check(case_file).outcome == "whole"


def _children() -> list[int]:
    path = Path(f"/proc/{os.getpid()}/task")
    lists = [one.read_text().split() for one in path.glob("*/children")]
    found = []
    for pid in {int(pid) for pids in lists for pid in pids}:
        with suppress(OSError):
            if b"verifier_process" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return found


def test_who_waits_too_long_for_a_free_place_is_told_to_come_again(
    case_file: bytes, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_checks, "_PATIENCE_S", 0.01)
    monkeypatch.setattr(file_checks, "_FREE", BoundedSemaphore(1))
    with file_checks._FREE, pytest.raises(AskedTooOften):
        check(case_file)
    assert check(case_file).outcome == "whole"


def test_no_more_wait_than_leave_the_server_to_others(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_checks, "_ADMITTED", BoundedSemaphore(1))
    with file_checks._ADMITTED, pytest.raises(AskedTooOften):
        check(b"x")


def test_where_there_is_no_verifier_that_is_said(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_checks, "find_verifier", lambda: None)
    assert check(b"x").outcome == "missing"


def test_it_is_found_beside_the_application_where_it_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_checks, "find_spec", lambda name: None)
    folder = file_checks.find_verifier()
    assert folder is not None
    assert (Path(folder) / "casework_verify" / "command.py").is_file()


# --- witnesses --------------------------------------------------------------------------------------------------------


def test_a_file_bears_what_witnesses_signed_of_its_checkpoint_and_the_verifier_says_who(
    log: Witnessed, document_store: DocumentStore
) -> None:
    with transaction(log.engine) as db:
        number = log.world.new_case(db)
    sign_and_publish(log.engine, log.superuser, log.settings)

    def taken_out() -> bytes:
        with transaction(log.engine) as db:
            return b"".join(make_case_file(db, log.world.actor(db, "auditor"), document_store, number, "/x").pieces())

    def said() -> tuple[str, list[str]]:
        with transaction(log.engine) as db:
            known = [key.line for key in log_keys.public_keys(log.settings)] + live_keys(db)
        verdict = file_checks.check_file(io.BytesIO(taken_out()), "case.zip", known)
        return verdict.outcome, [fault.sentence for fault in verdict.faults if "witness" in fault.sentence]

    outcome, (sentence,) = said()
    assert outcome == "whole"
    assert sentence.startswith("The one witness that is known here has not signed")
    log.take(log.signed())
    outcome, (sentence,) = said()
    assert outcome == "whole"
    assert sentence.startswith("1 of 1 witnesses")
    assert sentence.endswith(f": {ONE.name}.")
    log.do(end_witness, log.witness, new_request())
    with zipfile.ZipFile(io.BytesIO(taken_out())) as archive:
        assert ONE.name not in archive.read("proof.json").decode()


def test_whoever_signed_a_later_tree_here_is_counted_for_a_file_that_does_not_show_it(
    log: Witnessed, document_store: DocumentStore
) -> None:
    with transaction(log.engine) as db:
        number = log.world.new_case(db)
    sign_and_publish(log.engine, log.superuser, log.settings)
    with transaction(log.engine) as db:
        auditor = log.world.actor(db, "auditor")
        file = b"".join(make_case_file(db, auditor, document_store, number, "/x").pieces())
        known = [key.line for key in log_keys.public_keys(log.settings)] + live_keys(db)
    verdict = file_checks.check_file(io.BytesIO(file), "case.zip", known)
    assert [one.counts for one in verdict.faults if "witness" in one.sentence] == [True]

    def held() -> FileVerdict:
        with transaction(log.engine) as db:
            return file_checks.hold_against(db, auditor, verdict)

    assert (held().witnesses, held().seen_by) == (1, ())
    # What was signed of an earlier tree counts for nothing; what is signed of a later one does.
    with transaction(log.engine) as db:
        log.world.new_case(db)
    sign_and_publish(log.engine, log.superuser, log.settings)
    log.take(log.signed())
    assert (held().witnesses, held().seen_by) == (1, (ONE.name,))
    assert not any("witness" in one.sentence for one in held().faults)
    assert held().total == verdict.total - 1
    larger = replace(verdict, size=(verdict.size or 0) + 10_000)
    with transaction(log.engine) as db:
        assert file_checks.hold_against(db, auditor, larger).witnesses is None
    log.do(end_witness, log.witness, new_request())
    assert (held().witnesses, held().seen_by) == (0, ())
