"""The papers and messages that hold all the words of a search, without reading every one: reads only.

Policies stand before both, and where one does, no index of words serves a statement: what finds a word might tell of a row that is
not shown. So functions of the database name those that may hold a word, of what the person reaches; the statement that shows them asks
the person's own policy, and compares them with the words, as it would of all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, TextClause, text

from casework.operations.core.reader_names import titled
from casework.records.access_sql import own_paper, own_referral, reads_case
from casework.records.row_security import whole
from casework.records.search_terms import rarest_terms, terms_of_all

#: The papers that a person may see.
#: What lies sealed is searched by nobody: of a mediation neither papers nor messages, not even for those named for it.
_SEEN = f"""
    SELECT d.id, d.kind, e.body->'title'->>'value' AS title, c.number, d.withdrawn_at, d.registered_at AS at
    FROM documents d JOIN cases c ON c.id = d.log_id LEFT JOIN events e ON e.log_id = d.log_id
        AND e.kind IN ('document_registered', 'letter_sent') AND CAST(e.effects->'documents'->0->>'id' AS uuid) = d.id
    WHERE ({reads_case("c")} OR {own_paper("d", "c.interests")}) AND NOT CAST(:person AS text) = ANY(c.interests)"""
#: Of these those that hold all the words.
#: Papers by their title as it was entered, and the names of their files, in which words may also be tied by signs.
_DOCUMENTS = f"""{_SEEN} AND concat_ws(
        ' ', e.body->'title'->>'value',
        (SELECT string_agg(concat_ws(' ', f.name, translate(f.name, '_', ' ')), ' ') FROM files f WHERE f.document_id = d.id)
    ) ~* ALL(CAST(:patterns AS text[]))"""
#: Those in use first, the newest first.
_BY_AGE = "ORDER BY d.withdrawn_at IS NOT NULL, d.registered_at DESC, d.id LIMIT :most"
#: Of all papers.
_ALL_DOCUMENTS = text(f"{_DOCUMENTS} {_BY_AGE}")
#: Of some that may.
_SOME_DOCUMENTS = text(f"{_DOCUMENTS} AND d.id = ANY(CAST(:among AS uuid[])) {_BY_AGE}")
#: Letters by their number, however somebody writes its blanks; whoever may see them.
_NUMBERED = text("""
    SELECT d.id::text FROM documents d
    WHERE d.numbered IS NOT NULL AND upper(replace(d.numbered->>'written', ' ', '')) = upper(replace(:exact, ' ', ''))
    ORDER BY d.id LIMIT :most
""")
#: Of these those that a person may see.
_LETTERS = text(f"{_SEEN} AND d.id = ANY(CAST(:among AS uuid[])) {_BY_AGE}")
#: What each message that a person may read says now: not what was corrected.
_SAID = f"""
        SELECT DISTINCT ON (e.log_id, e.effects->>'message') e.effects->>'message' AS message, e.track_id, e.effects->>'what' AS what,
            e.body->'words'->>'value' AS words, e.at, c.number, {titled("c")} AS title
        FROM events e JOIN cases c ON c.id = e.log_id LEFT JOIN tracks a ON a.id = e.track_id
        WHERE e.kind IN ('noted', 'said') AND ({reads_case("c")} OR {own_referral("a", "c.interests")})"""
#: The messages that a person may read and that hold all the words; those that were taken back hold none.
_MESSAGES = """
    SELECT n.message, n.track_id, n.words, n.at, n.number, n.title FROM ({said} ORDER BY e.log_id, e.effects->>'message', e.seq DESC) n
    WHERE n.what <> 'taken_back' AND n.words ~* ALL(CAST(:patterns AS text[])) ORDER BY n.at DESC, n.message LIMIT :most
"""
#: Of all messages.
_ALL_MESSAGES = text(_MESSAGES.format(said=_SAID))
#: Of those in some logs.
_SOME_MESSAGES = text(_MESSAGES.format(said=f"{_SAID} AND e.log_id = ANY(CAST(:among AS uuid[]))"))
#: What a function is given that names what may hold words.
_ASKED = "CAST(:asked AS tsquery), :person, CAST(:all_of AS uuid[]), CAST(:organisations AS uuid[]), :few, :newest"
#: Papers that may.
_PAPERS_NAMED = text(f"SELECT CAST(x.ids AS text) AS among, x.since FROM casework_find_papers({_ASKED}) x")
#: Logs with messages that may.
_MESSAGES_NAMED = text(f"SELECT CAST(x.ids AS text) AS among, x.since FROM casework_find_messages({_ASKED}) x")
#: How many are named, all of them or, where they are more, of the newest so many; and how many words are asked for.
_FEW, _NEWEST, _WORDS_ASKED = 500, 200, 3


def found_documents(db: Connection, words: Sequence[str], given: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """The first `most` of the papers that hold all the words."""
    # Words of one paper may stand in several of its names: so each is asked for by itself.
    return _found(db, rarest_terms(words, _WORDS_ASKED), given, _PAPERS_NAMED, (_SOME_DOCUMENTS, _ALL_DOCUMENTS))


def found_letters(db: Connection, given: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """The letters whose number is what was written, as far as one sees them."""
    if not any(map(str.isdigit, given["exact"])) or not given["all_of"] and not given["organisations"]:
        return []
    # No index serves below a policy: so the number is looked up above it, and who sees its letter is asked then.
    with whole(db):
        ids = db.execute(_NUMBERED, given).scalars().all()
    return db.execute(_LETTERS, {**given, "among": ids}).all() if ids else []


def found_messages(db: Connection, words: Sequence[str], given: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """The first `most` of the messages that hold all the words."""
    asked = terms_of_all(words)
    return _found(db, [asked] if asked else [], given, _MESSAGES_NAMED, (_SOME_MESSAGES, _ALL_MESSAGES))


def _found(
    db: Connection,
    asked: Sequence[str],
    given: Mapping[str, Any],
    named: TextClause,
    shown: tuple[TextClause, TextClause],
) -> Sequence[Row[Any]]:
    """What holds the words, by those that the indexes name; or else among all that one may see."""
    some, every = shown
    if not given["all_of"] and not given["organisations"]:
        return []
    for terms in asked:
        may = db.execute(named, {**given, "asked": terms, "few": _FEW, "newest": _NEWEST}).one()
        if may.among is None:
            continue
        rows = db.execute(some, {**given, "among": may.among}).all()
        # Where only the newest are named, nothing that is newer than the last of them is missing.
        if may.since is None or len(rows) == given["most"] and all(_is_newer(row, may.since) for row in rows):
            return rows
    return db.execute(every, given).all()


def _is_newer(row: Row[Any], since: Any) -> bool:
    return bool(row.at > since) and getattr(row, "withdrawn_at", None) is None
