"""The job that has a file scanned."""

from __future__ import annotations

import logging

from casework.jobs.job_registry import Hands, NotDone, register_job
from casework.jobs.queue import OTHERS
from casework.jobs.virus_scanner import scan
from casework.operations.documents.key_material import document_store_of
from casework.operations.documents.storage import note_scan
from casework.records.database import transaction

_note = logging.getLogger(__name__)


@register_job(OTHERS)
def scan_file(hands: Hands, blob: str) -> None:
    """Let the scanner look at a file; it stays pending, and nobody else's, until the scanner has spoken."""
    if hands.settings.scanner_address is None:
        raise NotDone("CASEWORK_SCANNER is not set, and a file waits for a scanner")
    document_store = document_store_of(hands.engine, hands.settings)
    with transaction(hands.engine) as db:
        pieces = document_store.read_blob(db, blob)
    # No transaction is open while the scanner makes us wait.
    finding = scan(hands.settings.scanner_address, pieces)
    with transaction(hands.engine) as db:
        note_scan(db, blob, finding)
    if finding is not None:
        _note.warning("the scanner found something in the file %s", blob)
