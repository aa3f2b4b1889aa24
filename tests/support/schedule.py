"""In what order workers take the files: the longest first, so that none is left alone with one at the end."""

from __future__ import annotations

import pytest

#: What takes a minute and more; the rest is short enough to fill what these leave.
LONGEST = (
    "tests/browser/test_pages.py",
    "tests/journeys/test_journeys.py",
    "tests/security/test_authorization_web.py",
    "tests/browser/test_story.py",
    "tests/security/test_noninterference.py",
    "tests/security/test_authorization_api.py",
    "tests/browser/test_story_pledge.py",
    "tests/browser/test_story_mediation.py",
    "tests/browser/test_story_assessment.py",
    "tests/browser/test_story_finance.py",
    "tests/browser/test_finishing.py",
    "tests/benchmarks/test_smoke.py",
    "tests/browser/test_scripts.py",
    "tests/security/test_outsiders.py",
)


def put_longest_first(items: list[pytest.Item]) -> None:
    """The others keep their order."""
    place = {file: n for n, file in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.nodeid.partition("::")[0], len(LONGEST)))


__all__ = ["LONGEST", "put_longest_first"]
