"""The letterhead of a programme: what letters have above and below their words, who has set it, and the number of the next one.

Each change is one event of the programme's log, which says what stands in the row then; the row comes after it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.letterheads import (
    COPIED,
    FIELDS,
    LETTERHEAD_SET,
    READERS,
    REASON,
    SETTERS,
    cleaned,
    number,
)
from casework.engine.case_objects.programme_editions import EDITIONS_SET
from casework.engine.case_objects.programme_lists import LIST_SET, LISTS, key_of
from casework.engine.case_objects.programme_providers import EVERY, LISTED, PROVIDERS_SET, Asked
from casework.engine.case_objects.public_catalogues import CATALOGUE_SET
from casework.engine.case_objects.public_catalogues import FIELDS as CATALOGUE_FIELDS
from casework.engine.case_objects.ranking_weights import OF_WEIGHTS, VERSION
from casework.engine.execution.context import By
from casework.engine.retention import (
    OF_RETENTION,
    RETENTION_ASKED,
    RETENTION_SET,
    RetentionClass,
    classes_in,
    differences,
)
from casework.engine.retention import SHIPPED as KEPT_AT_FIRST
from casework.engine.setting_proposals import Proposal
from casework.engine.state.document_effects_schema import LetterNumber
from casework.engine.state.events import RegisterEvent
from casework.engine.tasks.routing_tables import OF_ROUTING
from casework.errors import NotAllowed, NotFound, Refused
from casework.json_values import JsonMapping, JsonObject
from casework.ledger.canonical_json import instant
from casework.ledger.redactable_bodies import Erased
from casework.matching.weights import FIRST, SHIPPED, values_of
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import calendar_of
from casework.operations.core.presenters import names_of
from casework.operations.core.register_log import CHANGED
from casework.operations.people.setting_changes import OwnRow, set_row
from casework.operations.people.views import Letterhead, ProgrammeSettings, PublicCatalogue, SettingsEntry
from casework.permissions.actors import Actor
from casework.permissions.work import in_the_programme
from casework.records.event_log import now, register_event_of
from casework.records.register_entries import MARK
from casework.records.row_security import whole

_TABLE = "letterheads"
#: Events of a programme's log that say what stands in its letterhead.
_OF_LETTERHEAD = (LETTERHEAD_SET, COPIED)


# --- reading ---------------------------------------------------------------------------------------------------------


def insist_reads(actor: Actor, programme: str) -> None:
    """That the actor looks at the settings of a programme. Raises NotFound."""
    if not actor.in_programme(programme, READERS):
        raise NotFound("programme")


def insist_sets(actor: Actor, programme: str) -> By:
    """In which capacity the actor sets them. Raises NotFound, NotAllowed."""
    insist_reads(actor, programme)
    by = in_the_programme(actor, programme, SETTERS)
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=SETTERS))
    return by


def show_settings(db: Connection, actor: Actor, programme: str) -> ProgrammeSettings:
    """What a programme has set for itself, with what was done with it, the newest first. Raises NotFound."""
    insist_reads(actor, programme)
    row = db.execute(_PROGRAMME, {"id": programme}).one()
    head = read_letterhead(db, programme)
    entries = list(entries_of(db, programme))
    return ProgrammeSettings(
        id=row.id,
        code=row.code,
        name=row.name,
        name_zh=row.name_zh,
        letterhead=head,
        letterhead_is_set=has_letterhead(db, programme),
        next_number=_written(next_number(db, programme, head)),
        version=max((entry.seq for entry in entries if entry.kind in _OF_LETTERHEAD), default=0),
        catalogue=_read_catalogue(db, programme, entries),
        entries=entries[::-1],
        mine=in_the_programme(actor, programme, SETTERS) is not None,
    )


#: What a programme is called.
_PROGRAMME = text("SELECT id, code, name, name_zh FROM programmes WHERE id = CAST(:id AS uuid)")


def read_letterhead(db: Connection, programme: str) -> Letterhead:
    """The letterhead of a programme; that of one that has set none leaves a place for the seal and numbers nothing."""
    row = db.execute(_LETTERHEAD, {"programme": programme}).one_or_none()
    return Letterhead() if row is None else Letterhead(**row._mapping)


def _read_catalogue(db: Connection, programme: str, entries: Iterable[SettingsEntry]) -> PublicCatalogue:
    """Whether a programme shows its catalogue in public; one that has said nothing does not."""
    version = max((entry.seq for entry in entries if entry.kind == CATALOGUE_SET), default=0)
    row = db.execute(_CATALOGUE, {"programme": programme}).one_or_none()
    return PublicCatalogue(version=version) if row is None else PublicCatalogue(version=version, **row._mapping)


#: Whether a programme shows its catalogue in public, and where its office is asked.
_CATALOGUE = text(
    f"SELECT {', '.join(CATALOGUE_FIELDS)} FROM public_catalogues WHERE programme_id = CAST(:programme AS uuid)"
)


def has_letterhead(db: Connection, programme: str) -> bool:
    """Whether a programme has said what stands above its letters."""
    return db.execute(_LETTERHEAD, {"programme": programme}).one_or_none() is not None


def insist_letterhead(db: Connection, programme: str) -> Letterhead:
    """The letterhead of letters, of which none goes before the programme has said what stands above them. Raises Refused."""
    if not has_letterhead(db, programme):
        raise Refused(reasons.letters.NO_LETTERHEAD)
    return read_letterhead(db, programme)


#: What stands in a programme's letterhead.
_LETTERHEAD = text(f"SELECT {', '.join(FIELDS)} FROM letterheads WHERE programme_id = CAST(:programme AS uuid)")


def entries_of(db: Connection, programme: str) -> Iterator[SettingsEntry]:
    """What was done with the settings, in order: by field what it said before and after."""
    with whole(db):
        rows = db.execute(
            _EVENTS,
            {
                "log": programme,
                "kinds": [
                    *_OF_LETTERHEAD,
                    CATALOGUE_SET,
                    LIST_SET,
                    PROVIDERS_SET,
                    EDITIONS_SET,
                    *OF_WEIGHTS,
                    *OF_RETENTION,
                    *OF_ROUTING,
                ],
                "changed": CHANGED,
            },
        ).all()
    events = [register_event_of(row.header, row.effects, row.body) for row in rows]
    listed_ever: set[str | None] = {one for event in events for one in event.effects.get("providers") or ()}
    names = names_of(db, {event.actor for event in events}, listed_ever)
    asked: Asked = None
    chosen: Mapping[str, int] = {}
    weights: JsonObject = {VERSION: FIRST, **values_of(SHIPPED)}
    kept: Collection[RetentionClass] = KEPT_AT_FIRST
    proposed: Collection[RetentionClass] = ()
    state: JsonObject = {}
    listed: dict[str, JsonObject] = {
        f"{name}.{entry.key}": {
            "label": entry.label,
            "label_zh": entry.label_zh,
            "position": entry.position,
            "retired": False,
        }
        for name, kind in LISTS.items()
        for entry in kind.start
    }
    for event in events:
        after = _told(event)
        changes = {
            name: (state.get(name), after[name])
            for name in (*FIELDS, *CATALOGUE_FIELDS)
            if name in after and state.get(name) != after[name]
        }
        state |= after
        # A limit is told by what it is a limit of.
        changes |= {what: (before, now) for what, (before, now) in event.effects.get("limits", {}).items()}
        # An entry of a list by its list and key.
        said = _listed(event)
        changes |= {f"lists.{what}": (listed.get(what), now) for what, now in said.items() if listed.get(what) != now}
        listed |= said
        if "providers" in event.effects:
            changes |= _asked_changed(asked, event.effects["providers"], names)
            asked = event.effects["providers"]
        if "editions" in event.effects:
            after = event.effects["editions"]
            differ = sorted(name for name in chosen.keys() | after.keys() if chosen.get(name) != after.get(name))
            changes |= {f"editions.{name}": (chosen.get(name), after.get(name)) for name in differ}
            chosen = after
        if "weights_asked" in event.effects:
            changes |= _weights_changed(weights, event.effects["weights_asked"])
        if "weights" in event.effects:
            changes |= _weights_changed(weights, event.effects["weights"])
            weights = event.effects["weights"]
        if event.kind in (RETENTION_ASKED, RETENTION_SET):
            # What is set is what was proposed last.
            proposed = classes_in(Proposal(event)) if event.kind == RETENTION_ASKED else proposed
            changes |= _retention_changed(kept, proposed)
            kept = proposed if event.kind == RETENTION_SET else kept
        reason = event.body.get(REASON)
        yield SettingsEntry(
            at=instant(event.at),
            seq=event.seq,
            who=names.get(event.actor),
            kind=event.kind,
            changes=changes,
            reason=reason if isinstance(reason, str) else None,
            erased=any(isinstance(value, Erased) for value in event.body.values()),
            lists=_versions(event),
        )


#: The events of some kinds in a log, and those that set limits, in order.
_EVENTS = text("""
    SELECT header, effects, body FROM events WHERE log_id = CAST(:log AS uuid)
    AND (kind = ANY(:kinds) OR kind = :changed AND effects ? 'limits') ORDER BY seq
