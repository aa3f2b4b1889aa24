"""What anybody may read of the log of all events: the checkpoint that is published, what witnesses signed, and the tiles that prove it.

They are hashes and say of no event what or whose it is. What is published changes at the full minute, so that nobody reads from it when
something happened, or how much of it at once; tiles are given as far as that checkpoint goes.
"""

from __future__ import annotations

import re

from flask import Blueprint, Response, request

from casework.ledger.merkle import HASH_SIZE, WIDTH, BadTile, parse_tile, width_at
from casework.ledger.signed_notes import parse_note
from casework.operations.verification.witnesses import published_cosigned
from casework.records import tree_tiles
from casework.web.shell.public_frame import read_as_nobody
from casework.web.shell.session import open_transaction

blueprint = Blueprint("log", __name__)
blueprint.before_request(read_as_nobody)
_SIZE = re.compile(r"[1-9]\d{0,17}", re.ASCII)


@blueprint.get("/log/checkpoint")
def checkpoint() -> Response:
    with open_transaction() as db:
        published = tree_tiles.published_checkpoint(db)
    if published is None:
        return _none()
    return _text(published.note)


@blueprint.get("/log/cosigned")
def cosigned() -> Response:
    """The newest checkpoint that witnesses have signed, with what they signed of it; or the one of a `size`."""
    asked = request.args.get("size", "")
    if asked and not _SIZE.fullmatch(asked):
        return _none()
    with open_transaction() as db:
        note = published_cosigned(db, int(asked) if asked else None)
    if note is None:
        return _none()
    return _text(note)


@blueprint.get("/log/handover")
def handover() -> Response:
    """The newest checkpoint that two keys signed, where one took over from the other; or the one by which the `key` with an id was
    followed by another."""
    asked = request.args.get("key", "")
    with open_transaction() as db:
        notes = tree_tiles.published_handovers(db)
    found = [note for note in notes if not asked or parse_note(note).signatures[0].id.hex() == asked]
    return _text(found[0]) if found else _none()


@blueprint.get("/log/tile/<path:name>")
def tile(name: str) -> Response:
    try:
        asked = parse_tile(name)
    except BadTile:
        return _none()
    with open_transaction() as db:
        published = tree_tiles.published_checkpoint(db)
        width = 0 if published is None else width_at(asked.level, asked.n, published.size)
        hashes = tree_tiles.read_tile(db, asked.level, asked.n) if width else b""
    # What was published once stays: a tile that has grown since is still given as it was.
    if asked.width > width or len(hashes) < asked.width * HASH_SIZE:
        return _none()
    response = Response(hashes[: asked.width * HASH_SIZE], mimetype="application/octet-stream")
    if asked.width == WIDTH:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _text(note: str) -> Response:
    response = Response(note, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _none() -> Response:
    return Response("There is none.\n", 404, mimetype="text/plain")
