"""Uploads to a bucket that were begun and not ended: no list of its files shows them, and they take room until somebody aborts them.

The library of stores has no request for that; these two are signed here (AWS Signature Version 4).
"""

from __future__ import annotations

import hashlib
import hmac
import html
import http.client
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

_TIMEOUT_S = 30
_UPLOAD = re.compile(r"<Upload>(.*?)</Upload>", re.DOTALL)
_KEY, _ID = re.compile(r"<Key>(.*?)</Key>", re.DOTALL), re.compile(r"<UploadId>(.*?)</UploadId>", re.DOTALL)
_NEXT = re.compile(r"<(NextKeyMarker|NextUploadIdMarker)>(.*?)</\1>", re.DOTALL)
_NAMES = {"NextKeyMarker": "key-marker", "NextUploadIdMarker": "upload-id-marker"}
_NOTHING = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, kw_only=True)
class Access:
    """Where a bucket is, and who asks."""

    endpoint: str
    #: What stands before the name of a file in an address: "/bucket", or nothing where the host has it in its name.
    base: str
    region: str
    key_id: str
    secret: str = field(repr=False)


def abort(access: Access, prefix: str, of: Callable[[str], bool]) -> int:
    """Abort those below a prefix whose files are of these; gives how many. What the server does not let us see stays: a rule of the
    bucket's may take it away."""
    count, query = 0, {"uploads": "", "prefix": prefix}
    while True:
        status, said = _ask(access, "GET", "", query)
        if status != 200:
            return count
        for upload in _UPLOAD.findall(said):
            found, id = _KEY.search(upload), _ID.search(upload)
            key = html.unescape(found[1]) if found else ""
            # Some servers tell all that there are.
            if id and key.startswith(prefix) and of(key):
                _ask(access, "DELETE", key, {"uploadId": html.unescape(id[1])})
                count += 1
        more = {_NAMES[name]: html.unescape(value) for name, value in _NEXT.findall(said)}
        if "<IsTruncated>true</IsTruncated>" not in said or not more:
            return count
        query |= more


def _ask(access: Access, method: str, key: str, query: dict[str, str]) -> tuple[int, str]:
    """One request without a body; gives its status and what was answered. Raises OSError."""
    parts = urlsplit(access.endpoint)
    path = quote(f"{access.base}/{key}", safe="/-_.~")
    asked = "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in sorted(query.items()))
    headers = signed_headers(access, method, path, asked, datetime.now(UTC))
    if parts.scheme == "https":
        way: http.client.HTTPConnection = http.client.HTTPSConnection(
            parts.netloc, timeout=_TIMEOUT_S, context=ssl.create_default_context()
        )
    else:
        way = http.client.HTTPConnection(parts.netloc, timeout=_TIMEOUT_S)
    try:
        way.request(method, f"{path}?{asked}", headers=headers)
        answer = way.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    except http.client.HTTPException as fault:
        raise OSError(str(fault)) from fault
    finally:
        way.close()


def signed_headers(access: Access, method: str, path: str, query: str, now: datetime) -> dict[str, str]:
    """The headers of a request without a body, with its signature."""
    moment = now.strftime("%Y%m%dT%H%M%SZ")
    headers = {"host": urlsplit(access.endpoint).netloc, "x-amz-content-sha256": _NOTHING, "x-amz-date": moment}
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = "\n".join([method, path, query, lines, names, _NOTHING])
    scope = f"{moment[:8]}/{access.region}/s3/aws4_request"
    to_sign = "\n".join(["AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(request.encode()).hexdigest()])
    key = f"AWS4{access.secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={access.key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return headers
