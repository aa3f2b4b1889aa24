"""The case sheet of a referral: what its provider reads of the case, and what an officer is shown of it before. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.case_objects.case_sheet import ComposedSheet, ToldAnswer, compose, is_open
from casework.engine.case_objects.kept_records import is_confirmed
from casework.engine.case_objects.programme_lists import Entry
from casework.engine.definition.sheets import AMOUNTS, BUDGET, CLAIM, DISPUTE, EFFECT, NEED, SITE, TECHNOLOGY
from casework.engine.execution.context import Library
from casework.engine.state.case import Case, Track
from casework.errors import NotFound
from casework.json_values import Answers, JsonObject, is_id
from casework.operations.cases.impacts import STATEMENTS, called
from casework.operations.core.access_log import note_reading
from casework.operations.core.merged_records import in_its_place
from casework.operations.core.organisations import STANDING
from casework.operations.core.presenters import names_of
from casework.operations.core.programme_lists import SAID_OF_RECORDS, Called, called_in, items_named
from casework.operations.core.reader_names import title_of
from casework.operations.core.views import Names, row_as
from casework.operations.referrals.service import find_referral, question_of
from casework.operations.referrals.sheet_views import (
    CaseSheet,
    SheetAnswer,
    SheetBurden,
    SheetEffect,
    SheetFigure,
    SheetNeed,
    SheetOwner,
    SheetParty,
    SheetRight,
    SheetSite,
    SheetStatement,
    SheetTarget,
    SheetTechnology,
    WithheldPart,
)
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, sight
from casework.records.case_loader import load
from casework.records.row_security import whole

#: A pledge and its entry in the register: whose they are, everybody can look up there.
_IN_REGISTER = frozenset({"pledge", "pledge_registration"})
#: Fields of the records that are figures; with what they are counted in, where another field says that.
_NEED_FIGURES = {"target": None, "readiness": None, "wanted_form": None, "wanted_by": None}
_TECHNOLOGY_FIGURES = {"readiness": None}
_BUDGET = {"budget": "budget_currency"}


def show_sheet(db: Connection, actor: Actor, referral: str) -> CaseSheet:
    """The case sheet: to its provider while it is open, to who sees the case whole as its provider would read it.

    That a provider's people have read it is kept, as it is of a document. Raises NotFound.
    """
    case, track = find_referral(db, actor, referral)
    office = sight(actor, case) == Sight.ALL
    if not office:
        if not is_open(track):
            raise NotFound("sheet")
        if case.number is not None:
            note_reading(db, actor, f"/referrals/{referral}/sheet", case.number)
    return sheet_of(db, actor, case, track, office=office)


def sheet_of(
    db: Connection,
    actor: Actor,
    case: Case,
    track: Track,
    *,
    office: bool,
    provider: str | None = None,
    request: Answers | None = None,
) -> CaseSheet:
    """The sheet of a referral that was found; with `provider` and `request` as it would be if that were sent."""
    library = load_library()
    with whole(db):
        # A provider's people are shown their own tracks of a case alone.
        case = load(db, case.log, case.kind)
        rights = db.execute(_RIGHTS, {"ids": list(case.rights)}).all() if case.rights else []
        owners = {row.id: {id for owner in row.owners for id in owner["ids"]} for row in rights}
        composed = compose(
            case,
            case.tracks[track.id],
            library[track.edition].sheets.get(track.kind, {}),
            owners,
            forms=_forms(library, [track, *case.children(track.id)]),
            provider=provider,
            request=request,
        )
        record = _record(db, case)
        question = question_of(db, case, track)
        holders = names_of(db, set(), {burden.get("holder") for row in rights for burden in row.encumbrances})
    said = [answer.value for some in composed.told.values() for answer in some]
    listed = items_named(db, case.programme, [*said, *(record.measure for record in case.impacts.values())])
    named = _named(db, said)
    told = {
        part: [_answer(library, answer, listed, named) for answer in answers] for part, answers in composed.told.items()
    }
    return CaseSheet(
        referral=track.id,
        service=track.kind,
        case=case.number,
        title=title_of(db, actor, case),
        parties=[SheetParty(**party) for party in record.parties],
        question=question,
        open=is_open(track),
        ours=not office,
        **_records(case, record, composed),
        # Two of the case that were made one are told once.
        rights=[
            _right(case, track, row, holders)
            for row in {row.record: row for row in rights if row.id in composed.rights}.values()
        ],
        effect=list(_effect(case, listed)) if EFFECT in composed.parts else [],
        claim=told.get(CLAIM, []),
        amounts=told.get(AMOUNTS, []),
        dispute=told.get(DISPUTE, []),
        called=_called(record, composed),
        withheld=[WithheldPart(part=part, parties=list(parties)) for part, parties in composed.withheld.items()]
        if office
        else [],
    )


def _forms(library: Library, tracks: Iterable[Track]) -> dict[tuple[str, str], str]:
    """By edition and action the form that it asks."""
    editions = {track.edition: library[track.edition] for track in tracks}
    return {
        (fingerprint, rule.name): rule.form or ""
        for fingerprint, edition in editions.items()
        for rule in edition.transitions
    }


def _record(db: Connection, case: Case) -> Any:
    return db.execute(
        _RECORD,
        {
            "need": case.need,
            "technology": case.technology,
            "programme": case.programme,
            "need_owner": case.parties.get("need_owner"),
            "technology_owner": case.parties.get("technology_owner"),
        },
    ).one()


def _records(case: Case, record: Any, composed: ComposedSheet) -> Mapping[str, Any]:
    """The parts that one record each tells, or nothing where it is not shared or not there."""
    need, technology, site = record.need, record.technology, None
    figures = list(_figures(need, _NEED_FIGURES)) if need else []
    if SITE in composed.parts and need:
        site = SheetSite(district=need["district"], address=record.address)
    return {
        "need": SheetNeed(
            title=Names(name=need["title"], name_zh=need["title_zh"]),
            sector=need["sector"],
            problem=need["problem"],
            figures=figures,
            targets=[SheetTarget(**row, confirmed=is_confirmed(need, "figures")) for row in need["figures"]],
        )
        if NEED in composed.parts and need
        else None,
        "site": site,
        "technology": _technology(technology, record.statements)
        if TECHNOLOGY in composed.parts and technology
        else None,
        "budget": list(_figures(need, _BUDGET)) if BUDGET in composed.parts and need else [],
    }


def _called(record: Any, composed: ComposedSheet) -> Called:
    """What the programme calls what the shared parts say of its lists."""
    parts = {"need": record.need or {}, "technology": record.technology or {}}
    shown = {
        "need": {"sector": NEED, "wanted_form": NEED, "district": SITE},
        "technology": {"benefits": TECHNOLOGY},
    }
    told = {
        noun: {field: parts[noun].get(field) for field, part in fields.items() if part in composed.parts}
        for noun, fields in shown.items()
    }
    return called_in(record.said_of_records, told)


def _technology(record: Mapping[str, Any], statements: list[JsonObject] | None) -> SheetTechnology:
    words = ("description", "developed_in", "deployed_in", "benefits", "website", "readiness_text", "ip_text")
    # Of which case a statement comes is nothing for a provider.
    stated = [
        SheetStatement(**{name: value for name, value in one.items() if name != "case"}) for one in statements or ()
    ]
    return SheetTechnology(
        title=Names(name=record["title"], name_zh=record["title_zh"]),
        **{name: record[name] for name in words},
        figures=list(_figures(record, _TECHNOLOGY_FIGURES)),
        statements=stated,
    )


def _figures(record: Mapping[str, Any], names: Mapping[str, str | None]) -> Iterator[SheetFigure]:
    for name, unit in names.items():
        field, value = name, record.get(name)
        if name == "readiness":
            field, levels = "readiness_low", [record.get("readiness_low"), record.get("readiness_high")]
            value = "–".join(dict.fromkeys(str(level) for level in levels if level is not None))
        if value not in (None, ""):
            said = format(Decimal(str(value)).normalize(), "f") if name == "budget" else str(value)
            yield SheetFigure(
                name=name,
                value=said,
                unit=record.get(unit) if unit else None,
                confirmed=is_confirmed(record, field),
            )


def _right(case: Case, track: Track, row: Any, holders: Mapping[str, str]) -> SheetRight:
    own = {track.id, *(child.id for child in case.children(track.id))}

    def told(burden: Mapping[str, Any], *, elsewhere: bool) -> bool:
        """Nothing is told of what another provider's track of the case has laid on it, nor of whose it is or of how much."""
        return burden.get("track") in own if burden["case"] == case.log else elsewhere

    days = ("filed_on", "granted_on", "expires_on", "fee_paid_to", "checked_on")
    return row_as(
        SheetRight,
        row,
        owners=[SheetOwner(name=owner["name"], name_zh=owner["name_zh"], share=owner["share"]) for owner in row.owners],
        burdens=[
            SheetBurden(
                kind=burden["kind"],
                licence=burden.get("licence"),
                holder=holders.get(burden.get("holder") or "")
                if burden["kind"] in _IN_REGISTER and told(burden, elsewhere=True)
                else None,
                since=burden.get("from"),
                until=burden.get("until"),
                amount=burden.get("amount") if told(burden, elsewhere=burden["case"] is None) else None,
            )
            for burden in row.encumbrances
            if not burden.get("to")
        ],
        **{day: getattr(row, day) and getattr(row, day).isoformat() for day in days},
    )


