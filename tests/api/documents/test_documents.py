"""Documents over the API: a program hands in bytes and takes them out, by the same rules as the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.api_client import PREFIX, Client
from tests.support.file_makers import PDF, SCRIPT
from tests.support.way_to_referral import to_accepted

Clients = Callable[[str | None], Client]
BYTES = {"Content-Type": "application/octet-stream"}


def send(client: Client, path: str, content: bytes, key: str = "key-of-a-version", **headers: str) -> Any:
    """A file as the body of a request."""
    sent = {"Authorization": f"Bearer {client.token}", "Idempotency-Key": key, **BYTES, **headers}
    return client.flask.post(PREFIX + path, data=content, headers=sent)


pytestmark = pytest.mark.stage(play=to_accepted)


@pytest.fixture
def scene(staged: tuple[str, str]) -> tuple[str, str]:
    return staged


@pytest.fixture
def delivered(client_for: Clients, scene: tuple[str, str]) -> str:
    """A document that the provider entered, with one version; its id."""
    provider = client_for("provider")
    id = provider.post(f"/referrals/{scene[1]}/documents", {"title": "The assessment", "kind": "report"}).json["id"]
    assert send(provider, f"/documents/{id}/versions?name=assessment.pdf", PDF).status_code == 201
    return str(id)


def test_what_a_provider_files_the_office_takes_out(client_for: Clients, delivered: str) -> None:
    officer = client_for("officer")
    answer = officer.flask.get(
        f"{PREFIX}/documents/{delivered}/versions/1", headers={"Authorization": f"Bearer {officer.token}"}
    )
    assert (answer.data, answer.mimetype) == (PDF, "application/octet-stream")
    assert answer.headers["Content-Disposition"].startswith("attachment; ")


def test_a_version_is_filed_once_for_its_key(client_for: Clients, delivered: str) -> None:
    first, second = (
        send(client_for("provider"), f"/documents/{delivered}/versions?name=b.pdf", PDF + b"%2", "another-key")
        for _ in range(2)
    )
    assert (first.get_json(), second.headers["Idempotency-Replayed"]) == (second.get_json(), "true")
    assert len(client_for("provider").get(f"/documents/{delivered}").json["versions"]) == 2


def test_a_file_may_be_larger_than_other_bodies(client_for: Clients, delivered: str) -> None:
    large = PDF + b"%" + b" " * 1_200_000
    sent = send(client_for("provider"), f"/documents/{delivered}/versions?name=large.pdf", large, "key-of-a-large-one")
    assert sent.status_code == 201


def test_the_same_key_for_another_file_is_refused(client_for: Clients, delivered: str) -> None:
    assert (
        send(client_for("provider"), f"/documents/{delivered}/versions?name=assessment.pdf", PDF + b"%3").status_code
        == 422
    )


def test_what_is_not_what_its_name_says_is_refused(client_for: Clients, delivered: str) -> None:
    answer = send(client_for("provider"), f"/documents/{delivered}/versions?name=x.pdf", SCRIPT, "a-new-key")
    assert answer.status_code == 422
    assert "its content is not what its name says." in answer.get_json()["detail"]


def test_a_body_of_another_type_is_not_read(client_for: Clients, delivered: str) -> None:
    answer = send(
        client_for("provider"),
        f"/documents/{delivered}/versions?name=x.pdf",
        PDF,
        "a-new-key",
        **{"Content-Type": "text/html"},
    )
    assert answer.status_code == 400


def test_without_a_key_nothing_is_filed(client_for: Clients, delivered: str) -> None:
    assert send(client_for("provider"), f"/documents/{delivered}/versions?name=x.pdf", PDF, "").status_code == 400


def test_whoever_may_not_sends_nothing(client_for: Clients, delivered: str) -> None:
    for who, status in (("officer", 403), ("foreign_provider", 404), ("auditor", 403)):
        assert send(client_for(who), f"/documents/{delivered}/versions?name=x.pdf", PDF).status_code == status


def test_a_withdrawn_document_takes_no_version(client_for: Clients, delivered: str) -> None:
    provider = client_for("provider")
    assert provider.post(f"/documents/{delivered}/withdraw", {"reason": "A wrong one"}).status_code == 200
    assert send(provider, f"/documents/{delivered}/versions?name=x.pdf", PDF, "a-new-key").status_code == 409


def test_the_lists_of_a_case_and_of_a_referral_tell_what_is_there(
    client_for: Clients, scene: tuple[str, str], delivered: str
) -> None:
    of_case = client_for("auditor").get(f"/cases/{scene[0]}/documents").json["items"]
    of_referral = client_for("provider").get(f"/referrals/{scene[1]}/documents").json
    assert [one["id"] for one in of_case] == [one["id"] for one in of_referral["items"]] == [delivered]
    assert of_referral["package"] == []


def test_the_file_of_the_case_is_an_archive(client_for: Clients, scene: tuple[str, str], delivered: str) -> None:
    officer = client_for("officer")
    answer = officer.flask.get(f"{PREFIX}/cases/{scene[0]}/file", headers={"Authorization": f"Bearer {officer.token}"})
    assert answer.data.startswith(b"PK\x03\x04")


def test_there_is_nothing_to_give_back_where_nothing_was_given(client_for: Clients, scene: tuple[str, str]) -> None:
    assert client_for("provider").post(f"/referrals/{scene[1]}/returned", {"how": "destroyed"}).status_code == 409
