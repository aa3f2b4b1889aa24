"""What is told of a file: one sentence each, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, or that a reader should know; `words` has its sentence, by the code."""

    code: str
    #: What stands in the sentence, by name. Texts of strangers are shown as they are, without what a terminal would obey.
    values: Mapping[str, Any] = field(default_factory=dict)
    #: The part of a file, such as history.ndjson.
    file: str | None = None
    log: str | None = None
    seq: int | None = None
    #: The leaf in the tree over all events.
    leaf: int | None = None


class Unreadable(Exception):
    """A file that cannot be read, or not be judged; says why as a fault does."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.fault = Fault(code, values)