""")


def _asked_changed(before: Asked, after: Asked, names: Mapping[str, str]) -> JsonObject:
    """What is said of whom a programme asks: whether every provider or a list, and by provider its name before and after."""
    kept: JsonObject = {}
    if (before is None) != (after is None):
        kept["providers"] = (EVERY if before is None else LISTED, EVERY if after is None else LISTED)
    differ = set() if after is None else set(before or ()) ^ set(after)
    for id in sorted(differ, key=lambda id: (names.get(id, ""), id)):
        name = names.get(id, "")
        kept[f"providers.{id}"] = (name, None) if id in (before or ()) else (None, name)
    return kept


def _weights_changed(before: JsonMapping, after: JsonMapping) -> JsonObject:
    """What of weights differs, by name."""
    return {f"weights.{name}": (before[name], said) for name, said in after.items() if before[name] != said}


def _retention_changed(before: Collection[RetentionClass], after: Collection[RetentionClass]) -> JsonObject:
    """What of retention classes differs, by code: names, years and conditions before and after."""

    def said(one: RetentionClass | None) -> JsonObject | None:
        return None if one is None else {**one.as_json(), "name": one.name, "name_zh": one.name_zh}

    return {f"retention.{code}": (said(was), said(now)) for code, was, now in differences(before, after)}


def _told(event: RegisterEvent) -> JsonObject:
    """What an event says of the letterhead, or of the public catalogue."""
    for name, value in event.body.items():
        if name.partition(MARK)[0] in (_TABLE, "public_catalogues") and isinstance(value, Mapping):
            return dict(value)
    return {}


def _versions(event: RegisterEvent) -> dict[str, int]:
    """By list that an event changes the version that the list has since."""
    rows = (row for name, row in sorted(event.body.items()) if name.startswith(f"list_entries{MARK}"))
    return {row["list"]: row["since"] for row in rows if isinstance(row, Mapping)}


def _listed(event: RegisterEvent) -> dict[str, JsonObject]:
    """What an event says of entries of lists."""
    rows = [
        dict(value)
        for name, value in event.body.items()
        if name.startswith(f"list_entries{MARK}") and isinstance(value, Mapping)
    ]
    return {
        f"{row['list']}.{key_of(row['code'], row['version'])}": {
            name: row[name] for name in ("label", "label_zh", "position", "retired")
        }
        for row in rows
    }


# --- setting ---------------------------------------------------------------------------------------------------------


def set_letterhead(
    db: Connection,
    actor: Actor,
    programme: str,
    *,
    fields: JsonMapping,
    reason: str | None,
    request: Request,
    seen: int | None = None,
) -> Done:
    """Say what the letters of a programme have above and below their words; what is not said is empty.

    What stood there before is changed with a reason. Raises RecordHasMoved where it was set after it was `seen`.
    """
    by, values = insist_sets(actor, programme), cleaned(fields)
    return set_row(db, actor, by, programme, _ROW, values=values, reason=reason, request=request, seen=seen)


_ROW = OwnRow(
    table=_TABLE,
    fields=FIELDS,
    kind=LETTERHEAD_SET,
    moved_by=_OF_LETTERHEAD,
    same=reasons.letters.SAME,
    say_why=reasons.letters.SAY_WHY_SET,
)


# --- numbers ---------------------------------------------------------------------------------------------------------


def next_number(
    db: Connection, programme: str, head: Letterhead, *, moment: datetime | None = None
) -> LetterNumber | None:
    """The number that the next letter of a programme gets; None where its letters have none."""
    if head.number_form is None:
        return None
    year = calendar_of(db, programme).local_date(moment or now(db)).year
    last = db.execute(_LAST_NUMBER, {"programme": programme, "year": year}).scalar() or 0
    return number(head.number_form, year, last + 1)


def take_number(db: Connection, programme: str, taken: LetterNumber) -> bool:
    """Take the number that a letter says; False where another letter has it by now. The counter is locked last of all."""
    last: Any = db.execute(_TAKE_NUMBER, {"programme": programme, "year": taken["year"]}).scalar_one()
    return bool(last == taken["n"])


#: How many letters of a year have a number.
_LAST_NUMBER = text("SELECT last FROM letter_numbers WHERE programme_id = CAST(:programme AS uuid) AND year = :year")
#: Takes the next one.
_TAKE_NUMBER = text("""
    INSERT INTO letter_numbers (programme_id, year, last) VALUES (CAST(:programme AS uuid), :year, 1)
    ON CONFLICT (programme_id, year) DO UPDATE SET last = letter_numbers.last + 1 RETURNING last
""")


def _written(taken: LetterNumber | None) -> str | None:
    return None if taken is None else taken["written"]


__all__ = [
    "has_letterhead", "insist_letterhead", "insist_reads", "insist_sets", "next_number", "read_letterhead",
    "set_letterhead", "show_settings", "take_number",
]  # fmt: skip
