"""Files that came with a form: kept while the form is put right, and registered with the action that the form is for.

What was taken in lies in the store and is named by nothing; the page holds a signed name of it, which counts for this person,
this form and this place alone, and no longer than the store keeps what nothing names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

from flask import current_app, request
from flask_babel import gettext
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import Connection
from werkzeug.datastructures import FileStorage, MultiDict

from casework import reasons
from casework.api.protocol.files import document_store
from casework.engine.definition.edition_schema import WrittenField
from casework.engine.definition.form_values import build_model, check
from casework.engine.execution.record_commands import FileTold
from casework.engine.state.case import Case
from casework.errors import InvalidForm, UploadRefused
from casework.json_values import JsonMapping, JsonObject
from casework.operations.cases.action_views import NeededPaper
from casework.operations.core.idempotency import digest_of
from casework.operations.documents import service as documents
from casework.operations.documents.storage import LEFT_AFTER, Kept
from casework.operations.documents.upload_limits import MEGABYTE, MOST_BYTES, MOST_FILES
from casework.operations.documents.uploads import receive
from casework.permissions.actors import Actor
from casework.reasons import Why
from casework.web.documents.forms import Delivery, Papers
from casework.web.documents.place import WORDS, TakesFiles
from casework.web.history.sentences import WHOSE
from casework.web.shell.form_fields import FILE, HELD, PAPER, PREFIX, Field, FormView, HeldFile, within
from casework.web.shell.forms import build_form, own_texts, parse_form, read_request, wants_more
from casework.web.shell.layout import clock
from casework.web.shell.security_log import note
from casework.web.shell.sent_forms import Sent
from casework.web.shell.session import current_actor, page_transaction
from casework.web.shell.task_links import capital

#: A little shorter than the store keeps what no document names.
_LASTS = LEFT_AFTER - timedelta(hours=1)
#: The last day of a paper: where the form asks it of its own subject, the paper bears that one, and is not asked for another.
_LAST_DAY = "valid_until"


def _signing() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="held-file")


@dataclass(frozen=True)
class _Held:
    """A file that was taken in, and whose paper it is by its code; "" where that was not said yet, or is not asked."""

    shown: HeldFile
    kept: Kept
    code: str


@dataclass(frozen=True)
class FilesOfForm:
    """The files that come with a form, in a case, a referral or a register: for fields that ask for documents, and for papers that must
    be on file."""

    place: TakesFiles
    form: str
    rules: Sequence[JsonMapping]
    #: What a file is entered as where its field asks for no kind.
    kind: str = "report"
    #: Whether it is asked whose paper a file is, as the office says it of what it hands in.
    asks_whose: bool = False
    #: Papers that are not on file and come with the form.
    papers: Sequence[NeededPaper] = ()
    #: Before what a field is sent as, by its name, where several forms of a page are sent together.
    within: Mapping[str, str] = field(default_factory=dict)
    _held: list[_Held] = field(default_factory=list)
    #: What is said of the files of a field.
    _told: dict[str, JsonObject] = field(default_factory=dict)

    @property
    def held(self) -> tuple[HeldFile, ...]:
        return tuple(one.shown for one in self._held)

    @property
    def kept(self) -> list[Kept]:
        """What has come with it and waits in the store."""
        return [one.kept for one in self._held]

    @cached_property
    def _asking(self) -> Mapping[str, JsonMapping]:
        """The fields that take files; with one of its own for each paper that no field asks for anyway."""
        asking = [rule for rule in self.rules if rule["type"] == "documents"]
        asked = {
            rule["kinds"][0]
            for rule in asking
            if rule["required"] and "when" not in rule and len(rule.get("kinds") or ()) == 1
        }
        papers = [paper for paper in self.papers if paper.kind not in asked]
        of_papers = [{"name": _field_of(paper), "type": PAPER, "kinds": [paper.kind]} for paper in papers]
        return {rule["name"]: rule for rule in (*asking, *of_papers)}

    def _about(self, rule: JsonMapping) -> list[WrittenField]:
        """What is asked of the files of a field: of a paper what the page of documents asks, first what must be said."""
        form = Papers if self.asks_whose else Delivery
        if rule["type"] != PAPER:
            return [one for one in form.rule() if one["name"] == "whose"]
        known = {"title", "kind"} | ({_LAST_DAY} & {one["name"] for one in self.rules})
        return sorted((one for one in form.rule() if one["name"] not in known), key=lambda one: not one["required"])

    def _sent_as(self, name: str, before: str) -> str:
        return f"{self.within.get(name, '')}{before}{name}"

    # --- showing -----------------------------------------------------------------------------------------------------

    def shown_in(self, form: FormView, sent: Sent | None) -> FormView:
        """The form with room for files, those that are kept, and what is asked of them."""
        typed = sent.data if sent else form.kept
        papers = [_field(paper) for paper in self.papers if _field_of(paper) in self._asking]
        fields = (
            self._with_files(one, sent, typed) if one.name in self._asking else one for one in (*form.fields, *papers)
        )
        names, faults = {paper.name for paper in papers}, sent.faults if sent else {}
        said = {why for where, why in faults.items() if where.split(".")[0] in names}
        return replace(form, fields=tuple(fields), faults=tuple(why for why in form.faults if why not in said))

    def _with_files(self, one: Field, sent: Sent | None, typed: MultiDict[str, str]) -> Field:
        faults, before = sent.faults if sent else {}, f"{one.within}{one.name}-"
        # What was kept of a form that was left names its files as well.
        held = sent.held if sent and sent.held else tuple(kept.shown for kept in self.kept_before(one.name, typed))
        about = build_form(
            self.form,
            self._about(self._asking[one.name]),
            own_texts(Papers if self.asks_whose else Delivery),
            submitted=within(typed, before),
            faults={where.partition(".")[2]: why for where, why in faults.items() if where.startswith(f"{one.name}.")},
        )
        return replace(
            one,
            fault=(one.fault or faults[one.name]) if one.name in faults else "",
            uploads=True,
            held=tuple(file for file in held if file.field == one.name),
            about=about.placed(f"{one.name}{one.place}", within=before).fields,
        )

    # --- taking in ---------------------------------------------------------------------------------------------------

    def keep(self) -> None:
        """Take in what was chosen now, beside what was kept before and not taken out. Raises InvalidForm."""
        faults = dict[str, Why]()
        for rule in self._asking.values():
            # What is wrong with one takes no other one with it.
            faults |= self._keep(rule)
        if faults:
            raise InvalidForm(fields=faults)

    def _keep(self, rule: JsonMapping) -> dict[str, Why]:
        """Take in the files of one field; gives what is wrong with them, and with what is said of them."""
        name, single = rule["name"], rule["type"] == PAPER
        chosen = [file for file in request.files.getlist(self._sent_as(name, FILE)) if file.filename]
        # Of a paper there is one file: another one takes its place.
        before = [] if single and chosen else list(self.kept_before(name, request.form))
        before = before[-1:] if single else before[:MOST_FILES]
        if not chosen and not before:
            # Who only asks for more questions has not sent it yet.
            return {name: reasons.documents.CHOOSE_PAPER} if single and not wants_more(request.form) else {}
        faults = dict[str, Why]()
        if single or chosen or not all(one.code for one in before):
            self._told[name], faults = self._read_about(rule)
        code = self._told.get(name, {}).get("whose", "")
        with page_transaction() as (db, actor):
            log = self.place.insist(db, actor)
        self._held.extend(self._as_said(log, one, code, again=single) for one in before)
        room = 1 if single else max(0, MOST_FILES - len(self._held))
        for refusal in self._take_in(log, name, chosen[:room], code):
            faults.setdefault(name, reasons.documents.FILE_REFUSED(name=refusal.name, why=refusal.why))
        if len(chosen) > room:
            # Those before it are kept; of the others it is said that they are not.
            faults.setdefault(name, reasons.documents.MOST_FILES(most=room if single else MOST_FILES))
        return faults

    def _read_about(self, rule: JsonMapping) -> tuple[JsonObject, dict[str, Why]]:
        """What is said of the files of a field, and what is wrong with that."""
        name, rules = rule["name"], self._about(rule)
        data = parse_form(rules, within(request.form, f"{self._sent_as(name, '')}-"))
        try:
            return check(build_model("About", rules), rules, data, clock().office_today), {}
        except InvalidForm as refusal:
            known = {"whose": data["whose"]} if data.get("whose") in WHOSE else {}
            return known, {f"{name}.{where}": why for where, why in refusal.fields.items()}

    def _take_in(self, log: str, name: str, files: Iterable[FileStorage], code: str) -> list[UploadRefused]:
        """Keep what was chosen in a field; gives what is not taken."""
        refused = []
        for file in files:
            try:
                with receive(file.stream, file.filename or "") as upload:
                    kept = document_store().keep(log, self.place.part(code), upload)
            except UploadRefused as refusal:
                note("upload_refused")
                refused.append(refusal)
            else:
                self._held.append(self._hold(name, kept, code))
        return refused

    def _as_said(self, log: str, one: _Held, code: str, *, again: bool) -> _Held:
        """A kept file as whose it is said to be now, where that was not said before or is asked `again`."""
        if not code or code == one.code or one.code and not again:
            return one
        return self._hold(one.shown.field, document_store().move(log, self.place.part(code), one.kept), code)

    def _hold(self, name: str, kept: Kept, code: str) -> _Held:
        token = str(_signing().dumps([*self._bound(name), code, kept.blob, asdict(kept.told)]))
        return _Held(_shown(name, kept, token, code), kept, code)

    def _bound(self, name: str) -> list[str]:
        """For whom and where a kept file counts."""
        return [current_actor().person, self.place.id, self.form, self._sent_as(name, "")]

    def kept_before(self, name: str, sent: MultiDict[str, str]) -> Iterator[_Held]:
        """What is not signed by us, is old, or is of somebody else or another form, is not there: it is chosen anew."""
        taken_out = set(sent.getlist(f"{HELD}out"))
        for token in dict.fromkeys(sent.getlist(self._sent_as(name, HELD))):
            with suppress(BadData):
                *bound, code, blob, told = _signing().loads(token, max_age=int(_LASTS.total_seconds()))
                if bound == self._bound(name) and token not in taken_out:
                    kept = Kept(blob, FileTold(**told))
                    yield _Held(_shown(name, kept, token, code), kept, code)

    # --- of a form that enters each file by itself, and says of all of them whose they are ---

    def keep_until_right(self, log: str, name: str, chosen: Sequence[FileStorage]) -> list[UploadRefused]:
        """Keep what came with a form that is to be put right, beside what was kept before; gives what is not taken."""
        self._held.extend([*self.kept_before(name, request.form)][:MOST_FILES])
        return self._take_in(log, name, chosen[: MOST_FILES - len(self._held)], "")

    def kept_as(self, log: str, name: str, code: str) -> list[Kept]:
        """What was kept before, as whose it is said to be now."""
        kept = self.kept_before(name, request.form)
        return [self._as_said(log, one, code, again=True).kept for one in kept]

    # --- registering -------------------------------------------------------------------------------------------------

    def register(self, db: Connection, actor: Actor) -> Mapping[str, Sequence[str]]:
        """Enter each as a document, in the transaction of the form's action; the ids by what the answers of fields are sent as."""
        ids, asked = dict[str, list[str]](), read_request()
        for n, one in enumerate(self._held):
            name, told = one.shown.field, one.kept.told
            rule, said = self._asking[name], self._told.get(name, {}) if self._asking[name]["type"] == PAPER else {}
            bears = rule.get("valid") or rule["type"] == PAPER
            day = _day(request.form.get(self._sent_as(_LAST_DAY, PREFIX), "")) if bears else None
            id = self.place.enter(
                db,
                actor,
                one.kept,
                code=one.code,
                kind=rule["kinds"][0] if rule.get("kinds") else self.kind,
                language=said.get("language"),
                valid_until=said.get(_LAST_DAY) or day,
                request=replace(
                    asked,
                    key=f"{asked.key[:60]}:{name[:20]}:{n}",
                    digest=digest_of("POST", request.path, [told.digest, told.name]),
                ),
            )
            ids.setdefault(self._sent_as(name, PREFIX), []).append(id)
        return ids


def _field_of(paper: NeededPaper) -> str:
    """What the field of a paper that must be on file is called; no field of a form has such a name."""
    return f"paper-{paper.kind}"


def _field(paper: NeededPaper) -> Field:
    kinds = gettext("Up to %(size)s MB: %(kinds)s.", size=MOST_BYTES // MEGABYTE, kinds=WORDS["kinds"])
    return Field(name=_field_of(paper), type=PAPER, label=capital(paper.name), help=kinds)


def _shown(name: str, kept: Kept, token: str, code: str) -> HeldFile:
    return HeldFile(name, kept.told.name, kept.told.size, token, gettext(WHOSE[code]) if code in WHOSE else "")


def takes_files(actor: Actor, case: Case, place: TakesFiles, rules: Iterable[JsonMapping]) -> bool:
    """Whether whoever fills in a form may hand in there what it asks for."""
    asks = case.kind == "case" and any(rule["type"] == "documents" for rule in rules)
    return asks and documents.why_not(actor, case, case.tracks.get(place.referral or "")) is None


def _day(written: str) -> str | None:
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError:
        return None


__all__ = ["FilesOfForm", "takes_files"]
