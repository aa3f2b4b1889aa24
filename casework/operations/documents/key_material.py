"""What is sealed with the installation's keys, for who has its settings: secrets in the database, and files."""

from __future__ import annotations

from sqlalchemy import Engine

from casework.operations.core.encryption import SecretBox
from casework.operations.documents.storage import DocumentStore
from casework.records.blob_store import Store
from casework.records.key_ring import earlier_keys, secret_key
from casework.settings import Settings


def secret_box_of(settings: Settings) -> SecretBox:
    """What seals and opens the secrets in this installation's database."""
    return SecretBox([secret_key(settings), *earlier_keys(settings)])


def document_store_of(engine: Engine, settings: Settings) -> DocumentStore:
    """Where the files of an installation are kept, for jobs and commands."""
    return DocumentStore(
        engine, Store(settings.store_url), secret_box_of(settings), scanned=settings.scanner_address is not None
    )
