"""The shapes of allocation."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from casework.api.shapes.shared import Answer, Body, Code, Id, Named
from casework.engine.allocation import HIGHEST_CAP, STRATEGIES


class NewAllocation(Body):
    scope: Annotated[Id, Field(description="The programme or organisation whose queue it is")]
    queue: Code
    strategy: Annotated[Code, Field(description=f"One of {', '.join(STRATEGIES)}; with none people take tasks themselves")]
    cap: Annotated[int | None, Field(description=f"Nobody who has so many open tasks gets another; 1 to {HIGHEST_CAP}")] = None


class Allocation(Answer):
    scope: Annotated[Named, Field(description="The programme or organisation")]
    queue: str
    strategy: Annotated[str, Field(description=f"One of {', '.join(STRATEGIES)}")]
    cap: Annotated[int | None, Field(description="Nobody who has so many open tasks gets another")] = None


class AllocationPage(Answer):
    items: list[Allocation]
    next: str | None = None
