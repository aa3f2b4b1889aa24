"""The policy of `permissions` as conditions of SQL: who is shown which row. Every query that asks who may see asks here.

Each gives a condition; its arguments are names in the statement. What it reads of who asks are the values of `reach_values`,
the access queries' `me`, or what the row security of the database finds out by itself: `records.policy_source` makes that from here. A test
holds policy, statements and row security together over random worlds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from casework.engine.case_objects.kept_records import CLOSED
from casework.engine.case_objects.record_use import DRAFT
from casework.engine.parts import REFERRAL, SENDS
from casework.engine.roles import MEDIATION, Role
from casework.permissions.actors import DECIDES, apart_from
from casework.permissions.visibility import Reach


@dataclass(frozen=True)
class Asker:
    """How a statement names who asks, and what that person reaches."""

    text: str
    id: str
    all_of: str
    outlines_of: str
    organisations: str
    disputes: str
    opened: str
    breakers: str
    readers: str


def by_arguments(text: str, id: str) -> Asker:
    """Who asks, by the arguments and variables of a function of the database."""
    return Asker(text, id, "programmes", "outlines", "organisations", "disputes", "opened", "breakers", "readers")


def _bound(name: str) -> str:
    return f"CAST(:{name} AS uuid[])"


#: By the values of `reach_values`.
BOUND = Asker(
    "CAST(:person AS text)",
    "CAST(:person AS uuid)",
    _bound("all_of"),
    _bound("outlines_of"),
    _bound("organisations"),
    _bound("disputes"),
    _bound("opened"),
    _bound("breakers"),
    _bound("readers"),
)
#: By the row `me` of a statement.
ME = Asker(
    "me.person",
    "CAST(me.person AS uuid)",
    "me.all_of",
    "me.outlines_of",
    "me.organisations",
    "me.disputes",
    "me.opened",
    "me.breakers",
    "me.readers",
)


def reach_values(mine: Reach) -> dict[str, Any]:
    """The values that `BOUND` names."""
    return {
        "person": mine.person,
        "all_of": sorted(mine.all_of),
        "outlines_of": sorted(mine.outlines_of),
        "organisations": sorted(mine.organisations),
        "disputes": sorted(mine.disputes),
        "opened": sorted(mine.opened),
        "breakers": sorted(mine.breakers),
        "readers": sorted(mine.readers),
    }


def is_referral(track: str) -> str:
    """The track is a referral."""
    return f"{track}.part = '{REFERRAL}'"


def referral_of(track: str) -> str:
    """The id of the referral that a track is or runs inside; null of the others."""
    return f"CASE WHEN {is_referral(track)} THEN {track}.id ELSE {track}.parent_id END"


def sent(track: str) -> str:
    """A referral that its provider sees, as `permissions.visibility.own_tracks` has it."""
    return f"{track}.played ? '{SENDS}'"


def own_referral(track: str, interests: str, by: Asker = BOUND) -> str:
    """The track is a referral that who asks works on for its provider; `interests` are those of its case or mediation."""
    return (
        f"({is_referral(track)} AND {track}.provider_id = ANY({by.organisations}) AND {sent(track)}"
        f" AND NOT {by.text} = ANY({track}.barred) AND NOT {by.text} = ANY({interests}))"
    )


def own_row(row: str, by: Asker = BOUND) -> str:
    """A track or a task is or lies in a referral that who asks works on for its provider, as the row itself says."""
    return f"({row}.shown_to = ANY({by.organisations}) AND {not_shut_out(row, by.text)})"


def not_shut_out(row: str, whose: str) -> str:
    """Somebody of the provider that a track or a task is shown to is shown it: neither barred nor with an interest in the case."""
    return f"NOT {whose} = ANY({row}.shut_out)"


def inside_own_referral(track: str, interests: str, by: Asker = BOUND) -> str:
    """The track with this id is a referral that who asks works on for its provider, or runs inside of one."""
    return f"""EXISTS (
    SELECT FROM tracks r JOIN tracks a ON a.id = {referral_of("r")}
    WHERE r.id = {track} AND {own_referral("a", interests, by)}
)"""


def own_paper(document: str, interests: str, by: Asker = BOUND) -> str:
    """The document was handed in with a referral of one's own, or is granted to one and in use."""
    return paper_of(document, lambda track: inside_own_referral(track, interests, by))


def paper_of(document: str, inside: Callable[[str], str]) -> str:
    """The document was handed in inside a referral that is one's own, or is granted to one; `inside` is what says so of a track."""
    return f"""({inside(f"{document}.track_id")} OR {document}.withdrawn_at IS NULL AND EXISTS (
    SELECT FROM grants g WHERE g.document_id = {document}.id AND g.ended_at IS NULL AND {inside("g.track_id")}
))"""


def reads_case(home: str, by: Asker = BOUND) -> str:
    """Who asks reads the whole case by a role."""
    return f"{home}.programme_id = ANY({by.all_of})"


