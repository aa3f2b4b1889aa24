"""The history of a case: what happened, who did it and by which rule, each entry with what it changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup

from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.engine.definition.registry import GUARDS
from casework.engine.definition.required_documents import SCANS
from casework.engine.roles import Role
from casework.errors import NotFound
from casework.json_values import JsonObject
from casework.operations.audit import findings
from casework.operations.cases.corrections import may_correct_now
from casework.operations.cases.queries import find_case
from casework.operations.core.perform import calendar_of
from casework.operations.history import timeline
from casework.operations.history.views import EntryRule, HistoryEntry
from casework.operations.verification.whole_history import parts_of
from casework.permissions.visibility import takes_out
from casework.web.history.field_changes import Change, say_changes
from casework.web.history.sentences import Told, say_entry, say_fields, say_why_not
from casework.web.shell import layout
from casework.web.shell.i18n import N_, edition_text, listed, role_name
from casework.web.shell.kept_forms import kept_form
from casework.web.shell.session import page_transaction
from casework.web.shell.values import Values, paper_name, service_name

blueprint = Blueprint("history", __name__)
#: Entries on a page, each with all that it says: more would weigh more than a page may.
ENTRIES = 18

FILTERS = {
    "all": N_("All"), "decisions": N_("Decisions taken"), "documents": N_("Documents"), "referrals": N_("Referrals"),
    "messages": N_("Messages"), "system": N_("By the clock"),
}  # fmt: skip


_NO_RULE = EntryRule(by=(), confirm_by=(), guards=(), papers=())


@dataclass(frozen=True)
class Line:
    """An entry as the page shows it."""

    entry: HistoryEntry
    words: str
    track: str
    frm: str
    to: str
    fields: list[Told]
    changes: list[Change]
    facts: list[tuple[str, str | Markup]]
    guards: list[str]
    roles: str
    confirm_by: str
    edition: Edition | None
    people: list[tuple[str, str, str, str]]
    findings: int = 0

    @property
    def could(self) -> int:
        return sum(1 for candidate in self.entry.candidates if not candidate.why_not)


def lines_of(items: Iterable[HistoryEntry], counts: Mapping[int, int] | None = None) -> list[Line]:
    """Entries of the chronicle for a page."""
    return [_line(item, counts or {}) for item in items]


def _line(entry: HistoryEntry, counts: Mapping[int, int]) -> Line:
    editions = load_library().editions
    edition, rule = editions.get(entry.edition or ""), entry.rule or _NO_RULE
    track = entry.track_kind
    values = Values(entry.names)
    # That there was nothing to say of a file is no fact to a reader.
    facts = [
        (values.label(name), values.say(value, name)) for name, value in entry.facts.items() if value or name != SCANS
    ]
    return Line(
        entry,
        say_entry(entry, editions),
        "" if track in (None, "case") else service_name(track),
        states_of(edition, entry.from_),
        states_of(edition, entry.to) if entry.to != entry.from_ else "",
        say_fields(entry, editions),
        say_changes(entry, editions),
        facts,
        [
            *(say_guard(edition, name) for name in rule.guards),
            *(gettext("On file: %(paper)s", paper=paper_name(kind)) for kind in rule.papers),
        ],
        listed(role_name(role) for role in rule.by),
        listed(role_name(role) for role in rule.confirm_by),
        edition,
        [
            (
                candidate.name or gettext("somebody"),
                role_name(candidate.role),
                (candidate.deputy_for and candidate.deputy_for.name) or "",
                say_why_not(candidate.why_not),
            )
            for candidate in entry.candidates
        ],
        counts.get(entry.seq or 0, 0),
    )


def say_guard(edition: Edition | None, guard: str) -> str:
    """What a guard asks for, as a rule and not as its refusal."""
    if edition is not None and f"rules.{guard}" in edition.texts:
        return edition_text(edition, f"rules.{guard}")
    return GUARDS[guard].rule if guard in GUARDS else guard


def states_of(edition: Edition | None, leaves: Sequence[str] | None) -> str:
    """The names of states."""
    if edition is None:
        return listed(leaves or ())
    return listed(edition_text(edition, f"states.{leaf}") or leaf for leaf in leaves or ())


@blueprint.get("/cases/<number>/history")
def show(number: str) -> str:
    chosen = request.args.get("show", "all")
    chosen = chosen if chosen in FILTERS else "all"
    oldest, cursor = request.args.get("order") == "oldest", request.args.get("cursor")
    with page_transaction() as (db, actor):
        history = timeline.read_history(
            db, actor, number, chosen=chosen, oldest_first=oldest, cursor=cursor, limit=ENTRIES
        )
        layout.use_calendar(calendar_of(db, history.programme))
        counts = findings.count_by_event(db, history.log) if history.whole else {}
        lines = lines_of(history.items, counts)
    address: JsonObject = {
        "number": number,
        "show": chosen if chosen != "all" else None,
        "order": "oldest" if oldest else None,
    }
    return render_template(
        "history/show.html",
        told=history,
        parts=parts_of(history.last or 0),
        lines=lines,
        chosen=chosen,
        oldest=oldest,
        filters=FILTERS,
        next_url=url_for("history.show", **address, cursor=history.next) if history.next else "",
        first_url=url_for("history.show", **address) if cursor else "",
    )


@blueprint.get("/cases/<number>/history/<int:seq>")
def entry(number: str, seq: int) -> str:
    with page_transaction() as (db, actor):
        if seq > 2**53:
            raise NotFound("entry")
        details = timeline.read_entry(db, actor, number, seq)
        layout.use_calendar(calendar_of(db, details.programme))
        about = findings.of_event(db, actor, number, seq)
        case = find_case(db, actor, number)[0]
        correctable = may_correct_now(db, actor, case, load_library().editions, seq)
        taken_out = takes_out(actor, case)
        finding = kept_form(db, actor, f"finding.new:{number}:{seq}") if Role.AUDITOR in actor.roles() else None
    return render_template(
        "history/entry.html",
        told=details,
        line=lines_of([details.entry])[0],
        findings=about,
        correctable=correctable,
        takes_out=taken_out,
        draft=finding,
    )
