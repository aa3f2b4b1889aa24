"""What is sealed with the installation's keys opens with the earlier ones too."""

from __future__ import annotations

from pydantic import SecretStr
from sqlalchemy import Engine

from casework.operations.documents.key_material import document_store_of, secret_box_of
from casework.settings import Settings

OLD, NEW = "an earlier key that is long enough", "the key of today that is long enough"


def test_a_key_from_before_still_opens_and_the_newest_seals(settings: Settings) -> None:
    before = settings.model_copy(update={"secret_key": SecretStr(OLD)})
    after = settings.model_copy(update={"secret_key": SecretStr(NEW), "secret_key_fallbacks": SecretStr(OLD)})
    assert secret_box_of(after).open(secret_box_of(before).seal("secret", "owner"), "owner") == ("secret", True)
    assert secret_box_of(after).open(secret_box_of(after).seal("secret", "owner"), "owner") == ("secret", False)


def test_files_wait_for_the_scanner_where_there_is_one(settings: Settings, engine: Engine) -> None:
    assert not document_store_of(engine, settings.model_copy(update={"scanner": "none"})).scanned
    watched = settings.model_copy(update={"scanner": "tcp://127.0.0.1:3310"})
    assert document_store_of(engine, watched).scanned
