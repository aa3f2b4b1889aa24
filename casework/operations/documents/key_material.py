"""What is sealed with the installation's keys, for who has its settings: secrets in the database, and files."""

from __future__ import annotations

from sqlalchemy import Engine

from casework.operations.core.encryption import Vault
from casework.operations.documents.storage import Cabinet
from casework.records.blob_store import Store
from casework.records.key_ring import earlier_keys, secret_key
from casework.settings import Settings


def open_vault(settings: Settings) -> Vault:
    """What seals and opens the secrets in this installation's database."""
    return Vault([secret_key(settings), *earlier_keys(settings)])


def cabinet_of(engine: Engine, settings: Settings) -> Cabinet:
    """Where the files of an installation are kept, for jobs and commands."""
    return Cabinet(
        engine, Store(settings.store_url), open_vault(settings), scanned=settings.scanner_address is not None
    )
