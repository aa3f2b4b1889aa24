"""What the tables hold of a log, held against what its events add up to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from casework.engine import batches, removals
from casework.engine.analysis.notification_rules import CATALOGUE, FINDING
from casework.engine.case_objects.encumbrances import FROM_CASES
from casework.engine.case_objects.evidence import filed_in
from casework.engine.case_objects.ip_rights import fold as fold_right
from casework.engine.case_objects.kept_records import IMPORTED
from casework.engine.case_objects.kept_records import fold as fold_record
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.engine.state.events import SYSTEM_ACTOR, RegisterEvent
from casework.json_values import JsonObject, JsonValue
from casework.ledger.redactable_bodies import Erased
from casework.operations.audit.finding_rows import fold as fold_finding
from casework.operations.catalogue.assessment_needs import ASSESSMENT_KINDS
from casework.operations.catalogue.kept_records import EDITORS
from casework.operations.catalogue.matches import JUDGED
from casework.operations.core.merged_records import one_with
from casework.operations.core.record_log import TABLES, differing
from casework.operations.core.register_entries import INSTALLATION, differences
from casework.operations.history.point_in_time import Past, absences
from casework.operations.integrations.service_account_rules import MADE, ROTATED, SERVICE_ENDED
from casework.operations.integrations.service_account_rules import fold as fold_services
from casework.operations.people.invitation_rules import INVITED, INVITED_AGAIN, REVOKED
from casework.operations.people.invitation_rules import faults as invitation_faults
from casework.operations.people.invitation_rules import fold as fold_invitations
from casework.operations.privacy.erasure_requests import faults as erasure_faults
from casework.operations.privacy.erasure_requests import fold as fold_erasure
from casework.operations.tasks.allocation import fold as fold_rules
from casework.operations.tasks.skills import fold as fold_skills
from casework.operations.verification.finding_judgement import finding_faults
from casework.operations.verification.found_judgement import found_faults
from casework.operations.verification.kept_rows import PARTS, KeptRows, read_kept
from casework.operations.verification.organisation_judgement import merging_faults, organisation_faults
from casework.operations.verification.programme_judgement import programme_faults
from casework.operations.verification.record_judgement import import_faults, record_faults
from casework.operations.verification.right_judgement import right_faults, taken_faults
from casework.operations.verification.role_judgement import role_faults
from casework.operations.verification.screening_judgement import screening_faults
from casework.records.case_writer import rows_of
from casework.records.register_entries import rows_as_told

HOMES = {
    "case": "cases", "mediation": "mediations", "programme": "programmes", "organisation": "organisations",
    "person": "people", "right": "rights", "need": "needs", "technology": "technologies", "finding": "findings", "erasure": "erasures",
}  # fmt: skip
#: Logs in which papers are filed that show what they tell.
HOMES_OF_EVIDENCE = ("right", "organisation")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: in which log and where in it, of what kind, and a sentence for the auditor."""

    kind: str
    sentence: str
    log: str | None = None
    #: Of the case, where it is one.
    number: str | None = None
    seq: int | None = None
    table: str | None = None
    row: str | None = None
    column: str | None = None

    def as_json(self) -> JsonObject:
        return asdict(self)


#: Actions in a register that take a right, and whether administrators have it beside leads.
_BY_RIGHT = {INVITED: True, INVITED_AGAIN: True, REVOKED: True, MADE: False, ROTATED: False, SERVICE_ENDED: False}


