"""What is wrong with a history is said in the reader's language, and its detail besides."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask_babel import force_locale

from casework.ledger.integrity import FaultKind
from casework.operations.verification.views import VerdictFault
from casework.web.audit.fault_words import FAULTS, say_fault

ALLOWED = VerdictFault(kind="allowed", sentence="Event 3 was not allowed.", event=3, table=None, row=None, column=None)
#: As the verification calls the kinds of a log's chain.
REMOVED = replace(ALLOWED, kind="chain.removed", sentence="Event 20 is missing.")


def test_each_kind_of_fault_of_a_log_has_words() -> None:
    assert sorted(str(kind) for kind in FaultKind if kind not in FAULTS) == []


@pytest.mark.parametrize(("locale", "says"), [("en", False), ("zh_Hans", True)])
@pytest.mark.parametrize(
    ("fault", "words"), [(ALLOWED, "当时无权办理"), (REMOVED, "缺少记录")], ids=["allowed", "removed"]
)
def test_who_reads_chinese_is_told_of_which_kind_it_is(
    app: Flask, fault: VerdictFault, words: str, locale: str, says: bool
) -> None:
    with app.test_request_context(), force_locale(locale):
        said = say_fault(fault)
    assert fault.sentence in said
    assert (words in said) == says
