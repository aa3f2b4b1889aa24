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
#: Memberships `m` of the person that hold now, and count.
_HELD = f"""FROM memberships m JOIN people p ON p.id = m.person_id AND p.active
    WHERE m.person_id = casework_person() AND {in_time("m")}
    AND {COUNTS}"""


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


def _in_roles(column: str, roles: Iterable[str]) -> str:
    return f"""    SELECT coalesce(array_agg(DISTINCT {column}), '{{}}') FROM casework_roles()
    WHERE {column} IS NOT NULL AND role IN {roles_sql(roles)}"""


def _in_own_name(roles: Iterable[str]) -> str:
    return f"    SELECT casework_own_programmes('{{{','.join(sorted(roles))}}}')"


def _by_arguments(person: str, id: str) -> Asker:
    """Who asks, by the arguments of a function."""
    return Asker(person, id, "programmes", "outlines", "organisations", "disputes", "opened", "breakers", "readers")


_SEALED_FROM = _by_arguments("person::text", "person")
_REFERRED = _by_arguments("person", "person::uuid")
_ARRAYS = "LANGUAGE sql STABLE"

FUNCTIONS = (
    Function(
        "The roles of the person that hold now, and count.",
        "casework_roles() RETURNS TABLE (role text, programme_id uuid, organisation_id uuid)\n"
        "LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp",
        f"    SELECT m.role, m.programme_id, m.organisation_id {_HELD}",
    ),
    Function(
        "The programmes in which the person has one of the roles in the own name: a sealed log knows no deputies.",
        "casework_own_programmes(roles text[]) RETURNS uuid[]\n"
        "LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp",
        f"    SELECT coalesce(array_agg(DISTINCT m.programme_id), '{{}}') {_HELD}\n"
        "    AND m.programme_id IS NOT NULL AND m.deputy_for IS NULL AND m.role = ANY (roles)",
    ),
    Function(
        "The programmes whose cases the person reads whole.",
        f"casework_programmes() RETURNS uuid[] {_ARRAYS}",
        _in_roles("programme_id", READS_ALL),
    ),
    Function(
        "The programmes whose mediations the person leads where named.",
        f"casework_disputes() RETURNS uuid[] {_ARRAYS}",
        _in_own_name((Role.DISPUTE_OFFICER,)),
    ),
    Function(
        "The programmes in which a case that was opened in an emergency is one for the person to read.",
        f"casework_breakers() RETURNS uuid[] {_ARRAYS}",
        _in_own_name(BREAKERS),
    ),
    Function(
        "The programmes in which an unsealed mediation is one for the person to read.",
        f"casework_readers() RETURNS uuid[] {_ARRAYS}",
        _in_own_name(READERS),
    ),
    Function(
        "The providers that the person works for.",
        f"casework_organisations() RETURNS uuid[] {_ARRAYS}",
        _in_roles("organisation_id", PROVIDER_ROLES),
    ),
    Function(
        "Logs that are open to the person for a time, by two persons or in an emergency.",
        f"casework_opened() RETURNS uuid[] {_ARRAYS}",
        "    SELECT coalesce(array_agg(o.log_id), '{}') FROM openings o WHERE " + open_to("o", "casework_person()"),
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
        f"casework_sealed() RETURNS SETOF uuid {_ARRAYS}",
        f"""    SELECT casework_sealed_from(NULL, '{{}}', '{{}}', '{{}}', '{{}}') WHERE {_READER} = ''
    UNION ALL
    SELECT casework_sealed_from(
        casework_person(), casework_organisations(), casework_opened(), casework_disputes(), casework_readers()
    ) WHERE {_READER} NOT IN ('', 'engine')""",
    ),
    Function(
        "The tracks that are a person's own: referrals that the person works on for their provider, and what runs inside them.",
        f"casework_referred(person text, organisations uuid[]) RETURNS SETOF uuid\n{_PAST_POLICIES}",
        _as_engine(f"""    IF cardinality(organisations) = 0 THEN
        RETURN;
    END IF;
    PERFORM set_config('casework.reader', 'engine', true);
    RETURN QUERY WITH mine AS (
        SELECT r.id, r.log_id FROM tracks r LEFT JOIN cases c ON c.id = r.log_id LEFT JOIN mediations n ON n.id = r.log_id
        WHERE {own_referral("r", "coalesce(c.interests, n.interests)", _REFERRED)}
    ) SELECT m.id FROM mine m UNION ALL SELECT t.id FROM mine m JOIN tracks t ON t.log_id = m.log_id AND t.parent_id = m.id;"""),
    ),
    Function(
        "Whether a track is a referral or runs inside one.",
        f"casework_in_referral(asked uuid) RETURNS boolean\n{_PAST_POLICIES}",
        _as_engine(
            f"""    PERFORM set_config('casework.reader', 'engine', true);
    found := EXISTS (SELECT FROM tracks t WHERE t.id = asked AND ({is_referral("t")} OR t.parent_id IS NOT NULL));""",
            find="boolean",
        ),
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


def _array(function: str) -> str:
    """What a function gives for the person who reads; nothing for the engine, and where nobody said who does."""
    return f"(SELECT CASE WHEN {_READER} IN ('', 'engine') THEN '{{}}'::uuid[] ELSE {function}() END)"


def _ids(function: str) -> str:
    return f"{_array(function)}::uuid[]"


#: Who reads, as the policies find it out.
READING = Asker(
    f"(SELECT {_READER})",
    f"(SELECT CASE WHEN {_READER} NOT IN ('', 'engine') THEN CAST({_READER} AS uuid) END)",
    _ids("casework_programmes"),
    # No policy shows outlines.
    "'{}'::uuid[]",
    _ids("casework_organisations"),
    _ids("casework_disputes"),
    _ids("casework_opened"),
    _ids("casework_breakers"),
    _ids("casework_readers"),
)
#: Whether the engine reads, and not a person.
_ENGINE = f"(SELECT {_READER} = 'engine')"
#: The same, and refused aloud where nobody said who reads.
_ENGINE_OR_REFUSED = "(SELECT casework_engine_reads())"
_ORGANISATIONS = _array("casework_organisations")
_CASE = f"({reads_case('c', READING)} OR {opened_case('c', READING)})"
_MEDIATION = f"({named_for('c', READING)} OR {opened_mediation('c', READING)})"
_NO_INTEREST = f"NOT {READING.text} = ANY (c.interests)"


def _own(track: str) -> str:
    """The track is one of the reader's own."""
    return f"{track} IN (SELECT casework_referred({READING.text}, {_ORGANISATIONS}))"


def _unsealed(log: str = "log_id") -> str:
    return f"{log} NOT IN (SELECT casework_sealed())"


def _of_a_whole(table: str) -> str:
    """The row is of no case or mediation that the reader does not read whole. A mediation is unsealed to its provider, too, who
    may read one referral of it alone; nobody else need be asked about it."""
    return f"""NOT EXISTS (SELECT FROM cases c WHERE c.id = {table}.log_id AND NOT {_CASE})
        AND (cardinality({_ORGANISATIONS}) = 0 OR NOT EXISTS (
            SELECT FROM mediations c WHERE c.id = {table}.log_id AND NOT coalesce({_MEDIATION}, false)
        ))"""


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
        NOT ({is_referral("tracks")}) AND parent_id IS NULL OR {_own("id")} OR {_of_a_whole("tracks")}
    )""",
    "tasks": f"""{_ENGINE} OR {_unsealed()} AND (
        {reads_case("tasks", READING)} OR {_own("track_id")} OR {_of_a_whole("tasks")} OR NOT casework_in_referral(track_id)
    )""",
    "clocks": f"""{_ENGINE} OR {_unsealed()} AND (
        {_own("track_id")} OR {_of_a_whole("clocks")} OR NOT casework_in_referral(track_id)
    )""",
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
            f"CREATE POLICY engine ON {table} TO casework_engine USING (current_setting('casework.reader', true) = 'engine');\n"
            f"CREATE POLICY readers ON {table} TO casework_app, CURRENT_USER USING (\n    {shown}\n);\n"
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;\n"
        )
