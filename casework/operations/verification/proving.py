"""A backup proved: restored into a server made for it, verified there, and thrown away."""

from __future__ import annotations

import time
from datetime import datetime

from casework.errors import CaseworkError
from casework.json_values import JsonObject
from casework.operations.verification import backups, moments
from casework.operations.verification.restored_judgement import check_restored
from casework.operations.verification.restoring import elsewhere, find_differences, open_engine, restore_backup
from casework.records import backup_folders, migrate
from casework.records.backup_folders import Backup
from casework.records.row_security import in_snapshot
from casework.settings import Settings

#: So many faults are kept: the first say enough.
_MOST = 50


def prove_backup(settings: Settings, backup: Backup) -> Backup:
    """Restore it into a server of its own, verify everything there, and note what came of it beside the backup. Raises BackupUnusable where
    it cannot be tried at all: no passphrase, no room."""
    begun = time.monotonic()
    key = backup_folders.open_key(backup, backups.passphrase_of(settings))
    told: JsonObject = {"logs": 0, "events": 0, "documents": 0}
    faults = backup_folders.faults_of_files(backup)
    if not faults:
        with elsewhere(settings, "backup-scratch") as there:
            faults = _try_out(there, backup, key, told)
    told |= {"at": _now_of(backup, begun), "seconds": round(time.monotonic() - begun, 1), "faults": faults[:_MOST]}
    return backup_folders.keep_proof(backup, told, key)


def _now_of(backup: Backup, begun: float) -> str:
    return datetime.now(backup.made_at.tzinfo).isoformat(timespec="seconds")


def _try_out(there: Settings, backup: Backup, key: bytes | None, told: JsonObject) -> list[str]:
    try:
        if backup.base is None:
            restore_backup(there, backup)
        else:
            moments.recover_base(there, backup, key, (), None)
    except CaseworkError as fault:
        return [fault.message]
    faults: list[str] = []
    with open_engine(there, "owner") as owner:
        with in_snapshot(owner) as db:
            faults += find_differences(backup, backups.count_rows(db))
        try:
            migrate.upgrade(owner)
        except CaseworkError as fault:
            return [*faults, fault.message]
    return [*faults, *check_restored(there, backup, told)]
