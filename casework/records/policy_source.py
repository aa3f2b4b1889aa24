"""The database's own policies, made from the conditions of `records.access_sql`: who is shown a row, whatever a statement asks.

`make expected` writes them to `sql/policies.sql`, which the database is made from. What a policy asks of who reads stands in
sub-selects, each of which is answered once for a statement, not once for a row. What looks past the policies does so as the
engine, and then who read before reads again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from casework.engine.case_objects.emergency_access import BREAKERS
from casework.engine.case_objects.unsealing import READERS
from casework.engine.roles import Role
from casework.permissions.actors import PROVIDER_ROLES, READS_ALL
from casework.records.access_sql import (
    COUNTS,
    Asker,
    in_time,
    is_referral,
    named_for,
    open_to,
    opened_case,
    opened_mediation,
    own_referral,
    paper_of,
    reads_case,
    roles_sql,
)

_HEAD = """\
-- Who is shown which row, and the functions that find it out. Written by `make expected` from casework/records/policy_source.py.
"""


@dataclass(frozen=True)
class Function:
    """A function of the database: what it says in SQL, and how it is called."""

    why: str
    head: str
    body: str

    def sql(self) -> str:
        return f"-- {self.why}\nCREATE FUNCTION {self.head} AS $$\n{self.body}\n$$;\n"


# --- what is found out of who reads ------------------------------------------------------------------------------------

_READER = "coalesce(current_setting('casework.reader', true), '')"
_PAST_POLICIES = "LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp"
#: What is asked of one row after the other is planned once: planned with each row's values, it would take ten times as long.
_PER_ROW = f"{_PAST_POLICIES} SET plan_cache_mode = force_generic_plan"


def _as_engine(statements: str, *, find: str = "") -> str:
    """Statements of a function that reads as the engine; `find`: what it gives back, as a declared variable."""
    declared = f"    found {find};\n" if find else ""
    back = "    RETURN found;\n" if find else ""
    return f"""DECLARE
    reader text := current_setting('casework.reader', true);
{declared}BEGIN
{statements}
    PERFORM set_config('casework.reader', coalesce(reader, ''), true);
{back}END"""


def _by_arguments(person: str, id: str) -> Asker:
    """Who asks, by the arguments of a function."""
    return Asker(person, id, "programmes", "outlines", "organisations", "disputes", "opened", "breakers", "readers")


def _held(column: str, roles: Iterable[str], *, in_own_name: bool = False) -> str:
    """The programmes or organisations in which the person has one of the roles; a sealed log knows no deputies."""
    more = " AND m.deputy_for IS NULL" if in_own_name else ""
    return (
        f"array_agg(DISTINCT m.{column}) FILTER (WHERE m.{column} IS NOT NULL AND m.role IN {roles_sql(roles)}{more})"
    )


#: What a person reaches, by the name that `casework_reach` is asked with.
_REACH = {
    # The programmes whose cases the person reads whole.
    "programmes": _held("programme_id", READS_ALL),
    # The providers that the person works for.
    "organisations": _held("organisation_id", PROVIDER_ROLES),
    # The programmes whose mediations the person leads where named.
    "disputes": _held("programme_id", (Role.DISPUTE_OFFICER,), in_own_name=True),
    # The programmes in which a case that was opened in an emergency is one for the person to read.
    "breakers": _held("programme_id", BREAKERS, in_own_name=True),
    # The programmes in which an unsealed mediation is one for the person to read.
    "readers": _held("programme_id", READERS, in_own_name=True),
    # Logs that are open to the person for a time, by two persons or in an emergency.
    "opened": f"(SELECT array_agg(o.log_id) FROM openings o WHERE {open_to('o', 'person')})",
}


def _find_reach() -> str:
    columns = ",\n        ".join(f"coalesce({found}, '{{}}') AS {name}" for name, found in _REACH.items())
    kept = ",\n        ".join(f"set_config('casework.reach_{name}', reach.{name}::text, true)" for name in _REACH)
    return f"""DECLARE
    person uuid := reader::uuid;
    at timestamptz := casework_now();
    reach record;
    ends timestamptz;
