"""Files that come with what is said behind a link: of strangers nothing large is read, but of whoever has opened one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from flask import Flask, request

from casework import reasons
from casework.engine.tasks.party_answers import MOST_FILES
from casework.errors import UploadRefused
from casework.operations.documents.upload_limits import MEGABYTE, MOST_BYTES
from casework.operations.documents.uploads import Upload, receive
from casework.web.shell.i18n import say
from casework.web.shell.security_log import note

#: The field of the form that has them.
FILES = "files"
#: What the files of one form may be together, and what stands beside them.
MOST_AT_ONCE, _BESIDE = min(MOST_FILES * MOST_BYTES, 60 * MEGABYTE), MEGABYTE


def allow_files(app: Flask, endpoint: str, opened: Callable[[], bool]) -> None:
    """Let a page read that much of a browser that has opened a link."""
    app.extensions["casework.large"][endpoint] = MOST_AT_ONCE + _BESIDE

    def allow() -> None:
        if request.method == "POST" and request.endpoint == endpoint and opened():
            request.max_content_length = MOST_AT_ONCE + _BESIDE

    app.before_request(allow)


@contextmanager
def received(faults: dict[str, str], *, most: int = MOST_FILES) -> Iterator[list[Upload]]:
    """The files that are sound, looked at and in the store not yet; what is wrong with others is added to the faults."""
    files = [file for file in request.files.getlist(FILES) if file.filename]
    if len(files) > most:
        faults[FILES] = say(reasons.links.MOST_FILES(most=MOST_FILES))
        files = []
    taken, refused = [], []
    with ExitStack() as held_open:
        for sent in files:
            try:
                taken.append(held_open.enter_context(receive(sent.stream, sent.filename or "")))
            except UploadRefused as refusal:
                refused.append(f"{refusal.name}: {say(refusal.why)}")
        if refused:
            faults[FILES] = "\n".join(refused)
            note("upload_refused")
        yield taken


__all__ = ["FILES", "MOST_AT_ONCE", "allow_files", "received"]
