"""The compiled catalogues, made anew where a catalogue is newer: pytest may run without make."""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parents[2] / "casework" / "translations"


def compile_catalogues() -> None:
    for po in sorted(FOLDER.glob("*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime:
            with po.open("rb") as read, mo.open("wb") as written:
                write_mo(written, read_po(read))
