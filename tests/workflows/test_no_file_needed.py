"""Nobody in the office writes a paper so that a provider can work: what it must know is on the case sheet."""

from __future__ import annotations

from collections.abc import Iterator

from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.engine.parts import REFERRAL
from casework.engine.roles import Role

#: What others have written or signed, and the office passes on or files.
OF_OTHERS = {
    ("finance", "terms_agreed", "term_sheet"), ("finance", "docs_signed", "contracts"), ("pledge", "apply", "papers"),
    ("pledge", "signed", "papers"), ("pledge", "fixed", "documents"),
}  # fmt: skip


def asked_for(edition: Edition) -> Iterator[tuple[str, str, str]]:
    """Where somebody of the office must name a document: the workflow, the action, the field."""
    for rule in edition.transitions:
        if Role.OFFICER in rule.by or Role.SUPERVISOR in rule.by:
            for field in edition.form(rule.form):
                if field["type"] == "documents" and field["required"]:
                    yield edition.workflow, rule.name, field["name"]


def test_of_a_request_the_office_files_only_what_others_have_signed() -> None:
    """Both parties' consents, where a conflict is waived."""
    edition = load_library().playing(REFERRAL)
    assert edition is not None
    assert list(asked_for(edition)) == [("referral", "waive_conflict", "consents")]


def test_a_service_asks_the_office_for_papers_of_others_alone() -> None:
    library = load_library()
    services = [
        edition
        for name in library.newest
        if (edition := library.latest(name)) and edition.rules["inside"] == "referral"
    ]
    assert {edition.workflow for edition in services} == {"assessment", "pledge", "finance", "mediation"}
    assert {paper for edition in services for paper in asked_for(edition)} == OF_OTHERS
