"""What a correction or an erasure changed, row by row."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext
from markupsafe import Markup

from casework.engine.state.events import PARTY_ACTOR
from casework.json_values import JsonValue
from casework.operations.history.views import ChangedColumn, HistoryEntry
from casework.web.history.sentences import Editions, values_of
from casework.web.shell.i18n import N_, edition_text, listed
from casework.web.shell.letter_words import SENT_BY
from casework.web.shell.task_links import kind_words, queue_name
from casework.web.shell.values import PARTIES, Values, choice_name, paper_name, party_name, service_name

_TABLES = {
    "cases": N_("Case"), "mediations": N_("Mediation"), "tracks": N_("Track"), "tasks": N_("Task"),
    "proposals": N_("Proposal"), "consents": N_("Consent"), "documents": N_("Paper"), "grants": N_("Access to a paper"),
}  # fmt: skip
_COLUMNS = {
    "state": N_("state"), "states": N_("state"), "owner_id": N_("owner"), "team": N_("team"), "outcome": N_("outcome"),
    "reasons": N_("reasons"), "frozen": N_("outward work stands still"), "closed_at": N_("day of closing"),
    "ended_at": N_("when it ended"), "opened_at": N_("opened"), "provider_id": N_("provider"), "replaced": N_("replaced"),
    "given": N_("what was given along"), "barred": N_("shut out"), "named": N_("person named"), "interests": N_("declared interests"),
    "holder_id": N_("held by"), "due_at": N_("due"), "flagged": N_("flagged"),
    "closed_by": N_("closed by"), "queue": N_("queue"), "party": N_("party"), "given_on": N_("given on"),
    "expires_on": N_("expires on"), "how": N_("how it ended"), "title": N_("title"), "number": N_("number"),
    "kind": N_("kind"), "valid_until": N_("valid until"), "registered_at": N_("registered"), "withdrawn_at": N_("withdrawn"),
    "returned_at": N_("given back"), "given_at": N_("given"),
    "until": N_("last day"), "dispatched_how": N_("how it went out"), "dispatched_on": N_("when it went out"),
    "before": N_("state before the pause"), "providers": N_("providers"), "documents": N_("papers"),
    "actor_id": N_("proposed by"), "transition": N_("action"), "organisation_id": N_("organisation"),
}  # fmt: skip
#: What a column is called where its table calls it otherwise.
_COLUMNS_OF = {("tasks", "closed_at"): N_("when it was done"), ("tasks", "closed_by"): N_("done by")}
#: How a consent ended.
_CONSENT_ENDS = {"withdrawn": N_("withdrawn"), "expired": N_("expired")}
#: Columns that hold what a form asks for under another name.
_FIELD_OF = {"reasons": "reason"}
#: What a new row says of itself that the reader need not be told one by one.
_OF_NEW = frozenset({
    "state", "due_at", "queue", "party", "given_on", "expires_on", "provider_id", "states", "transition",
    "number", "title", "organisation_id",
})  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One thing that an entry changed."""

    what: str
    column: str
    before: str | Markup
    after: str | Markup
    #: What the log calls it: table, column and row.
    key: str = ""


def say_changes(entry: HistoryEntry, editions: Editions) -> list[Change]:
    """What an entry changed, for a reader: of what is new only what tells it apart."""
    values, changes = values_of(entry, editions), []
    for change in entry.changes:
        name, table = change.column, change.table
        if name and name not in _COLUMNS or change.new and name not in _OF_NEW:
            continue
        if table == "tracks" and name == "states" and change.row.startswith("case"):
            # The case's own row tells it.
            continue
        what = gettext(_TABLES[table])
        named = _row_name(change, editions, entry)
        column = gettext(_COLUMNS_OF.get((table, name), _COLUMNS[name])) if name else gettext("removed")
        before, after = (_say_cell(change, value, editions, entry, values) for value in (change.before, change.after))
        if before == after:
            continue
        changes.append(Change(f"{what} ({named})" if named else what, column, before, after, _key(change)))
    return changes


def _key(change: ChangedColumn) -> str:
    """By what the page of one field knows it; the case's own row is the only one of its table."""
    if not change.column:
        return ""
    return f"{change.table}.{change.column}" + ("" if change.table == "cases" else f".{change.id}")


def _row_name(change: ChangedColumn, editions: Editions, entry: HistoryEntry) -> str:
    words = change.row.split()
    if not words:
        return ""
    if change.table == "tracks":
        return service_name(words[0])
    if change.table == "tasks":
        about = f": {party_name(words[1])}" if len(words) > 1 and words[1] in PARTIES else ""
        return kind_words(words[0], editions.values()) + about
    if change.table == "proposals":
        return _transition_name(words[0], editions, entry)
    if change.table == "consents":
        return party_name(words[0])
    if change.table == "documents":
        return paper_name(words[0])
    if change.table == "grants":
        return ""
    return words[0].replace("_", " ")


#: States of WS-HumanTask, for a reader.
_TASK_STATES = {
    "Created": N_("planned"), "Ready": N_("open"), "Reserved": N_("taken"), "InProgress": N_("in work"),
    "Suspended": N_("stands still"), "Completed": N_("finished"), "Failed": N_("failed"), "Error": N_("faulty"),
    "Exited": N_("dropped"), "Obsolete": N_("not needed any more"),
}  # fmt: skip


def _say_cell(
    change: ChangedColumn, value: JsonValue, editions: Editions, entry: HistoryEntry, values: Values
) -> str | Markup:
    column, code = change.column, value if isinstance(value, str) else ""
    leaves = [str(leaf) for leaf in value] if isinstance(value, list) else [code] if code else []
    if column == "queue" and code:
        return queue_name(code)
    if change.table == "tasks" and column in ("state", "before") and code in _TASK_STATES:
        return gettext(_TASK_STATES[code])
    if change.table == "cases" and column == "outcome" and code:
        return choice_name("outcome", code, editions.get(entry.edition or ""))
    if column in ("states", "state", "outcome") and leaves:
        return listed(_state_name(leaf, editions, entry) for leaf in leaves)
    if column == "transition" and code:
        return _transition_name(code, editions, entry)
    if not column and value:
        return _row_name(change, editions, entry)
    if column == "how" and code:
        return gettext(_CONSENT_ENDS[code])
    if column == "dispatched_how" and code:
        return gettext(SENT_BY[code])
    if column == "closed_by" and code == PARTY_ACTOR:
        return gettext("the party")
    return values.say(value, _FIELD_OF.get(column, column))


def _transition_name(name: str, editions: Editions, entry: HistoryEntry) -> str:
    own = editions.get(entry.edition or "")
    for edition in (own, *editions.values()):
        if edition is not None and f"transitions.{name}.do" in edition.texts:
            return edition_text(edition, f"transitions.{name}.do")
    return name.replace("_", " ")


def _state_name(leaf: str, editions: Editions, entry: HistoryEntry) -> str:
    own = editions.get(entry.edition or "")
    for edition in (own, *editions.values()):
        if edition is not None and leaf in edition.states:
            return edition_text(edition, f"states.{leaf}")
    return leaf.replace("_", " ")
