"""What may be set of a public catalogue: whom its readers ask is said before it is shown."""

from __future__ import annotations

import pytest

from casework.engine.case_objects.public_catalogues import MOST, cleaned
from casework.errors import InvalidForm


def test_nothing_said_shows_nothing() -> None:
    assert cleaned({}) == {"open": False, "results": False, "contact": None, "contact_zh": None, "email": None}
    # Nothing but a yes opens it.
    assert cleaned({"open": "yes", "email": "a@example.org"})["open"] is False


def test_lines_are_kept_apart_and_blank_ones_left_out() -> None:
    said = cleaned({"open": True, "contact": "  Office 3 \n\n Telephone 1 "})
    assert said["contact"] == "Office 3\nTelephone 1"


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"open": True}, "contact"),
        ({"results": True}, "contact"),
        ({"open": True, "contact_zh": "办公室"}, "contact"),
        ({"contact": "Office ‮ 3"}, "contact"),
        ({"contact_zh": "x" * (MOST + 1)}, "contact_zh"),
        ({"contact": "\n".join(["x" * 60] * 10)}, "contact"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(fields: dict[str, object], fault: str) -> None:
    with pytest.raises(InvalidForm) as refusal:
        cleaned(fields)
    assert set(refusal.value.fields) == {fault}