class Rows:
    """What the tables hold of a log, against what its events add up to."""

    def __init__(self, db: Connection, log: str, number: str | None, past: Past) -> None:
        self.db = db
        self.log = log
        self.number = number
        self.past = past

    def _read(self, table: str, where: str) -> list[JsonObject]:
        """A table's rows of this log. The names come from our own metadata, never from outside."""
        query = f"SELECT to_jsonb(x) FROM {table} x WHERE {where} = CAST(:log AS uuid) ORDER BY id"
        return list(self.db.execute(text(query), {"log": self.log}).scalars())

    def _differ(self, table: str, row: str, column: str | None, sentence: str) -> Finding:
        return Finding("rows", sentence, self.log, self.number, None, table, row, column)

    def of_case(self, case: Case, kept: KeptRows) -> Iterator[Finding]:
        """Every row that the fold of the log adds up to, column by column, and none beside it."""
        wanted = rows_of(case, self.past.library)
        for table in (HOMES[case.kind], *PARTS):
            expected, rows = wanted[table], kept.rows[table]
            yield from self._compare(table, expected, rows)
            if table == "tracks" and [row["id"] for row in rows] != [row["id"] for row in expected]:
                yield self._differ(table, self.log, "position", "The tracks are not in the order in which they opened.")
        if case.kind == "case":
            yield from self._compare("case_dates", wanted["case_dates"], kept.rows["case_dates"])
        for told, about, key in found_faults(self.db, self.past, case, kept):
            yield Finding("found", told, self.log, self.number, 1, about, key)
        for seq, right in kept.rights:
            words = f"Event {seq} burdens or frees the right {right}, whose log does not know it."
            yield Finding("rights", words, self.log, self.number, seq, "rights", right)
        for seq, right in kept.unknown_rights:
            words = f"Event {seq} says that the case is about the right {right}, which its programme had not recorded."
            yield Finding("rights", words, self.log, self.number, seq, "rights", right)
        for seq, organisation in kept.untold_screenings:
            words = f"Event {seq} screens the organisation {organisation}, whose log does not know it."
            yield Finding("screened", words, self.log, self.number, seq, "organisations", organisation)
        for event, words, other in kept.link_faults():
            yield Finding("links", words, self.log, self.number, event, "cases", other or self.log)
        for message, person in kept.mentions:
            words = f"The message {message} and the mentions kept of it disagree about {person}."
            yield self._differ("mentions", message, None, words)
        for source in kept.words:
            words = f"The words of {source} are not those by which searches find it."
            yield self._differ("searched_words", self.log, None, words)

    def _compare(self, table: str, wanted: list[JsonObject], rows: list[JsonObject]) -> Iterator[Finding]:
        for id, column, sentence in compare(table, wanted, rows):
            yield self._differ(table, id, column, sentence)

    # --- registers ---

    def of_register(self, kind: str, events: list[RegisterEvent]) -> Iterator[Finding]:
        """A programme's, organisation's, person's or right's row, and the roles held in it."""
        for table, key, column, sentence in differences(self.db, kind, self.log, events):
            yield self._differ(table, key, column, sentence)
        if kind == INSTALLATION:
            return
        rows = self._read(HOMES[kind], "id")
        if not rows:
            yield self._differ(HOMES[kind], self.log, None, f"The log of a {kind} has no row in {HOMES[kind]}.")
            return
        yield from self._judged(kind, events)
        if kind in HOMES_OF_EVIDENCE:
            yield from self._evidence(events)
        if kind == "right":
            yield from self._right_kept(events, rows)
            yield from self._rights_caused()
        elif kind in TABLES:
            yield from self._record(kind, events)
        elif kind == "finding":
            yield from self._compare("findings", [fold_finding(events)], rows)
            for seq, why in finding_faults(self.past, events):
                yield Finding("allowed", why, self.log, self.number, seq)
        else:
            yield from self._of_others(kind, events, rows)

    def _evidence(self, events: list[RegisterEvent]) -> Iterator[Finding]:
        """The papers that were filed in a register's log, each with its file."""
        filed = filed_in(events, None)
        papers: list[JsonObject] = [
            {
                "id": one.evidence,
                "log_id": self.log,
                "programme_id": one.programme,
                "about_id": one.about,
                "kind": one.kind,
            }
            for one in filed
        ]
        files: list[JsonObject] = [
            {
                **{name: value for name, value in one.event.effects["files"][0].items() if name != "document"},
                "log_id": self.log,
                "document_id": one.evidence,
                "filed_at": one.event.at.isoformat(),
                "filed_by": one.event.actor,
                "name": one.name,
                "digest": one.digest,
            }
            for one in filed
        ]
        yield from self._compare("evidence", papers, self._read("evidence", "log_id"))
        yield from self._compare("files", files, self._read("files", "log_id"))

    def _of_others(self, kind: str, events: list[RegisterEvent], rows: list[JsonObject]) -> Iterator[Finding]:
        if kind == "erasure":
            yield from self._compare("erasures", [fold_erasure(events)], rows)
        if kind == "programme":
            yield from self._imports(events)
            # What was said last of each.
            of_row = {"calendar", "providers", "editions", "weights", "retention", "routing"}
            told = {name: value for event in events for name, value in event.effects.items() if name in of_row}
            programme = {
                "id": self.log,
                "code": events[0].effects["code"],
                "calendar": told["calendar"],
                "providers": told.get("providers"),
                "editions": told.get("editions", {}),
                "weights": told.get("weights", {}),
                "retention": told.get("retention", {}),
                "routing": told.get("routing", {}),
                "removal": removals.row_after(removals.fold(events)),
                "batch": batches.row_after(batches.fold(events)),
            }
            yield from self._compare("programmes", [programme], rows)
            for seq, why in programme_faults(self.past, self.log, events):
                yield Finding("allowed", f"Event {seq} was not allowed: {why}.", self.log, self.number, seq)
        if kind == "organisation":
            yield from self._compare("organisations", [{"id": self.log}], rows)
        if kind in ("programme", "organisation"):
            yield from self._roles(f"{kind}_id")
            away = [
                {
                    "id": absence.id,
                    "scope_id": self.log,
                    "person_id": absence.person,
                    "substitute_id": absence.substitute,
                    "starts_at": absence.starts_at.isoformat(),
                    "ends_at": absence.ends_at.isoformat(),
                }
                for absence in absences((event.kind, event.effects) for event in events).values()
            ]
            yield from self._compare("absences", away, self._read("absences", "scope_id"))
            yield from self._compare(
                "invitations", list(fold_invitations(events).values()), self._read("invitations", "scope_id")
            )
            accounts = list(fold_services(events).values())
            yield from self._compare("service_accounts", accounts, self._read("service_accounts", "organisation_id"))
            yield from self._by_right(kind, events)
            for seq, why in [*invitation_faults(events), *role_faults(self.past, self.log, events)]:
                yield Finding("allowed", f"Event {seq} was not allowed: {why}.", self.log, self.number, seq)
            rules = fold_rules(event.effects["allocation"] for event in events if "allocation" in event.effects)
            yield from self._compare(
                "allocations", [rule | {"scope_id": self.log} for rule in rules], self._read("allocations", "scope_id")
            )
            skills = fold_skills(event.effects["skills"] for event in events if "skills" in event.effects)
            yield from self._compare(
                "skills", [skill | {"scope_id": self.log} for skill in skills], self._read("skills", "scope_id")
            )

    def _by_right(self, kind: str, events: list[RegisterEvent]) -> Iterator[Finding]:
        """Who invites, or makes a service account, leads the organisation or is an administrator."""
        for event in events:
            if event.kind not in _BY_RIGHT or event.actor == SYSTEM_ACTOR:
                continue
            leads = kind == "organisation" and self._held(self.log, event, Role.PROVIDER_LEAD)
            within = [self.log] if kind == "programme" else sorted(self.past.programmes())
            if not leads and not (
                _BY_RIGHT[event.kind] and any(self._held(programme, event, Role.ADMINISTRATOR) for programme in within)
            ):
                sentence = f"Event {event.seq} ({event.kind}) is by somebody who could not do it then."
                yield Finding("allowed", sentence, self.log, self.number, event.seq)

    def _held(self, scope: str, event: RegisterEvent, role: str) -> bool:
        return self.past.held(scope, event.actor, role, None, event.at, any_deputy=True)

    def _roles(self, scope: str) -> Iterator[Finding]:
        none: JsonObject = {"programme_id": None, "organisation_id": None}
        wanted = [
            none
            | {
                "id": membership.id,
                "person_id": membership.person,
                "role": membership.role,
                "deputy_for": membership.deputy_for,
                scope: self.log,
                "starts_at": membership.starts_at.isoformat(),
                "ends_at": membership.ends_at.isoformat() if membership.ends_at else None,
                "absence_id": membership.absence,
                "via_id": membership.via,
            }
            for membership in self.past.memberships(self.log).values()
        ]
        yield from self._compare("memberships", wanted, self._read("memberships", scope))

    def _rights_caused(self) -> Iterator[Finding]:
        """Whatever a right's log says came from a case stands in that case's log."""
        for seq in self.db.execute(_CAUSES_OF_RIGHTS, {"log": self.log}).scalars():
            yield Finding("rights", f"Event {seq} names a cause that does not know this right.", self.log, None, seq)

    def _right_kept(self, events: list[RegisterEvent], rows: list[JsonObject]) -> Iterator[Finding]:
        """A right's row, and what it belongs to."""
        told = fold_right(events)
        technologies = [{"id": technology} for technology in told.pop("technologies", ())]
        owners = [{"id": owner["organisation"], "share": owner["share"]} for owner in told.pop("owners", ())]
        # What was erased can no longer be compared.
        right = {name: value for name, value in told.items() if not isinstance(value, Erased)}
        wanted: JsonObject = {"id": self.log, "programme_id": self._programme_of_log(), **right}
        yield from self._compare("rights", [wanted], rows)
        kept = self.db.execute(_LINKS_OF_RIGHT, {"log": self.log}).one()
        yield from self._compare("right_technologies", technologies, kept.technologies)
        yield from self._compare("right_owners", owners, kept.owners)

    def _imports(self, events: list[RegisterEvent]) -> Iterator[Finding]:
        for seq, why in import_faults(self.db, self.log, events):
            yield Finding("rows", f"Event {seq} disagrees with the records: {why}.", self.log, self.number, seq)
        for event in events:
            judged = event.kind in (*JUDGED, *ASSESSMENT_KINDS) or event.kind == IMPORTED and "brought" in event.effects
            if judged and not any(self._held(self.log, event, role) for role in EDITORS):
                sentence = f"Event {event.seq} ({event.kind}) is by somebody who could not do it then."
                yield Finding("allowed", sentence, self.log, self.number, event.seq)

    def _record(self, kind: str, events: list[RegisterEvent]) -> Iterator[Finding]:
        """The row of a need or a technology, and whether its log tells what may have happened."""
        table = TABLES[kind]
        state = fold_record(kind, events)
        row = rows_as_told(self.db, table, [self.log])[self.log]
        for column in differing(state, row):
            words = f"{table}.{column} of {self.log} is {_short(row.get(column))}; the history says {_short(state[column])}."
            yield self._differ(table, self.log, column, words)
        for seq, why in record_faults(self.db, self.past, kind, self._programme_of_log(), events):
            yield Finding("allowed", f"Event {seq} was not allowed: {why}.", self.log, self.number, seq)

    def _programme_of_log(self) -> str:
        programme = text("SELECT programme_id::text FROM logs WHERE id = CAST(:log AS uuid)")
        return str(self.db.execute(programme, {"log": self.log}).scalar_one())

    def _judged(self, kind: str, events: list[RegisterEvent]) -> Iterator[Finding]:
        """Whether what the log of a record says was done by whom and how it may be."""
        faults: Iterable[tuple[int, str]] = ()
        if kind == "right":
            faults = [*right_faults(self.past, self._programme_of_log(), events), *taken_faults(self.db, events)]
        if kind == "organisation":
            faults = [*organisation_faults(self.past, events), *screening_faults(self.db, self.log, events)]
        if kind == "erasure":
            faults = erasure_faults(events)
        if kind in ("organisation", "right", *TABLES):
            faults = [*faults, *merging_faults(self.db, self.log, events)]
        for seq, why in faults:
            yield Finding("allowed", f"Event {seq} was not allowed: {why}.", self.log, self.number, seq)


