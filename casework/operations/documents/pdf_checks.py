"""What is looked for in a PDF: what it does by itself, and what it brings along."""

from __future__ import annotations

import logging
import zlib
from typing import IO, TYPE_CHECKING

from casework import reasons
from casework.operations.documents.content_kinds import (
    begins_as,
)
from casework.reasons import Reason

if TYPE_CHECKING:
    from pypdf.generic import PdfObject

#: What a reader does by itself with a PDF, or what it brings along: names of actions, and keys under which such things lie.
_PDF_ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/GoToR", "/Rendition", "/RichMediaExecute"}
)
_PDF_KEYS = frozenset({"/JS", "/JavaScript", "/XFA", "/RichMediaContent"})
_PDF_FILES = frozenset({"/EmbeddedFiles", "/EF"})
MOST_OBJECTS = 100_000
ACTS = reasons.files.RUNS_SCRIPT
BRINGS = reasons.files.ATTACHED
UNREADABLE = reasons.files.DAMAGED_PDF
LOCKED = reasons.files.LOCKED
# It warns of whatever it can mend; here it either reads a file or does not.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def look_into_pdf(file: IO[bytes], size: int) -> Reason | None:
    """Read every object of a PDF, whatever leads to it; what cannot be read is refused, for a reader may understand it otherwise."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError
    from pypdf.generic import IndirectObject

    file.seek(0)
    try:
        reader = PdfReader(file)
        if reader.is_encrypted and not reader.decrypt(""):
            return LOCKED
        places = [(number, generation) for generation, there in reader.xref.items() for number in there]
        places += [(number, 0) for number in reader.xref_objStm]
        if len(places) > MOST_OBJECTS:
            return UNREADABLE
        faults = (
            _in_pdf(reader.get_object(IndirectObject(number, generation, reader))) for number, generation in places
        )
        return next((why for why in (*faults, _in_pdf(reader.trailer)) if why), None)
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        AssertionError,
        NotImplementedError,
        RecursionError,
        OSError,
        zlib.error,
    ):
        return UNREADABLE


def _in_pdf(root: PdfObject | None) -> Reason | None:
    from pypdf.generic import ArrayObject, DictionaryObject

    waiting: list[object] = [root]
    while waiting:
        now = waiting.pop()
        if isinstance(now, DictionaryObject):
            keys = set(now)
            if keys & _PDF_KEYS or str(now.raw_get("/S") if "/S" in keys else "") in _PDF_ACTIONS:
                return ACTS
            if keys & _PDF_FILES or ("/Type" in keys and str(now.raw_get("/Type")) == "/EmbeddedFile"):
                return BRINGS
            waiting += dict.values(now)
        elif isinstance(now, ArrayObject):
            waiting += list.__iter__(now)
    return None


#: A file of this kind that does nothing by itself.
LOOK_AT_PDF = begins_as("pdf", b"%PDF-", look_into_pdf)
