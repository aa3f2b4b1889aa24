"""So often within so long, and no more: counted in the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from casework.errors import AskedTooOften
from casework.operations.core.rate_limits import ALLOWANCES, count_use, forget_uses
from casework.records.database import transaction
from tests.support.world import World


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(AskedTooOften):
        yield


def test_when_its_time_is_over_one_goes_on_and_nothing_is_kept(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        for _ in range(ALLOWANCES["search"].most):
            count_use(db, "somebody", "search")
        with refused():
            count_use(db, "somebody", "search")
        db.execute(text("UPDATE allowances SET began = began - :within"), {"within": ALLOWANCES["search"].within})
        count_use(db, "somebody", "search")
        db.execute(text("UPDATE allowances SET began = began - :long"), {"long": timedelta(days=1)})
        assert forget_uses(db) == 1
