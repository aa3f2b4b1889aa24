"""In which language a paper is printed."""

from __future__ import annotations

from flask import request

from casework import reasons
from casework.errors import InvalidForm
from casework.web.shell.i18n import chinese

#: As the fonts of letters name them.
LANGUAGES = {"en": "en", "zh": "zh-Hans"}


def paper_language() -> str:
    """The one that is asked for, or else the reader's. Raises InvalidForm for another one than there are."""
    asked = request.args.get("language")
    if asked is None:
        return "zh" if chinese() else "en"
    if asked not in LANGUAGES:
        raise InvalidForm(fields={"language": reasons.fields.ONE_OF(choices=list(LANGUAGES))})
    return asked


__all__ = ["LANGUAGES", "paper_language"]