def compare(table: str, wanted: list[JsonObject], rows: list[JsonObject]) -> Iterator[tuple[str, str | None, str]]:
    """Where rows are not what a history adds up to: the row, the column where it is one, and a sentence."""
    kept = {row["id"]: row for row in rows}
    for expected in wanted:
        row = kept.pop(expected["id"], None)
        if row is None:
            yield expected["id"], None, f"A row of {table} is missing: {expected['id']}."
            continue
        for column, value in expected.items():
            # Where a row stands among others is given once, by the event that made it.
            if column != "position" and not _same(value, row.get(column)):
                yield (
                    expected["id"],
                    column,
                    f"{table}.{column} of {expected['id']} is {_short(row.get(column))}; the history says {_short(value)}.",
                )
    for id in kept:
        yield id, None, f"A row of {table} is in no event: {id}."


def rows_kept(db: Connection, log: str, home: str) -> dict[str, list[JsonObject]]:
    """What the tables hold of a case or mediation, by table."""
    kept = read_kept(db, [log])[log]
    return {table: kept.rows[table] for table in (home, *PARTS)}


def later_than_head(db: Connection, log: str | None = None) -> Iterator[Finding]:
    """What other tables know of events that would come after the head: a log was cut off, and its head set back."""
    more = "AND l.id = CAST(:log AS uuid)" if log else ""
    for row in db.execute(text(_LATER.format(more=more)), {"log": log} if log else {}):
        yield Finding(
            "head",
            f"The log ends with event {row.seq}, and {row.place} knows an event {row.later}.",
            row.id,
            row.number,
            row.later,
            row.place,
        )


