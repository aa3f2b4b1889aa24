"""Lines of figures as a report tells them, and what several figures count alike: with nothing of the product."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

#: Any moment after all that is told.
LATER = datetime(9999, 1, 1, tzinfo=UTC)
#: How cases end that came to something.
SUCCESS = {"deployed_verified", "deployed_measured", "deployed_unmeasured", "agreement_no_site"}


def sums_of(amounts: Iterable[dict[str, Any]]) -> dict[str, str]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for one in amounts:
        sums[one["currency"]] += Decimal(str(one["amount"]))
    return {currency: str(amount) for currency, amount in sums.items()}


def through_the_middle(ordered: list[float]) -> dict[str, Any]:
    if len(ordered) < 5:
        return {}
    half = len(ordered) // 2
    middle = ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
    ninth = ordered[math.ceil(len(ordered) * 0.9) - 1]
    return {
        "median": None if math.isinf(middle) else f"{middle:.1f}",
        "p90": None if math.isinf(ninth) else str(int(ninth)),
    }


def apart(minutes: Iterable[int]) -> list[str] | None:
    """Within what so many of a hundred are; the middle one as it is told elsewhere."""
    ordered = sorted(map(float, minutes))
    if len(ordered) < 5:
        return None
    ranks = [str(int(ordered[math.ceil(len(ordered) * of / 100) - 1])) for of in (5, 25, 75, 95)]
    return [*ranks[:2], through_the_middle(ordered)["median"], *ranks[2:]]


def row(of: dict[str, Any], numerator: int | None, denominator: int | None = None, **more: Any) -> dict[str, Any]:
    """A line of a figure as a report tells it; `needs` says whether it counts needs ("lines"), or is among needs ("among")."""
    share = None
    if numerator is not None and denominator is not None and denominator >= 10 and more.get("share", True):
        share = f"{round(Fraction(1000 * numerator, denominator)) / 10:.1f}"
    amount = more.get("amount")
    return {
        "of": of,
        "numerator": numerator,
        "under": more.get("under"),
        "denominator": denominator,
        "percent": share,
        "parts": more.get("parts", {}),
        "median": more.get("median"),
        "p90": more.get("p90"),
        "spread": more.get("spread"),
        "money": more.get("money", {}),
        "amount": None if amount is None else str(amount),
        "unripe": more.get("unripe"),
        "cases": sorted(set(more.get("cases", ()))),
        "needs": more.get("needs"),
    }


def plain(line: dict[str, Any]) -> dict[str, Any]:
    """A line in one way of writing its amounts, without what the report tells of it elsewhere."""
    told = {name: value for name, value in line.items() if name != "needs"}
    if told.get("amount") is not None:
        told["amount"] = str(Fraction(told["amount"]))
    if "money" in told:
        told["money"] = {currency: str(Fraction(amount)) for currency, amount in told["money"].items()}
    return told


def called(line: dict[str, Any]) -> str:
    """What a line is of, in one text: no two lines of a figure are of the same."""
    return json.dumps(line["of"], sort_keys=True, ensure_ascii=False)
