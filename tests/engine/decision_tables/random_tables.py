"""Decision tables at random, small enough that every input of them can be tried, and inputs beside what their cells name."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

TEXTS = ("pledge", "licence", 'a "quoted" \\ one', "许可")
NUMBERS = ("-2.5", "0", "1", "1.5", "10")
WHOLES = ("-1", "0", "1", "2", "5")
DAYS = ("2026-01-01", "2026-01-02", "2026-03-01")


def literals(type: str) -> list[str]:
    """How the values that cells name are written."""
    if type == "text":
        return ['"' + said.replace("\\", "\\\\").replace('"', '\\"') + '"' for said in TEXTS]
    if type == "day":
        return [f'date("{said}")' for said in DAYS]
    return {"number": list(NUMBERS), "whole": list(WHOLES), "boolean": ["true", "false"]}[type]


def values(type: str) -> list[Any]:
    """Those values, others between and around them, and none; as JSON has them."""
    found: list[Any] = [None]
    if type == "text":
        return [*found, *TEXTS, "another"]
    if type == "boolean":
        return [*found, True, False]
    if type == "day":
        days = [date.fromisoformat(said) for said in DAYS]
        return found + sorted({(day + timedelta(n)).isoformat() for day in days for n in (-1, 0, 1)})
    if type == "whole":
        return [*found, *(str(n) for n in range(-3, 8))]
    return [*found, "-3", "-2.5", "-1", "0", "0.5", "1", "1.25", "1.5", "5", "10", "10.5"]


@st.composite
def cells(draw: st.DrawFn, type: str, *, optional: bool = False) -> str:
    """A cell over an input of a type."""
    if draw(st.integers(0, 3)) == 0:
        return "-"
    said = literals(type)
    tests = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["equal", "compared", "range"]))
        if type in ("text", "boolean") or kind == "equal":
            tests.append(draw(st.sampled_from([*said, "null"] if optional else said)))
        elif kind == "compared":
            tests.append(draw(st.sampled_from(["<", "<=", ">", ">="])) + " " + draw(st.sampled_from(said)))
        else:
            low, high = sorted(draw(st.lists(st.integers(0, len(said) - 1), min_size=2, max_size=2, unique=True)))
            tests.append(draw(st.sampled_from("[(")) + f"{said[low]}..{said[high]}" + draw(st.sampled_from("])")))
    whole = ", ".join(tests)
    return f"not({whole})" if draw(st.booleans()) else whole


@st.composite
def tables(draw: st.DrawFn, policies: tuple[str, ...] = ("unique", "first", "collect")) -> dict[str, Any]:
    """A table of at most three inputs and six rows, as JSON has it."""
    types = draw(st.lists(st.sampled_from(["text", "number", "whole", "day", "boolean"]), min_size=1, max_size=3))
    inputs: list[dict[str, Any]] = []
    for n, type in enumerate(types):
        inputs.append(
            {"name": f"input{n}", "label": f"Input {n}", "type": type, "allowed": "-", "optional": draw(st.booleans())}
        )
    rows = draw(st.integers(0, 6))
    outputs: list[dict[str, Any]] = [
        {"name": "who", "label": "Who", "type": "text", "allowed": '"officer", "supervisor"', "default": ""},
        {"name": "days", "label": "", "type": "whole", "allowed": "[0..30]", "default": ""},
    ]
    return {
        "name": "routing",
        "title": draw(st.sampled_from(["", "Who gets it", "谁来办"])),
        "hit_policy": draw(st.sampled_from(policies)),
        "inputs": inputs,
        "outputs": outputs,
        "rules": [
            {
                "inputs": [draw(cells(one["type"], optional=one["optional"])) for one in inputs],
                "outputs": [
                    draw(st.sampled_from(['"officer"', '"supervisor"', ""])),
                    draw(st.sampled_from(["0", "7", ""])),
                ],
                "note": draw(st.sampled_from(["", "by the rules of 2026", "< & >"])),
            }
            for _ in range(rows)
        ],
    }
