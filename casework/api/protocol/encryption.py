"""What opens and seals the secrets in the database, for the views that need it."""

from __future__ import annotations

from flask import current_app

from casework.operations.core.encryption import SecretBox


def secret_box() -> SecretBox:
    """The secret box of this application."""
    box: SecretBox = current_app.extensions["casework.secret_box"]
    return box


__all__ = ["secret_box"]
