"""PDFs as a reader sees them, with poppler."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.support.programs import POPPLER, find_program, may_install


def words_of(pdf: bytes) -> str:
    """The words of all pages, with the spaces and line breaks of the layout as single spaces."""
    return " ".join(_run(pdf, "pdftotext", "-", "-").split())


def fonts_of(pdf: bytes) -> dict[str, bool]:
    """The fonts by name, and whether each is embedded."""
    rows = [line.split() for line in _run(pdf, "pdffonts", "-").splitlines()[2:]]
    # After the name comes a type of several words; the last five columns are of one word each.
    return {row[0]: row[-5] == "yes" for row in rows}


def heights_of(pdf: bytes) -> dict[str, float]:
    """How tall the line of each word is, in points; of a word that stands there several times the last."""
    found = re.findall(
        r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([^<]+)</word>', _run(pdf, "pdftotext", "-bbox", "-", "-")
    )
    return {word: float(bottom) - float(top) for top, bottom, word in found}


def _run(pdf: bytes, program: str, *arguments: str) -> str:
    folder = Path(find_program(POPPLER, install=may_install())).parent
    done = subprocess.run([str(folder / program), *arguments], input=pdf, capture_output=True, check=True, timeout=60)
    return done.stdout.decode()
