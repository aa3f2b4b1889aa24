"""Brings the catalogues of the workflows' texts up to date with their definitions: `python -m tests.support.workflow_strings`."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

import casework
from casework.engine.definition.publisher import publish
from workflows import DEFINITIONS

CATALOGUES = sorted((Path(casework.__file__).parent / "translations").glob("*/LC_MESSAGES/workflows.po"))


def up_to_date(written: bytes) -> bytes:
    """A catalogue with every text of every workflow, those translated that were; of what is said no more, nothing."""
    catalogue, head = read_po(io.BytesIO(written)), written.partition(b"\n\n")[0]
    texts = Catalog()
    for words, context in sorted(_texts()):
        texts.add(words, context=context)
    catalogue.update(texts, no_fuzzy_matching=True, update_creation_date=False)
    made = io.BytesIO()
    write_po(made, catalogue, width=0, omit_header=True, ignore_obsolete=True)
    return head + b"\n\n" + made.getvalue().strip() + b"\n"


def _texts() -> Iterable[tuple[str, str]]:
    """The English of each text, and where it stands."""
    for edition in map(publish, DEFINITIONS):
        for key, words in edition.texts.items():
            yield words, f"{edition.workflow}.{key}"


if __name__ == "__main__":
    for path in CATALOGUES:
        path.write_bytes(up_to_date(path.read_bytes()))
