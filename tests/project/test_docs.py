"""The documentation says what is there: links lead somewhere, commands exist, generated pages are up to date."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from sqlalchemy.engine import make_url

from casework.cli import main
from casework.engine.definition import forms
from casework.engine.definition.grammar import Workflow
from casework.engine.definition.publisher import publish
from casework.engine.definition.validation import faults
from casework.settings import Settings
from docs.shots import PICTURES, shown

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
GENERATED: dict[str, str] = runpy.run_path(str(ROOT / "docs" / "generate.py"))["pages"]()
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


every_page = pytest.mark.parametrize("page", PAGES, ids=named)


def prose(page: Path) -> str:
    """A page without its code blocks."""
    return re.sub(r"^ *```.*?^ *```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


def code(page: Path) -> Iterator[str]:
    """What stands in code blocks, a line each, and in code between backticks."""
    for block in re.findall(r"^ *```\w*\n(.*?)^ *```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL):
        yield from block.splitlines()
    yield from re.findall(r"`([^`]+)`", prose(page))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as a reader of Markdown makes them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


@every_page
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if link.startswith(("https://", "http://")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{named(page)} links to {link}"
        assert not anchor or anchor in anchors(target), f"{named(page)} links to {link}"


#: Where a path may begin that a page names, and files that a reader of a how-to writes.
BASES = (
    "",
    "templates",
    "casework",
    "casework/engine",
    "casework/operations",
    "casework/records",
    "tests",
    "workflows",
)
WRITTEN_BY_READERS = {
    "migrations/versions/NNNN_what_it_does.py", "tests/workflows/test_pilot_run.py", "workflows/visit.py",
    "workflows/published/deployment-2.json",
}  # fmt: skip


@every_page
def test_files_that_are_named_are_there(page: Path) -> None:
    named_files = set(re.findall(r"`((?:[\w.-]+/)+[\w.*-]+\.(?:py|html|sql|csv|json|cfg))`", prose(page)))
    away = [one for one in named_files - WRITTEN_BY_READERS if not any(list((ROOT / base).glob(one)) for base in BASES)]
    assert away == []


@every_page
def test_commands_exist(page: Path) -> None:
    for line in code(page):
        for target in re.findall(r"(?:^|[;&|] *)(?:\w+=\S+ )*make ([a-z][a-z-]*)", line):
            assert target in TARGETS, f"{named(page)} says `make {target}`"
        for words in re.findall(r"(?:^|/|[;&|$(] *)casework((?: [a-z][a-z-]*)+)", line):
            insist_command(page, words.split())


def insist_command(page: Path, words: list[str]) -> None:
    command: click.Command = main
    for word in words:
        if not isinstance(command, click.Group):
            return
        found = command.get_command(click.Context(command), word)
        assert found is not None, f"{named(page)} says `casework {' '.join(words)}`"
        command = found


@every_page
def test_no_page_names_somebody_s_machine(page: Path) -> None:
    assert not re.search(r"(?<![\w.])/(home|root|work|tmp|Users)/", page.read_text("utf-8"))


@every_page
def test_every_page_is_listed(page: Path) -> None:
    index = ROOT / "docs" / "index.md"
    links = {(index.parent / one.partition("#")[0]).resolve() for one in re.findall(r"\]\(([^)\s]+)\)", prose(index))}
    assert page in {index, *links}


@pytest.mark.parametrize("name", GENERATED)
def test_generated_pages_are_up_to_date(name: str) -> None:
    kept = ROOT / "docs" / "reference" / name
    assert kept.exists(), "run `make docs`"
    assert kept.read_text("utf-8") == GENERATED[name], "run `make docs`"


@pytest.mark.parametrize("field", Settings.model_fields)
def test_every_setting_is_named(field: str) -> None:
    assert f"CASEWORK_{field.upper()}`" in (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8")


def test_every_type_of_field_is_told_with_what_it_takes() -> None:
    """And no published edition has one that is not."""
    told = runpy.run_path(str(ROOT / "docs" / "generate.py"))["TYPES"]
    types = {
        one.type
        for one in vars(forms).values()
        if isinstance(one, type) and issubclass(one, forms.FormField) and one.type
    }
    assert set(told) == types


def test_the_small_workflow_is_right() -> None:
    page = (ROOT / "docs" / "how-to" / "write-a-workflow.md").read_text("utf-8")
    (written,) = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    made: dict[str, type[Workflow]] = {"__name__": "visit"}  # type: ignore[dict-item]  # the name of a module, for classes made in it
    exec(written, made)
    assert faults(publish(made["Visit"])) == []


def test_addresses_of_databases_can_be_read() -> None:
    page = (ROOT / "docs" / "how-to" / "run-your-own-postgresql.md").read_text("utf-8")
    addresses = re.findall(r"postgresql://[^\s`]+", page)
    assert [make_url(one).database for one in addresses] == ["casework"] * len(addresses)


def test_each_picture_is_on_a_page_and_each_that_is_shown_is_there() -> None:
    assert {one.name for one in PICTURES.iterdir()} == shown()
