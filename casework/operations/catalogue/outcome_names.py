"""The outcomes that a case can end with: their codes, and what each is called."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from casework import reasons
from casework.definitions import load_library
from casework.engine.parts import MAIN
from casework.operations.catalogue.import_faults import Wrong
from casework.operations.core.i18n import Speech


def outcomes() -> dict[str, str]:
    """The codes that a case can end with, each with the key of its text in the newest edition of the main workflow."""
    edition = load_library().playing(MAIN)
    return edition.codes_of("outcome") if edition is not None else {}


def read_outcome(value: object) -> str:
    """The code of an outcome that a file names by its code, or as it is called in English or Chinese. Raises Wrong."""
    edition = load_library().playing(MAIN)
    if edition is None:
        raise Wrong(reasons.imports.NO_OUTCOME(outcomes={}))
    code = _names(edition.fingerprint).get(_plain(str(value)))
    if code is None:
        known = {code: edition.as_reason(key) for code, key in sorted(edition.codes_of("outcome").items())}
        raise Wrong(reasons.imports.NO_OUTCOME(outcomes=known))
    return code


@cache
def _names(fingerprint: str) -> dict[str, str]:
    """The outcomes of an edition by each of their names, as these are compared."""
    codes = load_library()[fingerprint].codes_of("outcome")
    called = {
        _plain(Speech(chinese).edition_text(fingerprint, key)): code
        for chinese in (False, True)
        for code, key in codes.items()
    }
    return called | {_plain(code): code for code in codes}


def _plain(words: str) -> str:
    """Without what people write in other ways: capitals, blanks and marks."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", words).casefold())


__all__ = ["outcomes", "read_outcome"]
