"""The lists of a programme that a workflow's form may name: those whose entries say in their key of which version they are.

What stands on one is the programme's (`engine.case_objects.programme_lists`), so a form cannot know it; it takes what looks like a key.
"""

from __future__ import annotations

import re

#: Catalogues, by the name of their list.
CATALOGUES = frozenset({"green_items"})
#: Between the version and the code of an entry.
OF = "/"
#: A version or a code: no words about anybody, for it stands in facts and is never erased.
CODE = r"[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,58}[A-Za-z0-9])?"
_KEY = re.compile(f"{CODE}{OF}{CODE}")


def is_key(words: str) -> bool:
    """Whether it looks like an entry of a catalogue: version and code."""
    return _KEY.fullmatch(words) is not None


__all__ = ["CATALOGUES", "CODE", "OF", "is_key"]