#: Tables that name an event of a log, each with the column that names the log, and with which of their rows do: a notice that may tell
#: nothing of its cause stands in its reader's log, and counts by itself.
_KNOWING = {
    "requests": ("log_id", "true"),
    "notifications": ("log_id", f"kind NOT IN ('{FINDING}', '{CATALOGUE}')"),
    "webhook_messages": ("log_id", "type <> 'log.checkpoint'"),
    "looks": ("thing_id", "true"),
    "findings": ("case_id", "true"),
}
#: The logs of which a table knows an event that is later than the log's last.
_LATER = (
    "WITH known AS ("
    + " UNION ALL ".join(
        f"SELECT '{table}' AS place, {log} AS id, max(seq) AS later FROM {table} WHERE {log} IS NOT NULL AND {said} GROUP BY {log}"
        for table, (log, said) in _KNOWING.items()
    )
    + ") SELECT l.id, l.seq, k.place, k.later, c.number FROM known k JOIN logs l ON l.id = k.id LEFT JOIN cases c ON c.id = l.id"
    " WHERE k.later > l.seq {more} ORDER BY l.id, k.place"
)


#: What a right belongs to, as its tables hold it.
_LINKS_OF_RIGHT = text("""
    SELECT (SELECT coalesce(jsonb_agg(jsonb_build_object('id', technology_id) ORDER BY technology_id), '[]')
        FROM right_technologies WHERE right_id = CAST(:log AS uuid)) AS technologies,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('id', organisation_id, 'share', trim_scale(share)::text) ORDER BY organisation_id), '[]')
        FROM right_owners WHERE right_id = CAST(:log AS uuid)) AS owners
""")
#: The events of a right whose cause, in a case, does not say so.
_CAUSES_OF_RIGHTS = text(f"""
    SELECT r.seq FROM events r WHERE r.log_id = CAST(:log AS uuid) AND r.kind IN {FROM_CASES}
    AND NOT EXISTS (
        SELECT FROM events e WHERE e.log_id = CAST(r.effects->'cause'->>'log' AS uuid)
        AND e.seq = CAST(r.effects->'cause'->>'seq' AS bigint)
        AND EXISTS (SELECT FROM jsonb_array_elements(e.effects->'rights') c
            WHERE CAST(c->>'right' AS uuid) IN {one_with("rights", "CAST(:log AS uuid)")})
    ) ORDER BY r.seq
""")


