"""What a page gives to be taken out as a file."""

from __future__ import annotations

from flask import Response


def as_file(name: str, content: bytes, kind: str) -> Response:
    """A file of this name and kind, that is saved and not shown."""
    return Response(content, content_type=kind, headers={"Content-Disposition": f"attachment; filename={name}"})


__all__ = ["as_file"]
