"""What was backed up is there again elsewhere, whole and verified; and what is not whole is not called good, nor restored."""

from __future__ import annotations

import json
import shutil
import time
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from casework.errors import BackupUnusable
from casework.operations.core.perform import new_id
from casework.operations.documents.key_material import document_store_of
from casework.operations.verification.proving import prove_backup
from casework.operations.verification.restoring import choose, restore_backup
from casework.operations.verification.sequencer import sequence
from casework.operations.verification.service import verify_all
from casework.operations.verification.tree_judgement import kept_here
from casework.records import backup_folders, database_checks
from casework.records.backup_folders import Backup, keep_proof
from casework.records.backup_shelves import Folder
from casework.records.blob_store import new_key
from casework.records.database import connect_engine, transaction
from casework.records.sealed_files import write_sealed
from casework.settings import Settings
from tests.support.backed_up import PASSPHRASE, Office, count_events
from tests.support.file_makers import PDF


@pytest.fixture
def there(office: Office, empty_database_url: str, tmp_path: Path) -> Settings:
    return office.elsewhere(empty_database_url, tmp_path / "there")


def test_what_is_restored_elsewhere_is_whole_and_verifies(office: Office, there: Settings) -> None:
    """The office goes on working after the backup: what it does then is what the disaster costs."""
    sealed = write_sealed(office.settings.archive_dir, new_id(), {"events": 7}, new_key(), [PDF])
    backup, before = office.back_up(), office.events()
    lost_from = time.monotonic()
    office.work()
    lost, since = office.events() - before, time.monotonic() - lost_from
    begun = time.monotonic()
    done = restore_backup(there, backup)
    engine = connect_engine(there)
    findings = list(verify_all(engine, kept_here(there)))
    back = time.monotonic() - begun
    with transaction(engine) as db:
        events, differences = count_events(db), database_checks.differences(db)
        files = db.execute(text("SELECT file_id::text FROM contents")).scalars().all()
        read = [b"".join(document_store_of(engine, there).read(db, file)) for file in files]
    engine.dispose()
    print(
        f"RPO: {lost} events of {since:.1f} s since the backup; RTO: {back:.1f} s, {done.seconds} of it to restore, for {done.rows} rows"
    )
    assert (findings, differences) == ([], [])
    assert (there.archive_dir / sealed.path.name).read_bytes() == sealed.path.read_bytes()
    assert (events, lost > 0) == (before, True)
    assert read == [PDF]
    assert not [note for note in done.notes if "Production will refuse" in note or "CASEWORK_SECRET_KEY" in note]
    assert [note for note in done.notes if "The key that signs the log is not in a backup" in note]


def test_a_tree_that_is_shorter_than_what_was_signed_here_is_told(
    office: Office, empty_database_url: str, tmp_path: Path
) -> None:
    backup = office.back_up()
    office.work()
    same_machine = office.elsewhere(empty_database_url, tmp_path / "there", log_folder=office.settings.log_dir)
    notes = " ".join(restore_backup(same_machine, backup).notes)
    assert "Production will refuse to serve" in notes
    assert "Whoever keeps checkpoints elsewhere" in notes


def test_nothing_is_restored_over_a_database_that_is_not_empty(office: Office) -> None:
    backup, before = office.back_up(), office.events()
    with pytest.raises(BackupUnusable, match="is not empty, and nothing of it was changed"):
        restore_backup(office.settings, backup)
    assert office.events() == before


def test_nothing_is_restored_over_documents_of_others(office: Office, there: Settings) -> None:
    other = there.var / "documents" / "other"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"somebody else's")
    with pytest.raises(BackupUnusable, match="that are not this backup's"):
        restore_backup(there, office.back_up())
    assert [one.name for one in other.parent.iterdir()] == ["other"]


def test_whoever_was_broken_off_before_the_database_begins_again(office: Office, there: Settings) -> None:
    backup = office.back_up()
    shutil.copytree(office.settings.var / "documents", there.var / "documents")
    assert restore_backup(there, backup).documents == 1


