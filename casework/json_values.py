"""Names for what is free JSON: answers of forms, effects, provenance, of which no dataclass says more."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

#: An object by its names, as it is built.
JsonObject: TypeAlias = dict[str, Any]
#: An object that is only read.
JsonMapping: TypeAlias = Mapping[str, Any]
#: Whatever JSON can say; who reads it knows what to expect.
JsonValue: TypeAlias = "None | bool | int | float | str | Sequence[JsonValue] | Mapping[str, JsonValue]"
#: Answers to a form, by field. Its edition says what each of them is, and checks it when it is given; a type checker
#: cannot know which form it was.
Answers: TypeAlias = Mapping[str, Any]

_ID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def is_id(words: str) -> bool:
    """Whether words have the one form of our ids. Words as long and with as many hyphens have not."""
    return _ID.fullmatch(words) is not None