def tells_title(home: str, by: Asker = BOUND) -> str:
    """Who asks is told what a case is called by: who reads it whole or works on a referral of it, and of the others, who see its outline,
    whoever may be told of its need. That is nobody while the need, or what it was merged into, is closed or a draft."""
    interests = f"{home}.interests"
    return f"""({reads_case(home, by)} OR EXISTS (
    SELECT FROM tracks r WHERE r.log_id = {home}.id AND {own_referral("r", interests, by)}
) OR NOT EXISTS (
    SELECT FROM needs g JOIN needs y ON y.id IN (g.id, g.merged_into)
    WHERE g.id = {home}.need_id AND (y.publication = '{CLOSED}' OR y.status = '{DRAFT}')
))"""


def shows_need(need: str) -> str:
    """A need is shown to who reads the register of its programme, a closed one and a draft in the programmes `:closed_of` alone."""
    open_to_all = f"{need}.publication <> '{CLOSED}' AND {need}.status <> '{DRAFT}'"
    return f"({open_to_all} OR {need}.programme_id = ANY({_bound('closed_of')}))"


#: As what closed needs, and drafts, stand in the index.
CLOSED_NEED = "closed_need"


def shows_indexed(row: str) -> str:
    """The same of what the index has of needs and technologies."""
    return f"({row}.noun <> '{CLOSED_NEED}' OR {row}.programme_id = ANY({_bound('closed_of')}))"


def is_published(record: str) -> str:
    """A need or a technology is shown to whoever has no account: it is published, in use, and its programme shows its catalogue.
    That a case runs for a need, or came to something, is told to nobody by that.

    Whether its day has passed or its owner can be named no more is asked beside it (`operations.core.merged_records.ended`).
    """
    return (
        f"({record}.publication <> '{CLOSED}' AND {record}.status IN ('published', 'matched', 'met') AND {record}.merged_into IS NULL"
        " AND EXISTS ("
        f"SELECT FROM public_catalogues o WHERE o.programme_id = {record}.programme_id AND o.open))"
    )


def named_for(home: str, by: Asker = BOUND) -> str:
    """Who asks is a dispute officer who is named for the mediation."""
    return f"({home}.programme_id = ANY({by.disputes}) AND ({home}.owner_id = {by.id} OR {by.id} = ANY({home}.team)))"


def opened_case(home: str, by: Asker = BOUND) -> str:
    """The case was opened to who asks in an emergency."""
    return _opened(home, by.breakers, by)


def opened_mediation(home: str, by: Asker = BOUND) -> str:
    """The mediation was unsealed for who asks."""
    return _opened(home, by.readers, by)


def _opened(home: str, programmes: str, by: Asker) -> str:
    return f"({home}.id = ANY({by.opened}) AND {home}.programme_id = ANY({programmes}) AND NOT {by.text} = ANY({home}.interests))"


def mediated(person: str, programme: str, opened_at: str) -> str:
    """Somebody is or was one of those who mediate while a case was there, as `permissions.visibility.kept_from` has it."""
    return (
        f"EXISTS (SELECT FROM memberships d LEFT JOIN organisations o ON o.id = d.organisation_id WHERE d.person_id = {person}"
        f" AND (d.programme_id = {programme} AND d.role = 'dispute_officer' OR '{MEDIATION}' = ANY(o.services))"
        " AND d.starts_at <= casework_now() AND d.ends_at IS DISTINCT FROM d.starts_at"
        f" AND (d.ends_at IS NULL OR d.ends_at > {opened_at}))"
    )


def roles_sql(roles: Iterable[str]) -> str:
    """Roles as SQL: a list to look in."""
    listed = ", ".join(f"'{role}'" for role in sorted(roles))
    return f"({listed})"


def in_time(row: str) -> str:
    """A membership, or whatever else begins and ends, holds at this moment."""
    return f"{row}.starts_at <= casework_now() AND ({row}.ends_at IS NULL OR {row}.ends_at > casework_now())"


def live_token(row: str) -> str:
    """A token is neither revoked nor expired at this moment."""
    return f"{row}.revoked_at IS NULL AND ({row}.expires_at IS NULL OR {row}.expires_at > casework_now())"


def open_to(opening: str, reader: str) -> str:
    """What was opened is open to the reader at this moment."""
    return f"{opening}.reader_id = {reader} AND {opening}.state = 'open' AND {opening}.until > casework_now()"


#: The roles of `permissions.actors.DECIDES`, as SQL.
DECIDING = roles_sql(DECIDES)
#: Of a membership `m`: it counts, as `permissions.actors.in_force` has it.
COUNTS = f"""(m.role NOT IN {roles_sql({*DECIDES, Role.AUDITOR})} OR NOT EXISTS (
            SELECT FROM memberships d WHERE d.person_id = m.person_id AND d.programme_id = m.programme_id
            AND CASE WHEN m.role = 'auditor' THEN d.role IN {roles_sql(apart_from(Role.AUDITOR))} ELSE d.role = 'dispute_officer' END
            AND {in_time("d")}
        ))"""

__all__ = [
    "BOUND", "COUNTS", "DECIDING", "ME", "Asker", "in_time", "inside_own_referral", "is_published", "is_referral", "mediated", "named_for",
    "not_shut_out", "open_to", "opened_case", "opened_mediation", "own_paper", "own_referral", "own_row", "paper_of", "reach_values",
    "reads_case", "referral_of", "roles_sql", "sent",
]  # fmt: skip