BEGIN
    SELECT min(x.ends) INTO ends FROM (
        SELECT unnest(ARRAY[m.starts_at, m.ends_at]) AS ends FROM memberships m WHERE m.person_id = person
        UNION ALL SELECT o.until FROM openings o WHERE o.reader_id = person
    ) x WHERE x.ends > at;
    SELECT
        {columns}
    INTO STRICT reach FROM memberships m JOIN people p ON p.id = m.person_id AND p.active
    WHERE m.person_id = person AND {in_time("m")}
    AND {COUNTS};
    PERFORM
        {kept},
        set_config('casework.reach_until', coalesce(ends, 'infinity')::text, true),
        set_config('casework.reach_of', reader, true);
END"""


_SEALED_FROM = _by_arguments("person::text", "person")
_OWN = _by_arguments("person", "person::uuid")
#: What the person reaches first, for the engine reaches nothing.
_MEDIATED = f"""DECLARE
    reader text := current_setting('casework.reader', true);
    person uuid := casework_person();
    organisations uuid[] := casework_reach('organisations');
    disputes uuid[] := casework_reach('disputes');
    opened uuid[] := casework_reach('opened');
    readers uuid[] := casework_reach('readers');
    found boolean;
BEGIN
    PERFORM set_config('casework.reader', 'engine', true);
    found := NOT EXISTS (
        SELECT FROM tracks r JOIN mediations m ON m.id = r.log_id WHERE r.id = asked AND NOT coalesce(
            {named_for("m", _SEALED_FROM)}
            OR {opened_mediation("m", _SEALED_FROM)}
            OR {own_referral("r", "m.interests", _SEALED_FROM)}, false
        )
    );
    PERFORM set_config('casework.reader', coalesce(reader, ''), true);
    RETURN found;
END"""

FUNCTIONS = (
    Function(
        "Finds out what a person reaches, in one look, and keeps it to the end of the transaction: until a membership begins or ends by\n"
        "-- the clock, or a row that it was found from changes (`casework_forget_reach`). Volatile, so that it looks at the rows of now.",
        "casework_find_reach(reader text) RETURNS void\n"
        "LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp",
        _find_reach(),
    ),
    Function(
        "What the person who reads reaches, of one kind; nothing for the engine, and where nobody said who does.",
        "casework_reach(kind text) RETURNS uuid[] LANGUAGE plpgsql STABLE",
        f"""DECLARE
    reader text := {_READER};
BEGIN
    IF reader IN ('', 'engine') THEN
        RETURN '{{}}';
    ELSIF current_setting('casework.reach_of', true) IS DISTINCT FROM reader THEN
        PERFORM casework_find_reach(reader);
    ELSIF casework_now() >= current_setting('casework.reach_until')::timestamptz THEN
        PERFORM casework_find_reach(reader);
    END IF;
    RETURN current_setting('casework.reach_' || kind)::uuid[];
