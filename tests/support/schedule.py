"""In what order workers take the files, the longest first, so that none is left alone with one at the end; and which of them one
worker takes together."""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadFileScheduling

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
    "tests/benchmarks/test_large.py",
    "tests/browser/test_scripts.py",
    "tests/demo/",
    "tests/security/test_outsiders.py",
)

#: Folders whose tests share what takes a minute to make: it is made once, not by each worker.
TOGETHER = ("tests/demo/",)


def scope_of(nodeid: str) -> str:
    """What one worker takes: a file, or a folder."""
    file = nodeid.partition("::")[0]
    return next((folder for folder in TOGETHER if file.startswith(folder)), file)


class ByFile(LoadFileScheduling):
    """Hands out to the workers what each takes as one."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


def put_longest_first(items: list[pytest.Item]) -> None:
    """The others keep their order."""
    place = {scope: n for n, scope in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(scope_of(item.nodeid), len(LONGEST)))


__all__ = ["LONGEST", "TOGETHER", "ByFile", "put_longest_first", "scope_of"]
