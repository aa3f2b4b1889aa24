"""Whether each event of a case was allowed: by its edition, the roles that were granted, and the calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from casework_verify.faults import Fault


def replay(history: Sequence[Mapping[str, Any]], evidence: Mapping[str, Any]) -> list[Fault]:
    """The events that were not allowed; `history` as history.ndjson has it, `evidence` what else the file holds."""
    return []
