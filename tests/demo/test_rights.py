"""The rights of a demo stand in the way of none of its cases, however many there are and however long it lasts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from casework.demo.rights import KINDS_OF, told_by_register
from casework.operations.catalogue.ip_rights import insist_sound

TODAY = date(2023, 11, 30)
#: None, a simulated year, and the three years of the demo.
DAYS = (0, 365, 1096)
#: More rights than ten thousand cases have, some of them.
MANY = range(1, 25_000, 41)


@pytest.mark.parametrize("days", DAYS)
@pytest.mark.parametrize("kind", ["invention", "utility_model", "design"])
def test_each_right_is_in_force_and_its_fee_is_paid(kind: str, days: int) -> None:
    end = TODAY + timedelta(days=days)
    for n in range(1000):
        told = told_by_register(kind, n, TODAY, end)
        assert end.isoformat() < str(told["fee_paid_to"]) <= str(told["expires_on"])


@pytest.mark.parametrize("days", DAYS)
@pytest.mark.parametrize("kind", sorted({kind for kinds in KINDS_OF.values() for kind in kinds}))
def test_the_office_takes_each_of_them(kind: str, days: int) -> None:
    numbers = set()
    for n in MANY:
        told = {"owner": "Somebody", **told_by_register(kind, n, TODAY, TODAY + timedelta(days=days))}
        insist_sound(kind, told, {**told, "owners": []}, today=TODAY.isoformat())
        numbers.add(told.get("number") or told.get("application_number") or n)
    assert len(numbers) == len(MANY)
