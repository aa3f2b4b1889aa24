"""Cases that go into the archive: each in a sealed file that was judged before its contents went, and nothing is lost on the way."""

from __future__ import annotations

import io
import os
import signal
import time
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, text

from casework.engine.removals import CASE_REMOVED
from casework.engine.retention import ARCHIVED
from casework.errors import NotFound, Refused
from casework.operations.documents.key_material import document_store_of
from casework.operations.privacy.erasure import carry_out
from casework.operations.privacy.erasure_requests import ask_erasure, decide_erasure, show_erasure
from casework.operations.privacy.removing import NotYet, carry_on
from casework.operations.verification import archiving
from casework.operations.verification.case_archive import check_case_file, make_case_file
from casework.operations.verification.file_checks import WHOLE, WRONG, check_file
from casework.operations.verification.service import verify_all, verify_case
from casework.records import log_keys
from casework.records.database import connect_engine, transaction
from casework.records.sealed_files import SUFFIX, list_sealed
from casework.settings import Settings
from tests.operations.privacy.removal_scene import CANARY, PAPER, Scene, set_scene
from tests.operations.privacy.test_removing import hold
from tests.operations.verification.forger import Stored, rebuild, sql
from tests.support.published import sign_and_publish
from tests.support.world import World, new_request
from tests.verifier.forging import Forgery


@pytest.fixture
def scene(engine: Engine, superuser_engine: Engine, settings: Settings, world: World) -> Iterator[Scene]:
    store = document_store_of(engine, settings)
    made = set_scene(engine, superuser_engine, settings, world, store, fate=ARCHIVED)
    yield made
    made.engine.dispose()


def archive(scene: Scene, settings: Settings) -> int:
    """Two persons decide, and the worker carries it out."""
    scene.agree()
    return carry_on(scene.engine, scene.programme, archiving.Archive(scene.engine, settings))


def known(scene: Scene) -> list[archiving.Archived]:
    with transaction(scene.engine) as db:
        return archiving.list_archived(db)


def test_contents_go_into_sealed_files_that_both_verifiers_call_whole(
    scene: Scene, settings: Settings, superuser_engine: Engine, tmp_path: Path
) -> None:
    sign_and_publish(scene.engine, superuser_engine, settings)
    assert archive(scene, settings) == 2
    # Nothing is left of them in the database, and the files themselves tell no word.
    assert scene.found(CANARY, PAPER) == {}
    store = document_store_of(scene.engine, settings)
    store.sweep()
    assert list(store.store.places()) == []
    for path in list_sealed(settings.archive_dir):
        assert CANARY.encode() not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0
    there = known(scene)
    assert [one.number for one in there] == sorted(scene.numbers)
    assert [archiving.check_archived(settings, one) for one in there] == [[], []]
    assert archiving.list_unnamed(settings, there) == []
    assert {one["sealed"] for one in scene.told("case_removed")} == {one.sealed["file"] for one in there}
    assert list(verify_all(scene.engine)) == []
    # Whoever reads the case whole gets everything back, and that they did is kept.
    with transaction(scene.engine) as db:
        taken = io.BytesIO()
        archiving.open_archived(db, scene.world.actor(db, "auditor"), settings, there[0].number, taken)
        assert CANARY.encode() not in taken.getvalue(), "it is packed"
        assert PAPER.encode() in taken.getvalue()
        noted = db.execute(
            text("SELECT count(*) FROM readings WHERE address LIKE 'casework archive open%'")
        ).scalar_one()
        assert noted == 1
        with pytest.raises(NotFound):
            archiving.open_archived(db, scene.world.actor(db, "provider"), settings, there[0].number, io.BytesIO())
    # No hold is needed on what is never destroyed, and that is said.
    with pytest.raises(Refused) as refusal, transaction(scene.engine) as db:
        hold(scene, db, scene.numbers[0])
    assert [one.code for one in refusal.value.reasons] == ["retention.contents_archived"]
    _what_is_left(scene, settings, superuser_engine, tmp_path)
    assert _erase(scene, settings, "nobody of this name") == []
    assert sorted(_erase(scene, settings, CANARY)) == sorted(one.sealed["file"] for one in there)
    assert all(one.names_erased for one in known(scene))
    assert list(verify_all(scene.engine)) == []
    _forged(settings, there[0])


