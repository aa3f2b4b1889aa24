"""What looks like an entry of a catalogue, and what does not."""

from __future__ import annotations

import pytest

from casework.engine.case_objects.programme_lists import LISTS
from casework.engine.definition.list_names import CATALOGUES, is_key


def test_each_catalogue_is_a_list_of_every_programme_whose_entries_have_a_version() -> None:
    assert {name for name, kind in LISTS.items() if kind.versioned} == CATALOGUES
    assert all(is_key(entry.key) for name in CATALOGUES for entry in LISTS[name].start)


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("2025/1.3.2", True),
        ("2025", False),
        ("/1", False),
        ("2025/", False),
        ("2025/1/2", False),
        ("2025/ 1", False),
        ("二/1", False),
    ],
)
def test_a_key_is_a_version_and_a_code(words: str, right: bool) -> None:
    assert is_key(words) is right
