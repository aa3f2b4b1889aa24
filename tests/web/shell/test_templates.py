"""Pages are put together from macros, so that a change of a component is one change."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

TEMPLATES = Path(str(files("casework.templates")))
#: What only a macro writes: a table, a box with words, a word in a frame, a picture. (A button is one by its class.)
BY_MACRO = re.compile(r'<table\b|class="note\b|class="tag\b|<svg\b')


def by_hand() -> set[str]:
    """Templates outside the macros that write by hand what a macro writes; mails and printed papers have a style of their own."""
    return {
        path.relative_to(TEMPLATES).as_posix()
        for path in TEMPLATES.rglob("*.html")
        if path.parent.name not in ("macros", "mail", "papers")
        and path.name not in ("base.html", "components.html")
        and BY_MACRO.search(path.read_text("utf-8"))
    }


def test_pages_are_made_of_macros() -> None:
    assert by_hand() == set()
