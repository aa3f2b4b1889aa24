"""Names and titles as the reader of a page reads them: in Chinese where they are stored in Chinese, else as they are.

Only what shows something says so: pages that are asked for with GET, and forms that are shown again. Whatever is recorded, hashed,
mailed or answered to a program has each name as it was registered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from casework.engine.state.case import Case
from casework.operations.core.notice_words import N_
from casework.operations.core.text_catalogues import catalogue
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, reach, sight
from casework.records.access_sql import reach_values, tells_title
from casework.records.row_security import read_names_in

#: In the info of a connection: its reader reads Chinese, until the transaction ends.
_CHINESE = "casework.chinese_names"
#: In SQL, whether they do.
_READS_CHINESE = "current_setting('casework.names', true) = 'zh'"


def called(alias: str) -> str:
    """What the reader calls a person, an organisation or a programme."""
    return f"CASE WHEN {_READS_CHINESE} THEN coalesce(nullif({alias}.name_zh, ''), {alias}.name) ELSE {alias}.name END"


def titled(alias: str) -> str:
    """What the reader calls a case: by its need, as long as nobody has given the case another title."""
    return f"""CASE WHEN {_READS_CHINESE} THEN coalesce((
            SELECT nullif(y.title_zh, '') FROM needs y WHERE y.id = {alias}.need_id AND y.title = {alias}.title
        ), {alias}.title) ELSE {alias}.title END"""


def entitled(alias: str) -> str:
    """What the reader calls a need or a technology."""
    return (
        f"CASE WHEN {_READS_CHINESE} THEN coalesce(nullif({alias}.title_zh, ''), {alias}.title) ELSE {alias}.title END"
    )


#: What lies on a right (`b`, of the right `r`, held by the organisation `o`): by the right, whose it is and since when.
BURDEN_NAME = (
    f"concat_ws(' · ', coalesce(nullif(concat_ws(' ', r.office, r.number), ''), r.kind), {called('o')}, b->>'from')"
)


@contextmanager
def names_in_chinese(db: Connection, chinese: bool) -> Iterator[None]:
    """To the end of the transaction, which ends with the block, its reader reads Chinese names."""
    if not chinese:
        yield
        return
    read_names_in(db, "zh")
    db.info[_CHINESE] = True
    try:
        yield
    finally:
        db.info.pop(_CHINESE, None)


def reads_chinese(db: Connection) -> bool:
    """Whether the reader of this transaction reads Chinese names."""
    return bool(db.info.get(_CHINESE))


def insist_registered_names(db: Connection) -> None:
    """Raises RuntimeError in a transaction that shows names: nothing is recorded or answered in it but as it was registered."""
    if reads_chinese(db):
        raise RuntimeError("something is to be recorded in a transaction that shows names as their reader reads them")


def told_title(alias: str) -> str:
    """The same, to who is told it; nothing to all others, who call the case by its number."""
    return f"CASE WHEN {tells_title(alias)} THEN {titled(alias)} END"


def by_number(db: Connection, number: str | None) -> str:
    """What a case is called to whoever sees its outline alone and is not told its title."""
    return catalogue("messages", reads_chinese(db)).gettext(_BY_NUMBER) % {"number": number}


_BY_NUMBER = N_("Case %(number)s")
#: What the reader calls some cases, as far as the reader is told it.
_TITLES = text(f"SELECT c.id, {told_title('c')} AS title FROM cases c WHERE c.id = ANY(CAST(:logs AS uuid[]))")


def case_titles(db: Connection, actor: Actor, cases: Iterable[Case]) -> dict[str, str | None]:
    """By log the titles of cases and mediations, as their reader reads them: whoever sees a case in outline alone, by its number where
    its need is told to nobody but those who keep it."""
    found = {case.log: case for case in cases}
    titles = {log: case.title for log, case in found.items()}
    outlines = {log for log, case in found.items() if sight(actor, case) == Sight.OUTLINE}
    if outlines or reads_chinese(db):
        asked = {"logs": sorted(titles), **reach_values(reach(actor))}
        told = {row.id: row.title for row in db.execute(_TITLES, asked)}
        titles |= {log: told[log] or by_number(db, found[log].number) for log in outlines}
        titles |= {log: title for log, title in told.items() if titles[log] and title and log not in outlines}
    return titles


def title_of(db: Connection, actor: Actor, case: Case) -> str | None:
    """The title of one."""
    return case_titles(db, actor, [case])[case.log]
