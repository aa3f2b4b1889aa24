"""By which editions a programme begins its cases and what is opened in them: the newest, or one that it has named."""

from __future__ import annotations

from collections.abc import Mapping

from casework import reasons
from casework.engine.definition.compared_guards import lacking
from casework.engine.definition.validation import faults
from casework.engine.execution.context import Library
from casework.errors import InvalidForm
from casework.reasons import Why

#: What the log of a programme says was done.
EDITIONS_SET = "editions_set"


def cleaned(library: Library, chosen: Mapping[str, int | None]) -> dict[str, int]:
    """A choice as it is stored: of each workflow that is named the number; none: the newest. Raises InvalidForm with every fault.

    Each is a published edition with every guard of the newest, which runs by the code that is installed, and all together open
    and fire only what is there.
    """
    named = {name: number for name, number in sorted(chosen.items()) if number is not None}
    wrong: dict[str, Why] = {name: reasons.editions.NO_WORKFLOW for name in chosen if name not in library.newest}
    wrong |= {
        name: _not_offered(library, name, number)
        for name, number in named.items()
        if name in library.newest and number not in library.offered.get(name, {})
    }
    if not wrong:
        wrong = dict(_against(library.choosing(named), named))
    if wrong:
        raise InvalidForm(fields=wrong)
    return named


def _not_offered(library: Library, name: str, number: int) -> Why:
    newest, published = library[library.newest[name]], library.editions.values()
    for edition in published:
        if (edition.workflow, edition.number) == (name, number) and (lacks := lacking(edition, newest)):
            return reasons.editions.LACKS(number=number, newest=newest.number, guards=", ".join(lacks))
    return reasons.editions.NOT_PUBLISHED(number=number)


def _against(library: Library, named: Mapping[str, int]) -> list[tuple[str, Why]]:
    """Why editions do not go together, at a workflow for which one was named; all newest go together."""
    begins = [library[fingerprint] for fingerprint in library.newest.values()]
    names = {edition.workflow for edition in begins}
    found = [(edition, fault.sentence) for edition in begins for fault in faults(edition, names, begins)]
    return [
        (
            edition.workflow if edition.workflow in named else min(named),
            reasons.editions.NOT_TOGETHER(workflow=edition.workflow, number=edition.number, fault=sentence),
        )
        for edition, sentence in found
        if named
    ]


__all__ = ["EDITIONS_SET", "cleaned"]
