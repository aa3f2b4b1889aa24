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
    by_arguments,
    in_time,
    is_referral,
    named_for,
    not_shut_out,
    open_to,
    opened_case,
    opened_mediation,
    own_row,
    paper_of,
    reads_case,
    referral_of,
    roles_sql,
    sent,
)
from casework.records.search_functions import FIND_ARGUMENTS, FIND_MESSAGES, FIND_PAPERS

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


#: Who reads, as a function finds it out first.
ASKED = by_arguments("person::text", "person")
#: Of the tracks of a log, what row security asks of them and of their tasks; the referral itself stands above what runs inside it.
_WALLS = f"""SELECT r.id, NOT ({is_referral("r")}) AND r.parent_id IS NULL AS common, a.provider_id AS shown_to,
            CASE WHEN a.provider_id IS NOT NULL
            THEN ARRAY(SELECT DISTINCT x COLLATE "C" FROM unnest(a.barred || h.interests) x(x) ORDER BY 1) END AS shut_out
        FROM tracks r JOIN (SELECT id, interests FROM cases UNION ALL SELECT id, interests FROM mediations) h ON h.id = r.log_id
        LEFT JOIN tracks a ON a.id = {referral_of("r")} AND a.log_id = r.log_id AND {is_referral("a")} AND {sent("a")}
        WHERE r.log_id = log"""


def _as_engine(statements: str, *, declared: str = "", before: str = "", gives: str = "") -> str:
    """A function that reads as the engine, and lets who read before read again; `before` is what it does before as that person."""
    return f"""DECLARE
    reader text := current_setting('casework.reader', true);
{declared}BEGIN
{before}    PERFORM set_config('casework.reader', 'engine', true);
{statements}
    PERFORM set_config('casework.reader', coalesce(reader, ''), true);
{gives}END"""


#: Who reads, and for whom, before a function reads as the engine.
_PERSON = """    person uuid := casework_person();
    organisations uuid[] := casework_reach('organisations');
"""


def _rewrite(table: str, key: str, *columns: str) -> str:
    """The walls of the rows of a log that lie on its tracks, where they differ."""
    named = ", ".join(columns)
    changed, wanted = (", ".join(f"{row}.{column}" for column in columns) for row in ("x", "w"))
    return f"""    UPDATE {table} x SET ({named}) = ROW({wanted}) FROM (
        {_WALLS}
    ) w WHERE x.log_id = log AND w.id = x.{key} AND ({changed}) IS DISTINCT FROM ({wanted});"""


