"""Codes of the patent classification that a need and a technology have in common, as deep as both say them: `F24D3/08`, or `F24D` alone."""

from __future__ import annotations

import re
from collections.abc import Iterable

_CODE = re.compile(r"([A-Z][0-9]{2})([A-Z])?(?:([0-9]{1,4})/([0-9]{2,6}))?")


def shared_codes(wanted: Iterable[str], said: Iterable[str]) -> list[str]:
    """What the codes of both have in common, in order: a class alone only where one of them says no more, and none that another is a
    part of."""
    others = [(code, levels_of(code)) for code in said]
    common = {found for one in wanted for code, levels in others if (found := _common(one, code, levels)) is not None}
    within = {level for code in common for level in levels_of(code)[:-1]}
    return sorted(common - within)


def levels_of(code: str) -> list[str]:
    """A code and what it is a part of, the widest first: class, subclass, main group, and the code itself."""
    found = _CODE.fullmatch(code)
    if found is None:
        return [code]
    whole, letter, group, _ = found.groups()
    levels = [whole]
    if letter:
        levels.append(whole + letter)
    if group:
        levels += [f"{whole}{letter}{group}/00", code]
    return list(dict.fromkeys(levels))


def _common(one: str, code: str, levels: list[str]) -> str | None:
    deepest = next((level for level in reversed(levels_of(one)) if level in levels), None)
    if deepest is None or len(deepest) > 3 or deepest in (one, code):
        return deepest
    return None
