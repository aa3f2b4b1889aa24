"""The texts of a new step in a catalogue of translations, each where the sorted file has its place."""

from __future__ import annotations

import io

from babel.messages.pofile import read_po, write_po

from casework.commands.step_source import CannotWrite, NewStep


def with_texts(written: str, workflow: str, step: NewStep) -> str:
    """A catalogue with the Chinese of a step's texts. Raises CannotWrite for one that has such a text already."""
    catalogue = read_po(io.BytesIO(written.encode()))
    known = {message.context for message in catalogue}
    for place, words in step.texts().items():
        context = f"{workflow}.{place}"
        if context in known:
            raise CannotWrite(f"the catalogue has a text of {context} already")
        catalogue.add(words.english, words.chinese, context=context)
    made = io.BytesIO()
    write_po(made, catalogue, width=0, sort_output=True)
    return made.getvalue().decode().rstrip("\n") + "\n"
