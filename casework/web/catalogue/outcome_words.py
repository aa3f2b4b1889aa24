"""What a page of a need or a technology says beside its values: what its source says, and what came of it in cases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext

from casework.definitions import load_library
from casework.engine.case_objects.programme_lists import Lists
from casework.engine.parts import MAIN
from casework.operations.catalogue.outcomes import DEPLOYED_VERIFIED, CaseOutcome, Saved
from casework.operations.catalogue.source_rows import Read
from casework.web.cases.list_page import say_outcome
from casework.web.catalogue.listed_fields import called
from casework.web.catalogue.pages import Value, plainly
from casework.web.shell.i18n import edition_text, name_of
from casework.web.shell.impact_words import say_level, say_number


@dataclass(frozen=True)
class OutcomeRow:
    """A case in words: how it stands, or what it came to."""

    case: CaseOutcome
    words: str
    #: good where a site's effect is verified, warn where the case ended without, else nothing.
    kind: str
    #: Where, when, and what is saved.
    more: str


def say_outcomes(cases: Iterable[CaseOutcome], lists: Lists) -> list[OutcomeRow]:
    """Each case with what came of it."""
    return [_row(one, lists) for one in cases]


def _row(one: CaseOutcome, lists: Lists) -> OutcomeRow:
    edition = load_library().playing(MAIN)
    words = say_outcome(edition, one.outcome, one.state)
    deployed = (one.outcome or "").startswith("deployed") and one.closed_at is not None
    if one.closed_at is None:
        words = edition_text(edition, f"states.{one.state}") if edition is not None else one.state
    place = called(lists, "districts", "district", one.district) if one.district and (deployed or one.year) else ""
    parts = [place, str(one.year) if one.year else "", *map(say_saved, one.saved)]
    kind = "good" if deployed and one.outcome == DEPLOYED_VERIFIED else "" if deployed or not one.closed_at else "warn"
    return OutcomeRow(case=one, words=words, kind=kind, more=" · ".join(filter(None, parts)))


def say_saved(one: Saved) -> str:
    """What is saved of a measure: energy used: 31 % less, verified."""
    told = {
        "measure": name_of({"name": one.called, "name_zh": one.called_zh}),
        "percent": f"{say_number(one.percent.lstrip('-'))} %",
        "level": say_level(one.level),
    }
    if one.percent.startswith("-") is one.more_is_better:
        return gettext("%(measure)s: %(percent)s less, %(level)s", **told)
    return gettext("%(measure)s: %(percent)s more, %(level)s", **told)


@dataclass(frozen=True)
class Beside:
    """What a source says beside the values of a record."""

    #: The columns of the source that were read as one of the values.
    columns: frozenset[str]
    #: By field what the source says, where that is not what the record says.
    differing: dict[str, str]


def said_at_source(read: Read, values: Iterable[Value]) -> Beside:
    """What was read of a record, by the value that it was understood as."""
    shown = {value.field: str(value.words) for value in values}
    understood = {name: read.fields[name] for name, _ in read.row if read.fields.get(name) in shown}
    told = {understood[name]: plainly(value) for name, value in read.row if name in understood}
    # Blanks mean nothing.
    differing = {field: words for field, words in told.items() if words.split() != shown[field].split()}
    return Beside(columns=frozenset(understood), differing=differing)
