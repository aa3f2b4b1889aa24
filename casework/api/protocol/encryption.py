"""What opens and seals the secrets in the database, for the views that need it."""

from __future__ import annotations

from flask import current_app

from casework.operations.core.encryption import Vault


def vault() -> Vault:
    """The vault of this application."""
    secret_vault: Vault = current_app.extensions["casework.vault"]
    return secret_vault


__all__ = ["vault"]
