"""A copy with other values is what the standard library makes of it."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.state.copies import replace
from tests.engine.pieces import case, clock, document, event, grant, task, track


@given(
    st.sampled_from([case(), track(), task(), clock(), document(), grant(), event()]),
    st.data(),
)
def test_it_is_what_the_standard_library_makes(kept: Any, data: st.DataObject) -> None:
    names = [part.name for part in dataclasses.fields(kept)]
    changed = data.draw(st.dictionaries(st.sampled_from(names), st.integers()))
    before = dataclasses.replace(kept)
    assert replace(kept, **changed) == dataclasses.replace(kept, **changed)
    assert kept == before


def test_what_it_does_not_have_is_not_set() -> None:
    with pytest.raises(TypeError):
        replace(task(), colour="red")
