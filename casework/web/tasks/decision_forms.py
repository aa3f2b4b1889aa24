"""The answers of a decision as forms: what all of them share, what one asks for alone, and the files that come with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict

from casework.definitions import load_library
from casework.engine.analysis.decisions import AGREE, COMPLETE, CONFIRM, REFUSE, VALUE, Answer
from casework.engine.definition.edition_schema import WrittenField
from casework.engine.definition.editions import Edition
from casework.engine.definition.prefill import sources
from casework.engine.state.case import Case, Task
from casework.json_values import JsonObject
from casework.operations.cases.form_choices import choices_of
from casework.operations.history.decisions import DecisionView, OpenAnswer
from casework.permissions.actors import Actor
from casework.web.documents.held import FilesOfForm, takes_files
from casework.web.documents.place import Place
from casework.web.shell.form_actions import say_source
from casework.web.shell.form_fields import within
from casework.web.shell.forms import PREFIX, FormView, build_form, parse_form, texts_of
from casework.web.shell.impact_words import say_choices
from casework.web.shell.limit_words import with_limits
from casework.web.shell.sent_forms import Sent

#: Before the names of the fields of one answer alone: another answer may ask for one of the same name.
_OWN = "own-"


def _freed(fields: Iterable[WrittenField], one: OpenAnswer) -> list[JsonObject]:
    """Fields that hang on the answer itself are asked with it, whatever stands in any other field."""
    given = {one.answer.name, *one.said}
    return [
        {key: value for key, value in field.items() if key != "when" or field["when"][0] not in given}
        for field in fields
    ]


def shared_fields(view: DecisionView) -> list[WrittenField]:
    """The fields that every value of the question asks for."""
    values = [one for one in view.answers if one.answer.kind == VALUE]
    if len(values) < 2:
        return []
    names = set.intersection(*({field["name"] for field in one.fields} for one in values))
    return [field for field in values[0].fields if field["name"] in names]


def place_of(answer: Answer) -> str:
    """What tells the fields of one answer from those of another."""
    return _OWN + answer.code.replace(":", "-") + "."


@dataclass(frozen=True, kw_only=True)
class Forms:
    """The forms of a decision: what all values share, and what one answer asks for alone."""

    db: Connection
    actor: Actor
    case: Case
    task: Task
    view: DecisionView
    sent: Sent | None

    @property
    def edition(self) -> Edition:
        return load_library()[self.task.edition]

    @property
    def shared(self) -> list[WrittenField]:
        return shared_fields(self.view)

    def common(self) -> FormView | None:
        one = next((one for one in self.view.answers if one.answer.kind == VALUE), None)
        if one is None or not self.shared:
            return None
        form = self._build(one, self.shared, self.sent.data if self.sent else None, self._faults(None))
        return self._with_files(one, form, pressed=True)

    def own(self, one: OpenAnswer) -> FormView | None:
        shared = {field["name"] for field in self.shared} if one.answer.kind == VALUE else set()
        fields = [field for field in one.fields if field["name"] not in shared]
        if not fields:
            return None
        place = place_of(one.answer)
        typed = within(self.sent.data, place) if self.sent else None
        form = self._build(one, fields, typed, self._faults(one.answer)).placed(place.rstrip("."), within=place)
        return self._with_files(one, form, pressed=self._pressed(one.answer))

    def _build(
        self,
        one: OpenAnswer,
        fields: Sequence[WrittenField],
        typed: MultiDict[str, str] | None,
        faults: Mapping[str, str],
    ) -> FormView:
        rules = _freed(fields, one)
        form = build_form(
            f"decide:{self.task.id}",
            rules,
            texts_of(self.edition, one.answer.form or ""),
            choices=say_choices(
                choices_of(
                    self.db, self.actor, self.case, self.case.tracks[self.task.track], rules, about=self.task.about
                )
            ),
            values={**one.known, **(self.view.prepared if one.answer.kind in (VALUE, COMPLETE) else {})},
            submitted=typed,
            sources=self._sources(fields),
            faults={
                name: why for name, why in faults.items() if name.split(".")[0] in {rule["name"] for rule in rules}
            },
        )
        return with_limits(self.db, form, self.case.programme, rules, self.edition)

    def _sources(self, fields: Sequence[WrittenField]) -> Mapping[str, str]:
        known = sources(self.case, self.case.tracks[self.task.track], fields, reader=self.actor.person)
        return {name: say_source(source) for name, source in known.items()}

    def _faults(self, answer: Answer | None) -> Mapping[str, str]:
        """The faults of the answer that was pressed; those of shared fields stand beside these."""
        if self.sent is None or answer is not None and not self._pressed(answer):
            return {}
        return self.sent.faults

    def _pressed(self, answer: Answer) -> bool:
        return self.sent is not None and self.sent.data.get("answer") == answer.code

    def _with_files(self, one: OpenAnswer, form: FormView, *, pressed: bool) -> FormView:
        """What is wrong with files, and those that are kept, stand with the answer that was pressed."""
        files = files_of(self.actor, self.case, self.task.id, self.view, one)
        if files is None:
            return form
        return files.shown_in(
            form, self.sent if pressed or self.sent is None else replace(self.sent, faults={}, held=())
        )


def files_of(actor: Actor, case: Case, task: str, view: DecisionView, one: OpenAnswer) -> FilesOfForm | None:
    """The files that come with an answer; None where it asks for no document, or who answers hands none in here."""
    place = Place("case", case.number or "")
    if not takes_files(actor, case, place, one.fields):
        return None
    shared = {field["name"] for field in shared_fields(view)} if one.answer.kind == VALUE else set()
    alone = {field["name"]: place_of(one.answer) for field in one.fields if field["name"] not in shared}
    return FilesOfForm(place, f"decide:{task}", one.fields, asks_whose=True, within=alone)


def given(view: DecisionView, one: OpenAnswer, data: MultiDict[str, str], reason: str) -> JsonObject:
    """What an answer says, from what was sent with it: what is settled is taken from what was asked, whatever was sent."""
    if one.answer.kind in (CONFIRM, REFUSE):
        return {"decision": one.answer.kind} | ({"reason": reason} if reason else {})
    shared = {field["name"] for field in shared_fields(view)} if one.answer.kind == VALUE else set()
    own, rules = within(data, place_of(one.answer)), _freed(one.fields, one)
    sent = MultiDict([(name, value) for name, value in data.items(multi=True) if _base(name) in shared])
    sent.update(own)
    said = parse_form(rules, sent, known=one.known)
    if one.answer.kind in (VALUE, COMPLETE):
        said |= dict(view.settled)
    if one.answer.kind == AGREE:
        said |= one.said
    if one.answer.kind == VALUE:
        said[one.answer.name] = one.answer.value
    if one.reason and reason:
        said[one.reason] = reason
    return said


def _base(name: str) -> str:
    """The field that something sent belongs to."""
    return name.removeprefix(PREFIX).split(".")[0] if name.startswith(PREFIX) else ""


__all__ = ["Forms", "files_of", "given", "place_of"]