FUNCTIONS = (
    Function(
        "Finds out what a person reaches, in one look, and keeps it to the end of the transaction: until a membership begins or ends by\n"
        "-- the clock, or a row that it was found from changes (`casework_forget_reach`). Volatile, so that it looks at the rows of now.",
        "casework_find_reach(reader text) RETURNS void\n"
        "LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp",
        _find_reach(),
    ),
    Function(
        "What the person who reads reaches, of one kind, as an array is written; nothing for the engine, and where nobody said who does.",
        "casework_reached(kind text) RETURNS text LANGUAGE plpgsql STABLE",
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
    RETURN current_setting('casework.reach_' || kind);
END""",
    ),
    Function(
        "The same as ids.",
        "casework_reach(kind text) RETURNS uuid[] LANGUAGE plpgsql STABLE",
        "BEGIN RETURN casework_reached(kind)::uuid[]; END",
    ),
    Function(
        "The mediations that the person who reads works on for their provider, from sending on.",
        f"casework_mediating() RETURNS SETOF uuid\n{_PAST_POLICIES}",
        _as_engine(
            f"    RETURN QUERY SELECT r.log_id FROM tracks r WHERE r.sealed AND {is_referral('r')} AND {own_row('r', ASKED)};",
            declared=_PERSON,
            before="    IF cardinality(organisations) = 0 THEN\n        RETURN;\n    END IF;\n",
        ),
    ),
    Function(
        "Whether a mediation is one for the person who reads, and more of it than the referrals of their own provider: all of it, or\n"
        "-- what is `common`. Asked of sealed rows alone; in the rights of who asks, so that the policy of mediations holds within.",
        "casework_mediated(asked uuid, common boolean) RETURNS boolean LANGUAGE plpgsql STABLE",
        f"""DECLARE
    reader text := {_READER};
    person uuid;
    disputes uuid[];
    opened uuid[];
    readers uuid[];
BEGIN
    IF reader IN ('', 'engine') THEN
        RETURN false;
    END IF;
    person := casework_person();
    disputes := casework_reach('disputes');
    opened := casework_reach('opened');
    readers := casework_reach('readers');
    RETURN EXISTS (
        SELECT FROM mediations m WHERE m.id = asked AND (
            common OR {named_for("m", ASKED)}
            OR {opened_mediation("m", ASKED)}
        )
    );
END""",
    ),
    Function(
        "Whether the person who reads is named for a mediation or it was opened to that person, who has no interest in it; asked of\n"
        "-- papers that are of no case.",
        "casework_leads(asked uuid) RETURNS boolean LANGUAGE plpgsql STABLE",
        f"""DECLARE
    person uuid := casework_person();
BEGIN
    RETURN casework_mediated(asked, false)
        AND EXISTS (SELECT FROM mediations m WHERE m.id = asked AND NOT {ASKED.text} = ANY(m.interests));
END""",
    ),
    Function(
        "Whether a track is a referral that the person who reads works on for their provider, or runs inside one; asked of papers.",
        f"casework_own(asked uuid) RETURNS boolean\n{_PAST_POLICIES} STRICT",
        _as_engine(
            f"    own := EXISTS (SELECT FROM tracks r WHERE r.id = asked AND {own_row('r', ASKED)});",
            declared=f"{_PERSON}    own boolean;\n",
            gives="    RETURN own;\n",
        ),
    ),
    Function(
        "Whether a case was opened in an emergency to the person who reads; asked of what is open to that person alone.",
        "casework_opened(asked uuid) RETURNS boolean LANGUAGE plpgsql STABLE",
        f"""DECLARE
    person uuid := casework_person();
    opened uuid[] := casework_reach('opened');
    breakers uuid[] := casework_reach('breakers');
BEGIN
    RETURN EXISTS (SELECT FROM cases c WHERE c.id = asked AND {opened_case("c", ASKED)});
END""",
    ),
    Function(
        "Whether a log is shown, by the policy of logs: asked of what is of no case.",
        "casework_shows_log(asked uuid) RETURNS boolean LANGUAGE plpgsql STABLE",
        "BEGIN RETURN EXISTS (SELECT FROM logs l WHERE l.id = asked); END",
    ),
    Function(
        "Writes what row security asks of the tracks and tasks of a log anew, in all rows that say something else: finished ones, too.",
        "casework_wall(log uuid) RETURNS void\n"
        "LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp",
        _as_engine(
            f"""{_rewrite("tracks", "id", "shown_to", "shut_out")}
{_rewrite("tasks", "track_id", "shown_to", "shut_out", "common")}"""
        ),
    ),
    Function(
        "The papers that hold the words in a title or the name of a file, of those that the person who reads may see: by programmes and\n"
        "-- referrals of one's own, as the statement asks that reads them; their policy is asked there.",
        f"casework_find_papers({FIND_ARGUMENTS})\n{_PAST_POLICIES}",
        FIND_PAPERS,
    ),
    Function(
        "Likewise the logs with messages that hold the words.",
        f"casework_find_messages({FIND_ARGUMENTS})\n{_PAST_POLICIES}",
        FIND_MESSAGES,
    ),
)

#: Of files, their contents, blobs and compartments: what each is shown as far as, by the column that it is asked with. In functions,
#: in the rights of who asks, so that the policy of the table above holds within: policies within policies take long to plan.
_ABOVE = {
    "files": ("document_id", ("documents d WHERE d.id", "evidence x WHERE x.id")),
    "contents": ("file_id", ("files f WHERE f.id",)),
    "blobs": ("id", ("contents k WHERE k.blob_id",)),
    "compartments": ("id", ("blobs b WHERE b.compartment_id",)),
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
#: The same one by one, as text: hundreds of ids take longer to read than the rows that are asked.
_EACH_ORGANISATION = "unnest(string_to_array(btrim((SELECT casework_reached('organisations')), '{}'), ','))"
_CASE = f"({reads_case('c', READING)} OR {opened_case('c', READING)})"
_NO_INTEREST = f"NOT {READING.text} = ANY (c.interests)"


def _own(track: str) -> str:
    """The track is one of the reader's own: a referral, or what runs inside one."""
    return f"cardinality({_ORGANISATIONS}) > 0 AND casework_own({track})"


def _unsealed(table: str) -> str:
    """The log of the row is none of a mediation, or that is shown: that a case is none the database holds by a key."""
    return f"""coalesce(
        (SELECT true FROM cases c WHERE c.id = {table}.log_id), casework_shows_log({table}.log_id)
    )"""


def _by_its_walls(table: str, common: str, *, of_mediations: str) -> str:
    """A track or a task is shown by what the row itself says: to who reads the case, and of a referral to its provider's people.

    `common`: it is in no referral; `of_mediations`: it is shown to whom a referral of the mediation is."""
    return f"""{_ENGINE}
    OR NOT {table}.sealed AND ({common} OR {reads_case(table, READING)})
    OR {table}.shown_to::text IN (SELECT {_EACH_ORGANISATION}) AND {not_shut_out(table, READING.text)}
    OR CASE WHEN {table}.sealed THEN casework_mediated({table}.log_id, {of_mediations})
        ELSE {table}.log_id = ANY({READING.opened})
            AND casework_opened({table}.log_id) END"""


#: A track that is no referral and runs inside none.
_OUTSIDE = f"(NOT ({is_referral('tracks')}) AND tracks.parent_id IS NULL)"


def _with_its_track(table: str) -> str:
    """The row's track is shown, by the policy of tracks; one track by its key, whatever the planner expects."""
    return f"EXISTS (SELECT FROM tracks t WHERE t.id = {table}.track_id AND t.log_id = {table}.log_id OFFSET 0)"


def _reads_whole(table: str) -> str:
    """The reader reads the case or mediation of the row whole, and has no interest in it. By the key, row by row: asked with EXISTS,
    the planner might read all cases first."""
    return f"""coalesce(
        (SELECT {_NO_INTEREST} AND {_CASE} FROM cases c WHERE c.id = {table}.log_id), casework_leads({table}.log_id)
    )"""


#: By table, who is shown a row.
POLICIES = {
    # Sealed mediations, and what belongs to a log: for those named for them.
    "mediations": f"""{_ENGINE_OR_REFUSED} OR {named_for("mediations", READING)} OR {opened_mediation("mediations", READING)}
    OR id IN (SELECT casework_mediating())""",
    "logs": "NOT sealed OR casework_mediated(id, true)",
    **{
        table: _unsealed(table)
        for table in ("events", "proposals", "consents", "impacts", "statements", "mentions", "outbox")
    },
    # Also the referrals of cases: for who reads the case, or is of their provider.
    "tracks": _by_its_walls("tracks", _OUTSIDE, of_mediations=_OUTSIDE),
    "tasks": _by_its_walls("tasks", "tasks.common", of_mediations=f"tasks.common OR {reads_case('tasks', READING)}"),
    "clocks": f"{_ENGINE} OR {_with_its_track('clocks')}",
    # What tasks and clocks of all sides add up to: for who reads the case whole. A list asks it of no other.
    "case_dates": f"{_ENGINE} OR {reads_case('case_dates', READING)}",
    # Papers: for who reads the case, or was given them. What it was given, a provider sees even after the access has ended.
    "grants": f"{_ENGINE_OR_REFUSED} OR {_reads_whole('grants')} OR {_own('grants.track_id')}",
    "documents": f"{_ENGINE_OR_REFUSED} OR {_reads_whole('documents')} OR {paper_of('documents', _own)}",
    # Papers of registers: for who reads the records of their programme.
    "evidence": f"{_ENGINE_OR_REFUSED} OR programme_id = ANY({_ids('programmes')})",
    # One-time links of parties: for who reads the case. What opens one is nobody's to read.
    "party_links": f"{_ENGINE_OR_REFUSED} OR {_reads_whole('party_links')}",
    "party_link_secrets": "current_setting('casework.reader', true) = 'engine'",
    "office_link_secrets": "current_setting('casework.reader', true) = 'engine'",
    **{table: f"{_ENGINE_OR_REFUSED} OR casework_shows_{table}({column})" for table, (column, _) in _ABOVE.items()},
    # What figures read of the logs of a whole programme, and what was counted of them ahead: told as an operation decides.
    **dict.fromkeys(
        ("figure_facts", "kept_figures", "kept_figure_lines", "kept_figure_parts"),
        "current_setting('casework.reader', true) = 'engine'",
    ),
    # What was found of each log, sealed ones among them: told as an operation decides.
    **dict.fromkeys(("verifications", "verified_leaves"), "current_setting('casework.reader', true) = 'engine'"),
    # Where chains of readings end, those of sealed mediations among them: for what checks them.
    "reading_heads": "current_setting('casework.reader', true) = 'engine'",
    # What one was told, for that person alone; and what tells that something sealed is there.
    **dict.fromkeys(("notifications", "follows"), f"{_ENGINE} OR person_id = {READING.id}"),
    "mails": f"{_ENGINE} OR NOT sealed",
    "webhook_messages": f"{_ENGINE} OR {_unsealed('webhook_messages')}",
    "sealed_readings": f"{_ENGINE} OR {_unsealed('sealed_readings')}",
}


def policies_sql() -> str:
    """What makes the functions that policies ask, and the policies."""
    return "\n".join([_HEAD, *(function.sql() for function in FUNCTIONS), *_shows(), *_policies()])


def _shows() -> Iterator[str]:
    for table, (_, above) in _ABOVE.items():
        yield Function(
            f"Whether {table} are shown, as far as what is above them.",
            f"casework_shows_{table}(asked uuid) RETURNS boolean LANGUAGE plpgsql STABLE",
            f"BEGIN RETURN {' OR '.join(f'EXISTS (SELECT FROM {one} = asked)' for one in above)}; END",
        ).sql()


def _policies() -> Iterator[str]:
    for table, shown in POLICIES.items():
        yield (
            # For everybody: the functions that look past the policies run as whoever owns the tables, by now or one day.
            f"CREATE POLICY engine ON {table} USING (current_setting('casework.reader', true) = 'engine');\n"
            f"CREATE POLICY readers ON {table} TO casework_app USING (\n    {shown}\n);\n"
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;\n"
        )