END""",
    ),
    Function(
        "The mediations that are sealed from a person: all but those that the person is named for, works on for their provider, or\n"
        "-- that were opened to the person.",
        "casework_sealed_from(\n    person uuid, organisations uuid[], opened uuid[], disputes uuid[], readers uuid[]\n"
        f") RETURNS SETOF uuid\n{_PAST_POLICIES}",
        _as_engine(f"""    PERFORM set_config('casework.reader', 'engine', true);
    RETURN QUERY SELECT m.id FROM mediations m WHERE NOT coalesce(
        {named_for("m", _SEALED_FROM)}
        OR {opened_mediation("m", _SEALED_FROM)}
        OR cardinality(organisations) > 0 AND EXISTS (
            SELECT FROM tracks r WHERE r.log_id = m.id AND {own_referral("r", "m.interests", _SEALED_FROM)}
        ), false
    );"""),
    ),
    Function(
        "From whoever reads in this transaction; all of them where nobody said who does, and none from the engine.",
        "casework_sealed() RETURNS SETOF uuid LANGUAGE sql STABLE",
        f"""    SELECT casework_sealed_from(NULL, '{{}}', '{{}}', '{{}}', '{{}}') WHERE {_READER} = ''
    UNION ALL
    SELECT casework_sealed_from(
        casework_person(), casework_reach('organisations'), casework_reach('opened'), casework_reach('disputes'),
        casework_reach('readers')
    ) WHERE {_READER} NOT IN ('', 'engine')""",
    ),
    Function(
        "Whether a track is a person's own, by its id, that of its parent, and its log: a referral that the person works on for their\n"
        "-- provider, or what runs inside one.",
        f"casework_own(asked uuid[], log uuid, person text, organisations uuid[]) RETURNS boolean\n{_PER_ROW}",
        _as_engine(
            f"""    PERFORM set_config('casework.reader', 'engine', true);
    IF EXISTS (SELECT FROM cases c WHERE c.id = log) THEN
        found := EXISTS (
            SELECT FROM tracks r JOIN cases c ON c.id = r.log_id
            WHERE r.id = ANY(asked) AND r.log_id = log AND {own_referral("r", "c.interests", _OWN)}
        );
    ELSE
        found := EXISTS (
            SELECT FROM tracks r JOIN mediations n ON n.id = r.log_id
            WHERE r.id = ANY(asked) AND r.log_id = log AND {own_referral("r", "n.interests", _OWN)}
        );
    END IF;""",
            find="boolean",
        ),
    ),
    Function(
        "Whether a track in a mediation that is not sealed from the person is one to read: it is unsealed to its provider, too, who\n"
        "-- may read one referral of it alone.",
        f"casework_mediated(asked uuid) RETURNS boolean\n{_PER_ROW}",
        _MEDIATED,
    ),
)

#: Of files, their contents, blobs and compartments: what each is shown as far as, by the column that it is asked with. In functions,
#: in the rights of who asks, so that the policy of the table above holds within: policies within policies take long to plan.
_ABOVE = {
    "files": ("document_id", "documents d WHERE d.id"),
    "contents": ("file_id", "files f WHERE f.id"),
    "blobs": ("id", "contents k WHERE k.blob_id"),
    "compartments": ("id", "blobs b WHERE b.compartment_id"),
}

# --- the policies --------------------------------------------------------------------------------------------------------


def _ids(kind: str) -> str:
    """What the person who reads reaches, of one kind: asked once for a table of a statement."""
    return f"(SELECT casework_reach('{kind}'))::uuid[]"


#: Who reads, as the policies find it out.
READING = Asker(
    f"(SELECT {_READER})",
    f"(SELECT CASE WHEN {_READER} NOT IN ('', 'engine') THEN CAST({_READER} AS uuid) END)",
    _ids("programmes"),
    # No policy shows outlines.
    "'{}'::uuid[]",
    _ids("organisations"),
    _ids("disputes"),
    _ids("opened"),
    _ids("breakers"),
    _ids("readers"),
)
#: Whether the engine reads, and not a person.
_ENGINE = f"(SELECT {_READER} = 'engine')"
#: The same, and refused aloud where nobody said who reads.
_ENGINE_OR_REFUSED = "(SELECT casework_engine_reads())"
_ORGANISATIONS = _ids("organisations")
_CASE = f"({reads_case('c', READING)} OR {opened_case('c', READING)})"
_MEDIATION = f"({named_for('c', READING)} OR {opened_mediation('c', READING)})"
_NO_INTEREST = f"NOT {READING.text} = ANY (c.interests)"


def _own(track: str) -> str:
    """The track is one of the reader's own. Of what the policy of tracks shows, row by row: a referral of a case by what it has
    itself, and only what is of a mediation or runs inside of one by a function."""
    return f"""cardinality({_ORGANISATIONS}) > 0 AND (
        SELECT coalesce((
            SELECT coalesce({own_referral("r", "c.interests", READING)}, false)
            FROM cases c WHERE c.id = r.log_id AND r.parent_id IS NULL
        ), casework_own(ARRAY[r.id, r.parent_id], r.log_id, {READING.text}, {_ORGANISATIONS})) FROM tracks r WHERE r.id = {track}
    )"""


def _unsealed(log: str = "log_id") -> str:
    return f"{log} NOT IN (SELECT casework_sealed())"


#: A track that is no referral and runs inside none.
_OUTSIDE = f"NOT ({is_referral('tracks')}) AND parent_id IS NULL"
#: A track of a case that the reader reads whole, or a referral of it that is the reader's own; null where it is of no case. By the
#: case's key, row by row: asked with EXISTS, the planner might read all cases first.
_OF_CASE = f"""(
            SELECT coalesce({_CASE} OR {own_referral("tracks", "c.interests", READING)}, false)
            FROM cases c WHERE c.id = tracks.log_id
        )"""
_SHOWN_TRACK = f"""{_OUTSIDE}
        OR coalesce({_OF_CASE}, cardinality({_ORGANISATIONS}) = 0 OR casework_mediated(id))
        OR parent_id IS NOT NULL AND cardinality({_ORGANISATIONS}) > 0
            AND casework_own(ARRAY[id, parent_id], log_id, {READING.text}, {_ORGANISATIONS})"""


def _with_its_track(table: str) -> str:
    """The row's track is shown, by the policy of tracks; one track by its key, whatever the planner expects."""
    return f"EXISTS (SELECT FROM tracks t WHERE t.id = {table}.track_id AND t.log_id = {table}.log_id OFFSET 0)"


