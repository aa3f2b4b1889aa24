"""What an S3 server, or the way to it, says is told as what to do, and nothing else of it."""

from __future__ import annotations

import re

import pytest

from casework.records.bucket_faults import CODES, say


def _refused(code: str, status: str = "403 Forbidden", more: str = "") -> str:
    """As the library writes it."""
    body = f"<Error><Code>{code}</Code><Message>x</Message><AWSAccessKeyId>AK123</AWSAccessKeyId>{more}</Error>"
    return f"Generic S3 error: Error performing GET http://a/b in 1ms - Server returned non-2xx status code: {status}: {body}"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (_refused("NoSuchBucket", "404 Not Found"), "there is no such bucket"),
        (_refused("InvalidAccessKeyId"), "CASEWORK_BACKUP_S3_ACCESS_KEY_ID"),
        (_refused("SignatureDoesNotMatch"), "CASEWORK_BACKUP_S3_SECRET_ACCESS_KEY"),
        (_refused("AccessDenied"), "s3:PutObject"),
        (_refused("RequestTimeTooSkewed"), "clock"),
        (_refused("SlowDown", "503 Service Unavailable"), "busy or broken"),
        (_refused("XMinioStorageFull", "507 Insufficient Storage"), "no room left"),
        (_refused("PermanentRedirect", "301 Moved Permanently"), "lies in another region"),
        (
            _refused("AuthorizationHeaderMalformed", "400 Bad Request", "<Region>cn-north-1</Region>"),
            "the bucket lies in cn-north-1: name that in CASEWORK_BACKUP_S3_REGION",
        ),
        (_refused("Strange"), r"refuses it \(Strange\)"),
        ("Server returned non-2xx status code: 404 Not Found: <html>", "status 404.: is it an S3 server"),
        ("Server returned non-2xx status code: 502 Bad Gateway: <html>", "busy or broken"),
        (
            "error sending request | HttpError { kind: Connect, source: dns error: failed to lookup",
            "no machine of that name",
        ),
        ("error sending request | HttpError { kind: Connect, source: Os { Connection refused", "cannot be reached"),
        ("HttpError { kind: Connect, source: invalid peer certificate: UnknownIssuer", "certificate"),
        ("HttpError { kind: Timeout, source: TimedOut", "did not answer in time"),
        ("HTTP error: error sending request", "broke off"),
        ("something else", "cannot be asked"),
    ],
)
def test_each_is_told_as_what_to_do(said: str, told: str) -> None:
    sentence = say(said)
    assert re.search(told, sentence)
    assert "AK123" not in sentence
    assert sentence.endswith((".", "?"))


def test_each_code_has_a_sentence_of_its_own() -> None:
    assert all(sentence.endswith(".") for sentence in CODES.values())