def _what_is_left(scene: Scene, settings: Settings, superuser_engine: Engine, tmp_path: Path) -> None:
    """The file of the case as it is now is whole too, and names the sealed one; whoever writes another thing there is found."""
    sign_and_publish(scene.engine, superuser_engine, settings)
    with transaction(scene.engine) as db:
        store = document_store_of(scene.engine, settings)
        file = make_case_file(db, scene.world.actor(db, "auditor"), store, scene.numbers[0], "/cases/x/file")
    path = tmp_path / "after.zip"
    path.write_bytes(b"".join(file.pieces()))
    keys = [key.line for key in log_keys.public_keys(settings)]
    one = next(one for one in known(scene) if one.number == scene.numbers[0])

    def judged(path: Path) -> tuple[str, str]:
        with path.open("rb") as content:
            verdict = check_file(content, "case.zip", keys)
        return verdict.outcome, " ".join(fault.sentence for fault in verdict.faults)

    outcome, said = judged(path)
    assert (outcome, check_case_file(path), one.sealed["file"] in said) == (WHOLE, [], True)
    for change, words in ((_unsealed, "as decision"), (_elsewhere, "does not say that decision")):
        forgery = Forgery(path)
        change(forgery.rows[-1]["effects"]["removal"])
        forgery.rechain(len(forgery.rows) - 1)
        outcome, said = judged(forgery.write(tmp_path / "forged.zip"))
        assert (outcome, words in said) == (WRONG, True), said
        _in_the_database(scene, one.log, change)


def _in_the_database(scene: Scene, log: str, change: Callable[[Any], object]) -> None:
    """Rewritten in the log of the case alone, and in that of the programme as well."""
    with scene.superuser.connect() as db, db.begin() as tried:
        sql(db, "SET LOCAL session_replication_role = replica")

        def rewrite(rows: list[Stored]) -> None:
            change(rows[-1]["effects"]["removal"])

        rebuild(db, log, rewrite)
        said = [fault.sentence for fault in verify_case(db, log)]
        assert any("the programme's log names another sealed file" in one for one in said), said

        def tell(rows: list[Stored]) -> None:
            for row in rows:
                if row["header"]["kind"] == CASE_REMOVED:
                    row["effects"]["case_removal"].pop("sealed")

        rebuild(db, scene.programme, tell)
        said = [fault.sentence for fault in verify_case(db, scene.programme)]
        assert any("which sealed file the contents went into" in one for one in said), said
        tried.rollback()


def _unsealed(removal: Any) -> None:
    del removal["sealed"]


def _elsewhere(removal: Any) -> None:
    removal["sealed"]["file"] = "0" * 64


def _erase(scene: Scene, settings: Settings, word: str) -> list[str]:
    """Erase whom a word names; gives the sealed files that it says name them still."""
    with transaction(scene.engine) as db:
        asked: dict[str, Any] = {"person": None, "words": [word], "basis": "request", "reason": "It was asked for."}
        by, programme = scene.world.actor(db, "administrator"), scene.programme
        id = str(ask_erasure(db, by, programme=programme, request=new_request(), **asked).answer["id"])
        decider = scene.world.actor(db, "compliance")
        decide_erasure(db, decider, id, agree=True, note="", request=new_request())
    carry_out(scene.engine, id, look=archiving.Archive(scene.engine, settings).look)
    with transaction(scene.engine) as db:
        told = db.execute(
            text("SELECT effects->'sealed' FROM events WHERE log_id = CAST(:id AS uuid) AND kind = 'erasure_done'"),
            {"id": id},
        ).scalar_one()
        assert show_erasure(db, scene.world.actor(db, "administrator"), id).archived == len(told)
    return list(told)


