"""From HTML to PDF by WeasyPrint, which fetches nothing and makes the same bytes of the same words.

The library is an extra of the installation (`casework[reports]`) and leans on Pango and on a font with Chinese letters
from the system. Without them everything else works; who wants a letter is told what is missing.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from casework import reasons
from casework.errors import LettersUnavailable

#: An optional library, which is no import of this layer: most commands never load it, and it takes half a second.
LIBRARY = "weasyprint"
#: Letters of the main Chinese block: a font without them prints boxes.
_CHINESE = range(0x4E00, 0xA000)
#: Pango keeps its fonts in one place for all threads.
_one_at_a_time = threading.Lock()


def print_pdf(html: str) -> bytes:
    """The pages of an HTML document, with its fonts embedded. Raises LettersUnavailable."""
    weasyprint = _weasyprint()
    with _one_at_a_time:
        # A letter is made of its words alone: no address of any kind is opened, whatever it says.
        nothing = weasyprint.urls.URLFetcher(allowed_protocols=())
        document = weasyprint.HTML(string=html, url_fetcher=nothing).render()
        pdf: bytes = document.write_pdf(pdf_identifier=hashlib.sha256(html.encode()).digest()[:16])
        if any(letter in _CHINESE for font in document.fonts.values() for letter in _lacking(font)):
            raise LettersUnavailable(why=reasons.messages.NO_CHINESE_FONT)
    return pdf


def insist_printing() -> None:
    """Raises LettersUnavailable where the library or what it leans on is missing."""
    _weasyprint()


@cache
def _weasyprint() -> ModuleType:
    try:
        return import_module(LIBRARY)
    except ImportError as fault:
        raise LettersUnavailable(why=reasons.messages.NO_WEASYPRINT) from fault
    except OSError as fault:
        raise LettersUnavailable(why=reasons.messages.NO_PANGO) from fault


def _lacking(font: Any) -> Mapping[int, int]:
    missing: Mapping[int, int] = font.missing
    return missing
