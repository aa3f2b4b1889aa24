"""Every text of every workflow is in Chinese, and the states' names are those of the domain's specification."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import yaml
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

import casework
from casework.engine.definition.editions import Edition
from casework.engine.definition.publisher import publish
from tests.support.workflow_strings import CATALOGUES, up_to_date
from workflows import DEFINITIONS

FACTS: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "facts.yaml").read_text("utf-8"))
PO = Path(casework.__file__).parent / "translations" / "zh_Hans" / "LC_MESSAGES" / "workflows.po"
EDITIONS: dict[str, Edition] = {edition.workflow: edition for edition in map(publish, DEFINITIONS)}
STATES = [(machine, state) for machine in EDITIONS for state in EDITIONS[machine].states]
ZH = 3


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file)


def chinese(catalogue: Catalog, machine: str, key: str) -> str:
    found = catalogue.get(EDITIONS[machine].texts[key], f"{machine}.{key}")
    return str(found.string) if found is not None else ""


@pytest.mark.parametrize(("machine", "state"), STATES)
def test_a_state_has_the_chinese_name_of_the_specification(catalogue: Catalog, machine: str, state: str) -> None:
    assert chinese(catalogue, machine, f"states.{state}") == FACTS[machine]["states"][state][ZH]


@pytest.mark.parametrize("machine", EDITIONS)
def test_every_text_of_a_workflow_is_translated(catalogue: Catalog, machine: str) -> None:
    assert [key for key in EDITIONS[machine].texts if not chinese(catalogue, machine, key)] == []


def test_the_catalogue_is_as_the_command_writes_it() -> None:
    assert CATALOGUES == [PO]
    assert PO.read_bytes() == up_to_date(PO.read_bytes()), "run `make strings` and translate what is new"


def test_the_command_brings_a_new_text_and_takes_an_old_one_away() -> None:
    old = b'msgctxt "pledge.states.gone"\nmsgid "Gone"\nmsgstr "\xe6\xb2\xa1"\n'
    head, first, *rest = PO.read_bytes().split(b"\n\n")
    behind = b"\n\n".join([head, *rest, old])
    catalogue = read_po(io.BytesIO(up_to_date(behind)))
    assert catalogue.get("Gone", "pledge.states.gone") is None
    (lost,) = (entry for entry in read_po(io.BytesIO(head + b"\n\n" + first + b"\n")) if entry.id)
    (brought,) = (entry for entry in catalogue if (entry.id, entry.context) == (lost.id, lost.context))
    assert (brought.string, lost.string != "") == ("", True)


def test_no_entry_of_a_workflow_has_lost_its_text(catalogue: Catalog) -> None:
    known = {(f"{machine}.{key}", words) for machine, one in EDITIONS.items() for key, words in one.texts.items()}
    assert [entry.context for entry in catalogue if entry.id and (entry.context, entry.id) not in known] == []
