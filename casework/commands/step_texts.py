"""The texts of a new step in a catalogue of translations, each where the sorted file has its place."""

from __future__ import annotations

import re
from bisect import bisect

from casework.commands.step_source import CannotWrite, NewStep

_LINE = re.compile(r'^(?:msgctxt|msgid|msgstr)? ?"(.*)"$')


def with_texts(written: str, workflow: str, step: NewStep) -> str:
    """A catalogue with the Chinese of a step's texts. Raises CannotWrite for one that has such a text already."""
    head, *entries = written.rstrip("\n").split("\n\n")
    keys = [_key(entry) for entry in entries]
    known = {context for _, context in keys}
    for place, words in step.texts().items():
        context = f"{workflow}.{place}"
        if context in known:
            raise CannotWrite(f"the catalogue has a text of {context} already")
        key = (words.english, context)
        n = bisect(keys, key)
        keys.insert(n, key)
        entries.insert(n, f'msgctxt "{context}"\nmsgid "{_escaped(words.english)}"\nmsgstr "{_escaped(words.chinese)}"')
    return "\n\n".join([head, *entries]) + "\n"


def _key(entry: str) -> tuple[str, str]:
    """The English of an entry and where it stands."""
    read, current = {"msgctxt": "", "msgid": "", "msgstr": ""}, ""
    for line in entry.splitlines():
        word = line.partition(" ")[0]
        current = word if word in read else current
        found = _LINE.match(line)
        if found and current:
            read[current] += re.sub(r"\\(.)", lambda one: {"n": "\n", "t": "\t"}.get(one[1], one[1]), found[1])
    return read["msgid"], read["msgctxt"]


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace('"', '\\"')
