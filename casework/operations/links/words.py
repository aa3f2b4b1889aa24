"""Where the words stand that a party is asked with: those of its link, or else those of the task."""

from __future__ import annotations

from casework.definitions import load_library


def asks_key(edition: str, task: str) -> str:
    """The key of what a party is asked by a link for a task; `task` is that of what the task asks for."""
    own = f"{task}.asks"
    return own if own in load_library()[edition].texts else task


def label_key(edition: str, task: str, form: str, field: str) -> str:
    """The key of what a field is called where a party fills it in."""
    own = f"{task}.asks.{field}"
    return own if own in load_library()[edition].texts else f"forms.{form}.{field}.label"


__all__ = ["asks_key", "label_key"]
