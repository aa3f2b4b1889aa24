"""The schemas of workflows."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from casework.api.protocol.fields import Answer
from casework.api.protocol.schemas import Workflow
from casework.json_values import JsonObject


class WorkflowPage(Answer):
    items: list[Workflow]
    next: str | None = None


class Edition(Answer):
    fingerprint: str
    rules: JsonObject
    texts: dict[str, str]


class EditionChange(Answer):
    kind: Literal["added", "removed", "changed"]
    thing: Literal["workflow", "state", "transition", "task", "form", "field", "limit", "text"]
    name: str
    rule: Annotated[str, Field(description="Which of its rules is otherwise; empty where the whole came or went")]
    before: Any
    after: Any
    like: Annotated[str, Field(description="What it is the same as but for the name: it may have been renamed")]
    at: Annotated[list[str], Field(description="Of a transition the states that it leaves in both editions")]


class ComparedEditions(Answer):
    workflow: str
    earlier: Annotated[str, Field(description="The fingerprint of the first edition")]
    later: Annotated[str, Field(description="The fingerprint of the second edition")]
    changes: list[EditionChange]