#: Of these what is equal is the same, which most columns are.
_PLAIN = frozenset((str, int, bool, type(None)))


def _same(wanted: object, kept: object) -> bool:
    """Whether a column holds what the history says: a moment in whatever way it is written, what is erased as null."""
    if type(wanted) in _PLAIN and type(kept) is type(wanted) and wanted == kept:
        return True
    if isinstance(wanted, Erased):
        return kept is None
    if isinstance(wanted, datetime):
        return isinstance(kept, str) and _moment(kept) == wanted
    if isinstance(wanted, Mapping) and isinstance(kept, Mapping):
        return wanted.keys() == kept.keys() and all(_same(value, kept[key]) for key, value in wanted.items())
    if isinstance(wanted, list | tuple) and isinstance(kept, list | tuple):
        return len(wanted) == len(kept) and all(_same(part, other) for part, other in zip(wanted, kept, strict=True))
    if wanted == kept:
        return type(wanted) is type(kept)
    if isinstance(wanted, str) and isinstance(kept, str) and "T" in wanted and "T" in kept:
        return _moment(wanted) == _moment(kept) is not None
    return False


def _moment(written: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return None


def _short(value: JsonValue) -> str:
    written = "nothing" if value is None else str(value)
    return written if len(written) <= 80 else written[:77] + "…"
