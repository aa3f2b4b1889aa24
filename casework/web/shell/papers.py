"""In which language a paper is printed."""

from __future__ import annotations

from contextlib import AbstractContextManager

from flask import request
from flask_babel import force_locale

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


def in_language(language: str) -> AbstractContextManager[None]:
    """What is said meanwhile is said in the language of the paper, and not in that of the page."""
    return force_locale("zh_Hans" if language == "zh" else "en")


__all__ = ["LANGUAGES", "in_language", "paper_language"]
