"""What an event makes of consents, documents, their files, and who may see them."""

from __future__ import annotations

from collections.abc import Mapping

from casework.engine.state.case_documents import Consent, Document, File, Grant
from casework.engine.state.copies import replace
from casework.engine.state.document_effects_schema import (
    Dispatch,
    EndedConsent,
    FiledFile,
    GivenConsent,
    GivenGrant,
    GrantDay,
    RegisteredDocument,
    RemovedContents,
)
from casework.engine.state.effects_schema import ErasedWords, GivenLink, LinkChange
from casework.engine.state.events import Event
from casework.engine.state.party_links import PartyLink
from casework.ledger.canonical_json import parse_instant

Consents = Mapping[str, Consent]
Documents = Mapping[str, Document]
Files = Mapping[str, File]
Grants = Mapping[str, Grant]
Links = Mapping[str, PartyLink]


def consented(consents: Consents, given: list[GivenConsent], event: Event) -> Consents:
    return {
        **consents,
        **{
            consent["id"]: Consent(
                id=consent["id"],
                party=consent["party"],
                providers=_maybe(consent["providers"]),
                documents=_maybe(consent["documents"]),
                given_on=consent["given_on"],
                expires_on=consent["expires_on"],
                sheet=consent.get("sheet", False),
                abroad=consent.get("abroad", False),
                not_to=tuple(consent.get("not_to", ())),
            )
            for consent in given
        },
    }


def _maybe(ids: list[str] | None) -> tuple[str, ...] | None:
    return None if ids is None else tuple(ids)


def consents_ended(consents: Consents, endings: list[EndedConsent], event: Event) -> Consents:
    ended = {ending["id"]: replace(consents[ending["id"]], ended_at=event.at, how=ending["how"]) for ending in endings}
    return {**consents, **ended}


def registered(documents: Documents, entries: list[RegisteredDocument], event: Event) -> Documents:
    return {
        **documents,
        **{
            document["id"]: Document(
                document["id"],
                document["party"],
                document["kind"],
                event.at,
                document.get("valid_until"),
                event.track,
                own=document.get("own", False),
                letter=document.get("letter"),
                numbered=document.get("numbered"),
            )
            for document in entries
        },
    }


def withdrawn(documents: Documents, ids: list[str], event: Event) -> Documents:
    return {**documents, **{id: replace(documents[id], withdrawn_at=event.at) for id in ids}}


def dispatched(documents: Documents, entries: list[Dispatch], event: Event) -> Documents:
    out = {
        entry["id"]: replace(documents[entry["id"]], dispatched_how=entry["how"], dispatched_on=entry["on"])
        for entry in entries
    }
    return {**documents, **out}


def filed(files: Files, entries: list[FiledFile], event: Event) -> Files:
    name, digest = event.body.get("file"), event.body.get("sha256")
    return {
        **files,
        **{
            file["id"]: File(
                file["id"],
                file["document"],
                file["version"],
                file["type"],
                file["size"],
                event.at,
                event.actor,
                name,
                digest,
            )
            for file in entries
        },
    }


def names_erased(files: Files, erased: ErasedWords, event: Event) -> Files:
    return {**files, **{id: replace(files[id], name=None) for id in erased["names"]}} if erased["names"] else files


def contents_removed(files: Files, removal: RemovedContents, event: Event) -> Files:
    return {id: replace(file, name=None, digest=None) for id, file in files.items()}


def granted(grants: Grants, given: list[GivenGrant], event: Event) -> Grants:
    return {
        **grants,
        **{
            grant["id"]: Grant(
                grant["id"],
                grant["track"],
                grant["document"],
                tuple(grant["consents"]),
                event.at,
                until=grant.get("until"),
            )
            for grant in given
        },
    }


def grants_ended(grants: Grants, ids: list[str], event: Event) -> Grants:
    return {**grants, **{id: replace(grants[id], ended_at=event.at) for id in ids}}


def grant_days(grants: Grants, days: list[GrantDay], event: Event) -> Grants:
    return {**grants, **{day["id"]: replace(grants[day["id"]], until=day["until"]) for day in days}}


def grants_returned(grants: Grants, ids: list[str], event: Event) -> Grants:
    return {**grants, **{id: replace(grants[id], returned_at=event.at) for id in ids}}


def links_given(links: Links, given: list[GivenLink], event: Event) -> Links:
    return {
        **links,
        **{
            link["id"]: PartyLink(
                id=link["id"],
                task=link["task"],
                party=link["party"],
                organisation=link["organisation"],
                given_by=event.actor,
                given_at=event.at,
                until=parse_instant(link["until"]),
                language=link["language"],
                documents=tuple(link["documents"]),
                providers=tuple(link["providers"]),
                code=link["code"],
                mail=link["mail"],
            )
            for link in given
        },
    }


def links_changed(links: Links, changes: list[LinkChange], event: Event) -> Links:
    ended = {change["id"]: replace(links[change["id"]], state=change["state"], ended_at=event.at) for change in changes}
    return {**links, **ended}
