"""The schemas of workflows."""

from __future__ import annotations

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