def _forged(settings: Settings, one: archiving.Archived) -> None:
    """Whatever byte of a sealed file is another, or is missing, that is told; and so is another file in its place."""
    path = settings.archive_dir / f"{one.log}.{one.sealed['file']}{SUFFIX}"
    whole = path.read_bytes()
    for changed in (
        whole[:-1],
        whole[: len(whole) // 2],
        b"",
        *(whole[:n] + bytes([whole[n] ^ 1]) + whole[n + 1 :] for n in (0, 40, len(whole) // 2, len(whole) - 1)),
    ):
        path.write_bytes(changed)
        assert archiving.check_archived(settings, one) != []
        assert archiving.changed_since(settings.archive_dir, one) == "has other bytes than its event says"
    path.unlink()
    assert archiving.changed_since(settings.archive_dir, one) == "is missing"
    assert archiving.check_archived(settings, one) == ["it is missing, or cannot be read."]
    path.write_bytes(whole)
    assert archiving.check_archived(settings, one) == []
    other = settings.model_copy(update={"secret_key": SecretStr("another-key-than-that-which-sealed-it-4711")})
    assert "CASEWORK_SECRET_KEY" in archiving.check_archived(other, one)[0]


def test_what_cannot_be_judged_whole_stays_in_the_database(
    scene: Scene, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A document whose bytes are gone from the store: its case is left as it is, the other one goes; if not in time, then the next time."""
    with scene.superuser.connect() as db:
        place = db.execute(_PLACE, {"log": scene.log(scene.numbers[0])}).scalar_one()
    store = Path(settings.store_url.removeprefix("file://"))
    (store / place).unlink()
    with monkeypatch.context() as hasty, pytest.raises(NotYet, match="did not come to an end"):
        hasty.setattr(archiving, "MOST_S", 0)
        archive(scene, settings)
    assert known(scene) == []
    assert [one["why"] for one in scene.told("case_left")] == [["not_sealed"]]
    assert carry_on(scene.engine, scene.programme, archiving.Archive(scene.engine, settings)) == 1
    assert [one["why"] for one in scene.told("case_left")] == [["not_sealed"]]
    assert [one.number for one in known(scene)] == scene.numbers[1:]
    assert len(list_sealed(settings.archive_dir)) == 1
    assert CANARY in scene.found(CANARY)


#: Where the file of a case lies.
_PLACE = text("""
    SELECT c.id || '/' || substr(b.name, 1, 2) || '/' || b.name FROM blobs b JOIN compartments c ON c.id = b.compartment_id
    WHERE c.log_id = CAST(:log AS uuid)
""")
#: Stops for a while as a case is told to be in the archive: its file is written, and nothing is committed.
_SLOW = """
    CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$;
    CREATE TRIGGER slow BEFORE INSERT ON events FOR EACH ROW WHEN (NEW.kind = 'case_removed') EXECUTE FUNCTION slow();
"""


def _work(settings: Settings, programme: str) -> None:
    engine = connect_engine(settings.model_copy(update={"statement_timeout_ms": 0}))
    carry_on(engine, programme, archiving.Archive(engine, settings))


def _until(there: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not there():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_worker_that_is_killed_leaves_nothing_half_and_the_next_one_goes_on(
    scene: Scene, settings: Settings, superuser_engine: Engine
) -> None:
    scene.agree()
    with superuser_engine.begin() as db:
        db.execute(text(_SLOW))
    later = settings.model_copy(update={"clock_offset": 400 * 86_400})
    worker = get_context("spawn").Process(target=_work, args=(later, scene.programme))
    worker.start()
    try:
        _until(lambda: list_sealed(settings.archive_dir))
        _until(lambda: _waits(superuser_engine))
    finally:
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGKILL)
        worker.join()
    # The file is there, and the case is whole beside it.
    first = list_sealed(settings.archive_dir)
    with superuser_engine.begin() as db:
        db.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"))
        db.execute(text("DROP FUNCTION slow() CASCADE"))
    assert known(scene) == []
    assert scene.told("case_removed") == []
    assert archiving.list_unnamed(settings, []) == [path.name for path in first]
    # And somebody was killed at the other one as it was written.
    waiting = next(log for log in map(scene.log, scene.numbers) if log != first[0].name.partition(".")[0])
    (settings.archive_dir / f".half-{waiting}").write_bytes(b"half")
    carry_on(scene.engine, scene.programme, archiving.Archive(scene.engine, settings))
    there = known(scene)
    assert first[0] in list_sealed(settings.archive_dir), "it is not written twice"
    assert len(there) == len(list_sealed(settings.archive_dir)) == 2
    assert archiving.list_unnamed(settings, there) == []
    assert [archiving.check_archived(settings, one) for one in there] == [[], []]
    assert list(settings.archive_dir.glob(".half-*")) == []
    assert list(verify_all(scene.engine)) == []


def _waits(engine: Engine) -> bool:
    with engine.connect() as db:
        return bool(
            db.execute(text("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep')")).scalar_one()
        )
