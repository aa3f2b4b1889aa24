"""What an S3 server refuses, or why nobody answers, as a sentence that says what to do. What it wrote itself is never passed on: some
servers tell the key there, and what was signed with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_CODE = re.compile(r"<Code>\s*([A-Za-z0-9.]{1,60})\s*</Code>")
_STATUS = re.compile(r"status code: (\d{3})|status: (\d{3})")
_REGION = re.compile(r"<Region>([a-z0-9-]{2,40})</Region>|expecting '([a-z0-9-]{2,40})'")

_NEEDED = "s3:ListBucket, s3:GetObject, s3:PutObject, s3:DeleteObject, s3:ListBucketMultipartUploads and s3:AbortMultipartUpload"
_KEY = "the access key is not known there: check CASEWORK_BACKUP_S3_ACCESS_KEY_ID."
_SECRET = (
    "the secret does not belong to the access key, or something on the way changes requests: check"
    " CASEWORK_BACKUP_S3_SECRET_ACCESS_KEY."
)
_DENIED = f"the access key may not do this: allow it {_NEEDED} there."
_CLOCK = "this machine's clock is not the server's: set it right, such as by NTP."
_BUSY = "the server is busy or broken just now: it is tried again later; if it stays so, ask whoever runs it."
_ROOM = "there is no room left, or no more is allowed: make room there, or let backups go earlier."
_LARGE = "a file is larger than the server takes."

#: What each code of theirs means.
CODES: Mapping[str, str] = {
    "NoSuchBucket": "there is no such bucket: make it, or name another in CASEWORK_BACKUP_FOLDER.",
    "InvalidBucketName": "that is no name of a bucket: mend CASEWORK_BACKUP_FOLDER.",
    "InvalidAccessKeyId": _KEY,
    "SignatureDoesNotMatch": _SECRET,
    "InvalidSecurity": _SECRET,
    "AccessDenied": _DENIED,
    "AllAccessDisabled": _DENIED,
    "AccountProblem": "the account there is not in order: ask whoever runs the server.",
    "RequestTimeTooSkewed": _CLOCK,
    "RequestExpired": _CLOCK,
    "ExpiredToken": "the access key has expired: name one that lasts.",
    "SlowDown": _BUSY,
    "ServiceUnavailable": _BUSY,
    "InternalError": _BUSY,
    "RequestTimeout": _BUSY,
    "QuotaExceeded": _ROOM,
    "InsufficientCapacity": _ROOM,
    "XMinioStorageFull": _ROOM,
    "EntityTooLarge": _LARGE,
    "SecondLevelDomainForbidden": "it wants the bucket in its name: write https://BUCKET.HOST into CASEWORK_BACKUP_S3_ENDPOINT.",
}
#: Codes by which a server says that another region is asked.
_ELSEWHERE = {
    "PermanentRedirect",
    "TemporaryRedirect",
    "AuthorizationHeaderMalformed",
    "IllegalLocationConstraintException",
}
#: What stands in a fault where nobody answered, the first that does.
_SILENT = (
    (
        ("dns error", "failed to lookup"),
        "no machine of that name is known: check CASEWORK_BACKUP_S3_ENDPOINT, or the network.",
    ),
    (
        ("certificate", "UnknownIssuer", "invalid peer"),
        "its certificate is not one that this machine trusts: have the server bring another, or add its issuer to this machine's.",
    ),
    (
        ("TimedOut", "kind: Timeout", "timed out"),
        "it did not answer in time: check the network, or ask whoever runs the server.",
    ),
    (
        ("kind: Connect", "Connection refused", "ConnectError", "tcp connect error"),
        "it cannot be reached: check CASEWORK_BACKUP_S3_ENDPOINT, the network and the firewall.",
    ),
    (("error sending request", "kind: Request"), "the connection broke off: check the network."),
)


@dataclass(frozen=True)
class Told:
    """What a server, or a library, said."""

    code: str | None
    status: int | None
    region: str | None


def read(said: str) -> Told:
    """What is of use in it."""
    code, status, region = _CODE.search(said), _STATUS.search(said), _REGION.search(said)
    return Told(
        code=code[1] if code else None,
        status=int(status[1] or status[2]) if status else None,
        region=(region[1] or region[2]) if region else None,
    )


def say(said: str) -> str:
    """What to do about it."""
    told = read(said)
    if told.code is not None and told.code in CODES:
        return CODES[told.code]
    if told.code in _ELSEWHERE or told.status in (301, 307):
        return f"the bucket lies in {told.region or 'another region'}: name that in CASEWORK_BACKUP_S3_REGION."
    if told.code is not None:
        return f"the server refuses it ({told.code})."
    if told.status is not None:
        return _BUSY if told.status >= 500 else f"the server refuses it (status {told.status}): is it an S3 server?"
    return next((sentence for words, sentence in _SILENT if any(one in said for one in words)), "it cannot be asked.")
