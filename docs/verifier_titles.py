"""Writes what the verifier calls states, steps and fields of the editions that come with Casework: part of `make docs`.

`tests/verifier/test_titles.py` fails while it does not say what the editions and the catalogue of Chinese say.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
TITLES = ROOT / "verifier" / "casework_verify" / "words" / "titles.json"
_CATALOGUE = ROOT / "casework" / "translations" / "zh_Hans" / "LC_MESSAGES" / "workflows.po"
_AS_THEY_ARE = re.compile(r"states\.[a-z_.]+(?<!\.do)|transitions\.[a-z_]+\.do")
_OF_A_FORM = re.compile(r"forms\.\w+\.(\w+)(?:\.label|(\.choices\.\w+))")


def titles() -> str:
    """As the verifier reads it: by fingerprint of an edition and name of a text, English and Chinese."""
    with _CATALOGUE.open("rb") as file:
        chinese = {message.id: message.string for message in read_po(file) if message.id}
    editions = {}
    for path in sorted((ROOT / "workflows" / "published").glob("*.json")):
        edition = json.loads(path.read_text("utf-8"))
        told = _texts(edition["texts"])
        editions[edition["fingerprint"]] = {name: [words, chinese.get(words) or words] for name, words in told.items()}
    return json.dumps(editions, ensure_ascii=False, sort_keys=True, indent=0) + "\n"


def _texts(texts: dict[str, str]) -> dict[str, str]:
    kept = {name: words for name, words in texts.items() if _AS_THEY_ARE.fullmatch(name)}
    said: dict[str, set[str]] = {}
    for name, words in texts.items():
        if (found := _OF_A_FORM.fullmatch(name)) is not None:
            said.setdefault(f"{found[1]}{found[2] or ''}", set()).add(words)
    # A certificate names a field and not its form: where two forms call it otherwise, it keeps its name.
    return {**kept, **{name: next(iter(words)) for name, words in said.items() if len(words) == 1}}


if __name__ == "__main__":
    TITLES.write_text(titles(), "utf-8")
