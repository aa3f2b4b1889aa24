"""What a sentence names between quotation marks leads there: the record, the task or the list in which something is put right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup, escape

from casework.definitions import load_library
from casework.engine.state.case import Case
from casework.operations.cases.action_views import AddableTask
from casework.web.shell.form_fields import FormView
from casework.web.shell.i18n import edition_text

_QUOTED = re.compile("“([^“”]+)”")


def linked(words: str, places: Mapping[str, str]) -> Markup:
    """The words with a link on each place that they name."""
    said, end = Markup(), 0
    for found in _QUOTED.finditer(words):
        if (url := places.get(found[1])) is not None:
            said += escape(words[end : found.start(1)]) + Markup('<a href="{}">{}</a>').format(url, found[1])
            end = found.end(1)
    return said + escape(words[end:])


def places_of(case: Case) -> dict[str, str]:
    """By what pages call it, where what a case stands on is put right."""
    places = {gettext("Cases"): url_for("cases.index")}
    if case.need is not None:
        places[gettext("Need")] = url_for("needs.show", need=case.need)
    if case.technology is not None:
        places[gettext("Technology")] = url_for("technologies.show", technology=case.technology)
    if case.match is not None:
        places[gettext("Match")] = url_for("matches.show", match=case.match)
    if case.number is not None:
        places[gettext("Rights")] = url_for("cases.show", number=case.number, _anchor="rights")
    return places


def places_on(case: Case, tasks: Iterable[AddableTask]) -> dict[str, str]:
    """The same with the tasks that the reader may add."""
    library = load_library()
    return places_of(case) | {
        edition_text(library[case.tracks[one.track].edition], f"tasks.{one.rule}"): url_for(
            "cases.new_task", number=case.number, track=one.track, kind=one.task
        )
        for one in tasks
        if not one.why_not
    }


def with_places(form: FormView, case: Case) -> FormView:
    """The form of a case whose help leads to where that is which it names."""
    places = places_of(case)
    return replace(form, fields=tuple(replace(one, help=linked(one.help, places)) for one in form.fields))


__all__ = ["linked", "places_of", "places_on", "with_places"]