def _reads_whole(table: str) -> str:
    """The reader reads the case or mediation of the row whole, and has no interest in it."""
    return f"""EXISTS (SELECT FROM cases c WHERE c.id = {table}.log_id AND {_NO_INTEREST} AND {_CASE})
    OR EXISTS (SELECT FROM mediations c WHERE c.id = {table}.log_id AND {_NO_INTEREST} AND {_MEDIATION})"""


#: By table, who is shown a row.
POLICIES = {
    # Sealed mediations, and what belongs to a log: for those named for them.
    "mediations": f"{_ENGINE_OR_REFUSED} OR {_unsealed('id')}",
    "logs": _unsealed("id"),
    **{table: _unsealed() for table in ("events", "proposals", "consents", "mentions", "outbox")},
    # Also the referrals of cases: for who reads the case, or is of their provider.
    "tracks": f"""{_ENGINE} OR {_unsealed()} AND (
        {_SHOWN_TRACK}
    )""",
    "tasks": f"{_ENGINE} OR {reads_case('tasks', READING)} AND {_unsealed()} OR {_with_its_track('tasks')}",
    "clocks": f"{_ENGINE} OR {_with_its_track('clocks')}",
    # What tasks and clocks of all sides add up to: for who reads the case whole. A list asks it of no other.
    "case_dates": f"{_ENGINE} OR {reads_case('case_dates', READING)}",
    # Papers: for who reads the case, or was given them. What it was given, a provider sees even after the access has ended.
    "grants": f"{_ENGINE_OR_REFUSED} OR {_reads_whole('grants')} OR {_own('grants.track_id')}",
    "documents": f"{_ENGINE_OR_REFUSED} OR {_reads_whole('documents')} OR {paper_of('documents', _own)}",
    **{table: f"{_ENGINE_OR_REFUSED} OR casework_shows_{table}({column})" for table, (column, _) in _ABOVE.items()},
    # Where chains of readings end, those of sealed mediations among them: for what checks them.
    "reading_heads": "current_setting('casework.reader', true) = 'engine'",
    # What one was told, for that person alone; and what tells that something sealed is there.
    "notifications": f"{_ENGINE} OR person_id = {READING.id}",
    "mails": f"{_ENGINE} OR NOT sealed",
    "webhook_messages": f"{_ENGINE} OR {_unsealed()}",
    "sealed_readings": f"{_ENGINE} OR {_unsealed()}",
}


def policies_sql() -> str:
    """What makes the functions that policies ask, and the policies."""
    return "\n".join([_HEAD, *(function.sql() for function in FUNCTIONS), *_shows(), *_policies()])


def _shows() -> Iterator[str]:
    for table, (_, above) in _ABOVE.items():
        yield Function(
            f"Whether {table} are shown, as far as what is above them.",
            f"casework_shows_{table}(asked uuid) RETURNS boolean LANGUAGE plpgsql STABLE",
            f"BEGIN RETURN EXISTS (SELECT FROM {above} = asked); END",
        ).sql()


def _policies() -> Iterator[str]:
    for table, shown in POLICIES.items():
        yield (
            # For everybody: the functions that look past the policies run as whoever owns the tables, by now or one day.
            f"CREATE POLICY engine ON {table} USING (current_setting('casework.reader', true) = 'engine');\n"
            f"CREATE POLICY readers ON {table} TO casework_app USING (\n    {shown}\n);\n"
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;\n"
        )