@pytest.mark.parametrize("name", ["database.dump", "documents.tar", "log.json"])
@pytest.mark.parametrize("how", ["changed", "cut", "gone"])
def test_what_is_damaged_is_named_and_not_restored(office: Office, there: Settings, name: str, how: str) -> None:
    backup = office.back_up()
    _damage(Path(backup.address) / name, how)
    with pytest.raises(BackupUnusable, match=name):
        restore_backup(there, backup)
    assert not (there.var / "documents").exists() or not list((there.var / "documents").rglob("*/*"))
    proved = prove_backup(office.settings, backup)
    assert name in str(proved.proof)
    assert not proved.is_good


def _damage(path: Path, how: str) -> None:
    content = path.read_bytes()
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(content[:-1] if how == "cut" else content[:40] + bytes([content[40] ^ 1]) + content[41:])


def test_another_passphrase_opens_nothing(office: Office, there: Settings) -> None:
    backup = office.back_up()
    for given, said in ((SecretStr("another passphrase, as long"), "another passphrase"), (None, "is encrypted")):
        with pytest.raises(BackupUnusable, match=said):
            restore_backup(there.model_copy(update={"backup_key": given}), backup)
        with pytest.raises(BackupUnusable, match=said):
            prove_backup(office.settings.model_copy(update={"backup_key": given}), backup)


def test_a_file_of_another_backup_does_not_pass_for_this_ones(office: Office, there: Settings) -> None:
    """Also where the manifest is made to fit."""
    old = office.back_up()
    office.work()
    time.sleep(1.1)
    new = office.back_up()
    before, after = Path(old.address), Path(new.address)
    shutil.copy(before / "database.dump", after / "database.dump")
    manifest = json.loads((after / "manifest.json").read_text())
    manifest["files"]["database.dump"] = json.loads((before / "manifest.json").read_text())["files"]["database.dump"]
    (after / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BackupUnusable, match="its manifest was changed"):
        restore_backup(there, backup_folders.read_backup(new.shelf, new.name))


def test_plain_ones_are_restored_without_a_passphrase(office: Office, there: Settings) -> None:
    office.settings = office.settings.model_copy(update={"backup_key": None})
    backup = office.back_up()
    done = restore_backup(there.model_copy(update={"backup_key": None}), backup)
    assert done.documents == 1


def test_another_secret_key_is_told(office: Office, there: Settings) -> None:
    notes = restore_backup(there.model_copy(update={"secret_key": SecretStr("x7" * 20)}), office.back_up()).notes
    assert [note for note in notes if note.startswith("CASEWORK_SECRET_KEY is not the one of this backup")]


def test_the_newest_good_one_of_a_moment_is_chosen(office: Office) -> None:
    backup = office.back_up()
    with pytest.raises(BackupUnusable, match="no good backup"):
        choose(office.shelf, None)
    assert choose(Folder(Path(backup.address)), None).name == backup.name
    _call_good(backup, office)
    assert choose(office.shelf, None).name == backup.name
    assert choose(office.shelf, backup.made_at).name == backup.name
    with pytest.raises(BackupUnusable, match="or before"):
        choose(office.shelf, backup.made_at - timedelta(seconds=1))


def _call_good(backup: Backup, office: Office) -> None:
    keep_proof(backup, {"faults": [], "at": backup.made_at.isoformat()}, backup_folders.open_key(backup, PASSPHRASE))


def test_what_is_signed_after_a_restore_goes_on_from_it(office: Office, there: Settings) -> None:
    """With the key put back from where it is kept."""
    restore_backup(there, office.back_up())
    shutil.copy(office.settings.log_dir / "key", there.log_dir / "key")
    engine = connect_engine(there)
    with transaction(engine) as db:
        office.world.new_case(db)
    grown = sequence(engine, there)
    findings = list(verify_all(engine, kept_here(there)))
    engine.dispose()
    assert grown is not None
    assert (grown.events > 0, findings) == (True, [])
