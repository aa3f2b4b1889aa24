"""A party is asked in words to it, where the definition has them."""

from __future__ import annotations

from casework.definitions import load_library
from casework.operations.links.words import asks_key, label_key


def test_the_words_of_the_link_come_first() -> None:
    edition = load_library().latest("case")
    assert edition is not None
    key = edition.fingerprint
    assert asks_key(key, "tasks.record_consent") == "tasks.record_consent.asks"
    assert asks_key(key, "tasks.nda") == "tasks.nda"
    assert label_key(key, "tasks.record_consent", "Consent", "agreed") == "tasks.record_consent.asks.agreed"
    assert label_key(key, "tasks.follow_up", "FollowUp", "running") == "forms.FollowUp.running.label"
