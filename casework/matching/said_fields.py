"""In which fields of a record each of its words stands. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from casework.matching.terms import language_of, terms_in


def fields_saying(
    titles: Mapping[str, str], bodies: Mapping[str, str], counts: Mapping[str, Sequence[int]]
) -> dict[str, list[str]]:
    """By field the terms that it says, in their order, of those that `counts` says are in the title or in the rest.

    `titles` and `bodies`: what those fields say of which a record's title and the rest are made, in their order. Where it is one field
    alone, it is known what stands in it.
    """
    found: dict[str, list[str]] = {}
    language = None
    for place, said in enumerate((titles, bodies)):
        wanted = {term for term, count in counts.items() if count[place]}
        if not wanted:
            continue
        if len(said) > 1:
            # Its words are cut as they were for the index: by the language of all of it.
            language = language or language_of(" ".join([*titles.values(), *bodies.values()]))
        for name, words in said.items():
            says = wanted if len(said) == 1 else wanted & terms_in(words, language)
            if says:
                found[name] = sorted(says)
    return found