def _effect(case: Case, listed: Mapping[str, Entry]) -> Iterator[SheetEffect]:
    return (
        row_as(SheetEffect, record, **called(record.measure, listed))
        for record in case.impacts.values()
        if record.stands
    )


def _named(db: Connection, said: Iterable[Any]) -> Mapping[str, Names]:
    """The organisations that answers name, by the ids that stand there."""
    ids = sorted({value for value in said if isinstance(value, str) and is_id(value)})
    rows = db.execute(_ORGANISATIONS, {"ids": ids}) if ids else ()
    return {row.id: Names(name=row.name, name_zh=row.name_zh) for row in rows}


def _answer(library: Library, told: ToldAnswer, listed: Mapping[str, Entry], named: Mapping[str, Names]) -> SheetAnswer:
    edition = library[told.edition]
    label = edition.text(f"forms.{told.form}.{told.name}.label")
    entry = listed.get(told.value) if isinstance(told.value, str) else None
    one = named.get(told.value) if isinstance(told.value, str) else None
    return SheetAnswer(
        name=told.name,
        label=label,
        edition=told.edition,
        form=told.form,
        value=told.value,
        called=one.name if one else None if entry is None else entry.label,
        called_zh=one.name_zh if one else None if entry is None else entry.label_zh,
    )


