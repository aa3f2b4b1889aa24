"""What may be wrong with what a definition says of case sheets."""

from __future__ import annotations

from collections.abc import Iterator

from casework.engine.definition.editions import Edition
from casework.engine.definition.graph import Fault, quoted
from casework.engine.definition.sheets import RECORD_PARTS, REQUEST, SERVICE, TOLD_PARTS, WHOSE
from casework.engine.parts import SENDS


def sheet_faults(edition: Edition) -> Iterator[Fault]:
    """A case sheet has parts that there are, and answers that are asked for: those of the request itself are looked up."""
    forms = [edition.form(rule.form) for rule in edition.transitions if rule.part == SENDS]
    asked = {field["name"] for form in forms for field in form if field["fact"]}
    for service, sheet in edition.sheets.items():
        strange = [part for part in sheet if part not in ("records", WHOSE, *TOLD_PARTS)]
        strange += [part for part in sheet["records"] if part not in RECORD_PARTS]
        for part in strange:
            yield Fault("unknown_sheet", "sheets", f"A case sheet has no part {quoted(part)}.")
        named = [written.partition("=")[0::2] for written in sheet.get(WHOSE, ())]
        answers = {written.rpartition(".")[2] for part in TOLD_PARTS for written in sheet.get(part, ())}
        for what, _ in named:
            if what not in {*(part for part in TOLD_PARTS if sheet.get(part)), *answers}:
                yield Fault("unknown_sheet", "sheets", f"A case sheet has no part {quoted(what)}.")
        told_or_whose = [written for part in TOLD_PARTS for written in sheet.get(part, ())] + [
            where for _, where in named
        ]
        for where in (one for written in told_or_whose for one in written.split("|")):
            home, _, rest = where.partition(".")
            if home not in (REQUEST, SERVICE) or home == REQUEST and rest not in asked:
                told = f"Nothing of {quoted(where)} is asked for, which {quoted(service)} is told."
                yield Fault("unknown_sheet", "sheets", told)
