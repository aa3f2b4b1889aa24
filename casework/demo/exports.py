"""Two files of one case that the demo leaves beside itself: as it was taken out, and with one word of its history changed."""

from __future__ import annotations

import re
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, text

from casework.demo.audit import auditor_of
from casework.operations.documents.key_material import document_store_of
from casework.operations.verification.case_archive import HISTORY, make_case_file
from casework.operations.verification.sequencer import sequence
from casework.records.database import connect_engine, transaction
from casework.settings import Settings

TRUE, TAMPERED = "case-as-taken-out.zip", "case-tampered-with.zip"
_OFFICER = re.compile(rb'"role": ?"officer"')


#: The number of the first case.
_FIRST = text("SELECT number FROM cases ORDER BY number LIMIT 1")


def take_out(settings: Settings) -> tuple[Path, Path]:
    """Take out the first case's file as the auditor, and make a copy that says of one action that another role did it."""
    settings.var.mkdir(parents=True, exist_ok=True)
    true, tampered = settings.var / TRUE, settings.var / TAMPERED
    engine = connect_engine(settings)
    try:
        _sign(engine, settings)
        with transaction(engine) as db:
            case_file = make_case_file(
                db, auditor_of(db), document_store_of(engine, settings), db.execute(_FIRST).scalar_one(), "demo"
            )
            true.write_bytes(b"".join(case_file.pieces()))
    finally:
        engine.dispose()
    with zipfile.ZipFile(true) as before, zipfile.ZipFile(tampered, "w", zipfile.ZIP_DEFLATED) as after:
        for entry in before.infolist():
            content = before.read(entry)
            if entry.filename == HISTORY:
                content = _OFFICER.sub(b'"role":"supervisor"', content, count=1)
            after.writestr(entry, content)
    return true, tampered


def _sign(engine: Engine, settings: Settings) -> None:
    """Sign all that was told, as of the minute before, which is what is published: without a proof nobody can judge the files."""
    made_at = datetime.now(UTC) - timedelta(minutes=1)
    while (grown := sequence(engine, settings, made_at=made_at)) is not None and grown.events:
        pass
