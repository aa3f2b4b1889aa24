"""Files that came with a form: kept while the form is put right, and registered with the action that the form is for.

What was taken in lies in the store and is named by nothing; the page holds a signed name of it, which counts for this person,
this form and this place alone, and no longer than the store keeps what nothing names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta

from flask import current_app, request
from flask_babel import gettext
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import Connection
from werkzeug.datastructures import FileStorage, MultiDict

from casework import reasons
from casework.api.protocol.files import document_store
from casework.engine.execution.record_commands import FileTold
from casework.engine.state.case import Case
from casework.errors import InvalidForm, UploadRefused
from casework.json_values import JsonMapping
from casework.operations.core.idempotency import digest_of
from casework.operations.documents import service as documents
from casework.operations.documents.storage import LEFT_AFTER, Kept, part_for
from casework.operations.documents.upload_limits import MOST_FILES
from casework.operations.documents.uploads import receive
from casework.permissions.actors import Actor
from casework.reasons import Why
from casework.web.documents.place import Place
from casework.web.history.sentences import WHOSE, whose
from casework.web.shell.form_fields import HELD, WHOSE_IS, FormView, HeldFile
from casework.web.shell.forms import PREFIX, read_request
from casework.web.shell.security_log import because
from casework.web.shell.session import current_actor, page_transaction

#: A little shorter than the store keeps what no document names.
_LASTS = LEFT_AFTER - timedelta(hours=1)


def _signing() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="held-file")


@dataclass(frozen=True)
class FilesOfForm:
    """The files that come with a form in a case or a referral, for the fields that ask for documents."""

    place: Place
    form: str
    rules: Sequence[JsonMapping]
    #: What a file is entered as where its field asks for no kind.
    kind: str = "report"
    #: Whether it is asked whose paper a file is, as the office says it of what it hands in.
    asks_whose: bool = False
    _held: list[tuple[HeldFile, Kept]] = field(default_factory=list)

    @property
    def held(self) -> tuple[HeldFile, ...]:
        return tuple(shown for shown, _ in self._held)

    def keep(self) -> None:
        """Take in what was chosen now, beside what was kept before and not taken out. Raises InvalidForm."""
        faults = dict[str, Why]()
        for name in (rule["name"] for rule in self.rules if rule["type"] == "documents"):
            self._held.extend(self._kept_before(name, request.form))
            files = [file for file in request.files.getlist(f"u-{name}") if file.filename]
            try:
                if files:
                    self._take_all(name, files)
            except InvalidForm as refusal:
                # What is wrong with one takes no other one with it.
                faults |= refusal.fields
        if faults:
            raise InvalidForm(fields=faults)

    def _take_all(self, name: str, files: Sequence[FileStorage]) -> None:
        code = request.form.get(WHOSE_IS + name, "") if self.asks_whose else ""
        if self.asks_whose and code not in WHOSE:
            raise InvalidForm(fields={name: reasons.documents.SAY_WHOSE})
        with page_transaction() as (db, actor):
            case = self.place.find(db, actor)
            documents.insist_may_hand_in(actor, case, self.place.referral)
        room = max(0, MOST_FILES - len(self._held))
        for file in files[:room]:
            self._take_in(case.log, name, file, code)
        if len(files) > room:
            # Those before it are kept; of the others it is said that they are not.
            raise InvalidForm(fields={name: reasons.documents.MOST_FILES(most=MOST_FILES)})

    def _take_in(self, log: str, name: str, file: FileStorage, code: str) -> None:
        try:
            with receive(file.stream, file.filename or "") as upload:
                kept = document_store().keep(log, part_for(whose(code)["party"], self.place.referral), upload)
        except UploadRefused as refusal:
            because("upload_refused")
            why = reasons.documents.FILE_REFUSED(name=refusal.name, why=refusal.why)
            raise InvalidForm(fields={name: why}) from refusal
        token = str(_signing().dumps([*self._bound(name), *([code] if code else []), kept.blob, asdict(kept.told)]))
        self._held.append((HeldFile(name, kept.told.name, kept.told.size, token, code), kept))

    def _bound(self, name: str) -> list[str]:
        """For whom and where a kept file counts."""
        return [current_actor().person, self.place.id, self.form, name]

    def in_draft(self, kept: MultiDict[str, str]) -> tuple[HeldFile, ...]:
        """Those that are named in what was kept of the form when it was left."""
        names = (rule["name"] for rule in self.rules if rule["type"] == "documents")
        return tuple(shown for name in names for shown, _ in self._kept_before(name, kept))

    def _kept_before(self, name: str, sent: MultiDict[str, str]) -> Iterable[tuple[HeldFile, Kept]]:
        """What is not signed by us, is old, or is of somebody else or another form, is not there: it is chosen anew."""
        taken_out = set(sent.getlist(f"{HELD}out"))
        for token in dict.fromkeys(sent.getlist(HELD + name)):
            with suppress(BadData):
                *bound, blob, told = _signing().loads(token, max_age=int(_LASTS.total_seconds()))
                code = bound.pop() if self.asks_whose else ""
                if bound == self._bound(name) and token not in taken_out:
                    kept = Kept(blob, FileTold(**told))
                    yield HeldFile(name, kept.told.name, kept.told.size, token, code), kept

    def register(self, db: Connection, actor: Actor) -> Mapping[str, Sequence[str]]:
        """Enter each as a document, in the transaction of the form's action; the ids by field."""
        ids = dict[str, list[str]]()
        asked, by_name = read_request(), {rule["name"]: rule for rule in self.rules}
        for n, (shown, kept) in enumerate(self._held):
            rule = by_name[shown.field]
            # What the same form says of the paper's last day, the paper bears.
            day = _day(request.form.get(f"{PREFIX}valid_until", "")) if rule.get("valid") else None
            done = documents.hand_in(
                db,
                actor,
                document_store(),
                self.place.find(db, actor),
                title=shown.name.rpartition(".")[0] or shown.name,
                kind=rule["kinds"][0] if rule.get("kinds") else self.kind,
                kept=kept,
                referral=self.place.referral,
                valid_until=day,
                **whose(shown.whose),
                request=replace(
                    asked,
                    key=f"{asked.key[:60]}:{shown.field[:20]}:{n}",
                    digest=digest_of("POST", request.path, [kept.told.digest, kept.told.name]),
                ),
            )
            ids.setdefault(shown.field, []).append(str(done.answer["id"]))
        return ids


def takes_files(actor: Actor, case: Case, place: Place, rules: Iterable[JsonMapping]) -> bool:
    """Whether whoever fills in a form may hand in there what it asks for."""
    asks = case.kind == "case" and any(rule["type"] == "documents" for rule in rules)
    return asks and documents.why_not(actor, case, case.tracks.get(place.referral or "")) is None


def with_files(form: FormView, place: Place, *, asks_whose: bool = True) -> FormView:
    """The form with room for files, and those that its draft names; where it is asked, the office says whose each is."""
    asks = asks_whose and place.referral is None
    fields = [field.name for field in form.fields if field.type == "documents"]
    files = FilesOfForm(place, form.name, [{"name": name, "type": "documents"} for name in fields], asks_whose=asks)
    typed = form.kept or request.form
    return replace(
        form,
        uploads=True,
        held=form.held or files.in_draft(form.kept),
        whose=tuple((code, gettext(words)) for code, words in WHOSE.items()) if asks else (),
        chosen_whose=tuple((name, typed.get(WHOSE_IS + name, "")) for name in fields),
    )


def _day(written: str) -> str | None:
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError:
        return None


__all__ = ["FilesOfForm", "takes_files", "with_files"]
