"""What pages, figures and checks say of backups: of a folder as it is now, of a bucket as it was within the last minute.

A server elsewhere may be slow, or away: whoever waits for a page does not wait long for it, nor each time.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime

from casework.errors import BackupUnusable
from casework.records import backup_folders, wal_archive
from casework.records.backup_folders import Backup
from casework.records.backup_shelves import is_bucket, shelf_at
from casework.settings import Settings

#: So long what a bucket had is told again.
REMEMBERED_S = 60.0


@dataclass(frozen=True, kw_only=True)
class Glance:
    """What is there."""

    every: tuple[Backup, ...] = ()
    #: Until when what was done is archived, where it is.
    reached: datetime | None = None
    #: Why nothing could be seen.
    fault: str | None = None


_seen: dict[tuple[str, bool], tuple[float, Glance]] = {}
_looking = threading.Lock()


def look(settings: Settings) -> Glance | None:
    """What is known of backups here; None where no folder of theirs is named."""
    if settings.backup_folder is None:
        return None
    if not is_bucket(settings.backup_folder):
        return _look(settings.backup_folder, settings)
    place = (settings.backup_folder, wal_archive.archives_log(settings))
    # One asks; the others wait for what it sees.
    with _looking:
        at, glance = _seen.get(place, (0.0, None))
        if glance is None or time.monotonic() - at > REMEMBERED_S:
            glance = _look(settings.backup_folder, settings)
            _seen[place] = (time.monotonic(), glance)
        return glance


def _look(address: str, settings: Settings) -> Glance:
    try:
        shelf = shelf_at(address, settings, hurried=True)
        reached = wal_archive.reached_at(shelf) if wal_archive.archives_log(settings) else None
        return Glance(every=tuple(backup_folders.list_backups(shelf)), reached=reached)
    except BackupUnusable as fault:
        return Glance(fault=fault.message)
