"""Which programmes an export says that it is of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from casework_verify.faults import Fault


def are_programmes(named: Any) -> bool:
    """Whether they are named as we name them."""
    texts = isinstance(named, list) and all(isinstance(one, str) for one in named)
    return texts and named == sorted(set(named))


def programmes_told(named: Sequence[str], most: int = 4) -> Iterator[Fault]:
    """For a reader to compare with what was asked for, some in each sentence."""
    for at in range(0, len(named), most):
        yield Fault("export_programmes", {"names": ", ".join(named[at : at + most])})


__all__ = ["are_programmes", "programmes_told"]
