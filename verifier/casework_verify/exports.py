"""An export with its proof: rows as somebody took them out, and what shows that they are true."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from casework_verify import finding_exports, reading_exports
from casework_verify.case_files import Checked
from casework_verify.certificates import shown_unless_wrong
from casework_verify.faults import Fault, Unreadable
from casework_verify.histories import is_instant
from casework_verify.integrity.canonical import NotCanonical, canonical
from casework_verify.integrity.notes import Checkpoint
from casework_verify.known_names import export_faults
from casework_verify.memory import Memory
from casework_verify.tiles import Tiles

FORM = 1
#: How one begins, and no certificate or attestation: it alone may be large.
BEGINS = b'{"at":'
_NAMES = {"export", "of", "at", "scope", "checkpoint"}
#: By what it is of: whether it can be read, and what is found in it.
_Check = Callable[[Mapping[str, Any], Checkpoint, Memory], tuple[list[Fault], list[Fault], int]]
_KINDS: Mapping[str, tuple[Callable[[Mapping[str, Any]], bool], _Check]] = {
    finding_exports.FINDINGS: (finding_exports.is_formed, finding_exports.check_findings),
    reading_exports.READINGS: (reading_exports.is_formed, reading_exports.check_readings),
}


def is_export(content: Any) -> bool:
    return isinstance(content, dict) and "export" in content


def check_export(content: Mapping[str, Any], written: bytes, memory: Memory, tiles: Tiles) -> Checked:
    """Everything that is wrong with such a file, and, where nothing is, what it holds. Raises Unreadable."""
    checked = Checked("export")
    if type(content["export"]) is not int or content["export"] != FORM:
        raise Unreadable("file_form", form=content["export"])
    if not _is_formed(content, written):
        checked.faults.append(Fault("export_form"))
        return checked
    checked.faults += export_faults(content)
    said, faults = memory.open(content["checkpoint"], tiles)
    checked.faults += faults
    if said is None:
        return checked
    _, check = _KINDS[content["of"]]
    wrong, shown, events = check(content, said, memory)
    checked.facts = {"events": events, "at": content["at"]}
    checked.faults = shown_unless_wrong([*checked.faults, *wrong], shown)
    return checked


def _is_formed(content: Mapping[str, Any], written: bytes) -> bool:
    """Whether it is written as we write one, as far as all the rest can be read."""
    try:
        one_way = canonical(content) == written
    except NotCanonical:
        one_way = False
    return (
        one_way
        and content.keys() >= _NAMES
        and isinstance(content["of"], str)
        and content["of"] in _KINDS
        and is_instant(content["at"])
        and isinstance(content["scope"], dict)
        and _KINDS[content["of"]][0](content)
    )


__all__ = ["check_export", "is_export"]