#: What a sheet may hold of the records of a case; and its parties, whom the offer names already.
_RECORD = text(f"""
    SELECT to_jsonb(n) AS need, to_jsonb(t) AS technology,
        (SELECT o.address FROM {STANDING} WHERE g.id = CAST(:need_owner AS uuid)) AS address,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('side', p.side, 'name', o.name, 'name_zh', o.name_zh) ORDER BY p.side), '[]')
         FROM (VALUES ('need_owner', CAST(:need_owner AS uuid)), ('technology_owner', CAST(:technology_owner AS uuid))) p(side, id)
         JOIN ({STANDING}) ON g.id = p.id) AS parties,
{STATEMENTS}    , {SAID_OF_RECORDS}    FROM (SELECT 1) AS this
    LEFT JOIN needs n ON n.id = {in_its_place("needs", "CAST(:need AS uuid)")}
    LEFT JOIN technologies t ON t.id = {in_its_place("technologies", "CAST(:technology AS uuid)")}
""")
#: Some organisations by name, each as it stands now.
_ORGANISATIONS = text(
    f"SELECT g.id::text AS id, o.name, o.name_zh FROM {STANDING} WHERE g.id = ANY(CAST(:ids AS uuid[]))"
)
#: Some rights with their owners by name, and by the ids of all records that one of them takes the place of.
_RIGHTS = text(f"""
    SELECT c.id::text AS id, r.id::text AS record, r.kind, r.office, r.application_number, r.number, r.owner, r.status, r.filed_on,
        r.granted_on, r.expires_on, r.fee_paid_to, r.checked_on, r.confirmed, r.encumbrances,
        r.expired_at IS NOT NULL AS expired,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('share', trim_scale(w.share)::text, 'name', o.name, 'name_zh', o.name_zh,
            'ids', (SELECT jsonb_agg(x.id) FROM organisations x WHERE coalesce(x.merged_into, x.id) = o.id)
         ) ORDER BY o.name, o.id), '[]')
         FROM right_owners w JOIN ({STANDING}) ON g.id = w.organisation_id WHERE w.right_id = r.id) AS owners
    FROM rights c JOIN rights r ON r.id = coalesce(c.merged_into, c.id)
    WHERE c.id = ANY(CAST(:ids AS uuid[])) ORDER BY coalesce(r.number, r.application_number), c.id
""")


__all__ = ["sheet_of", "show_sheet"]
