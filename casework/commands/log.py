"""The commands of the log of all events: its checkpoint, and its key."""

from __future__ import annotations

import click

from casework import logs, reasons, telemetry
from casework.errors import LogUnusable
from casework.operations.verification import sequencer
from casework.records import log_keys, tree_tiles
from casework.records.database import connect_engine, transaction
from casework.settings import load_settings


@click.command()
@click.option(
    "--key",
    "as_key",
    is_flag=True,
    help="Print what it is checked with instead: one line for each key, the newest last.",
)
def checkpoint(as_key: bool) -> None:
    """Print the newest checkpoint of the log of all events.

    Who keeps it elsewhere can show later that nothing before it was changed. --key prints the public keys, each with the
    log's name: give them to auditors by another way than the checkpoints.
    """
    settings = load_settings()
    if as_key:
        keys = log_keys.public_keys(settings)
        if not keys:
            raise LogUnusable(reasons.tree.NO_KEY_YET)
        for key in keys:
            click.echo(key.line)
        return
    engine = connect_engine(settings)
    try:
        with transaction(engine) as db:
            newest = tree_tiles.newest_checkpoint(db)
    finally:
        engine.dispose()
    if newest is None:
        raise LogUnusable(reasons.tree.NOTHING_SIGNED)
    click.echo(newest.note, nl=False)


@click.group()
def log() -> None:
    """Look after the log of all events."""


@log.group()
def key() -> None:
    """Look after the key that signs its checkpoints."""


@key.command()
def rotate() -> None:
    """Let a new key sign from here on, on the machine of the worker.

    The old and the new key sign one checkpoint together, which is kept as every other; whoever trusts the old key so learns
    of the new one. The installation's history tells of it, in the same transaction. The old key is then gone.
    """
    settings = load_settings()
    logs.configure()
    engine = connect_engine(settings)
    try:
        sequencer.rotate_key(engine, settings)
    finally:
        engine.dispose()
    before, following = log_keys.public_keys(settings)[-2:]
    with telemetry.sending("log"):
        logs.security("key_rotated", decision="allowed", old=before.id.hex(), new=following.id.hex())
    click.echo(
        "From here on this key signs, and the one before is gone. Hand out its line, by which others check it:",
        err=True,
    )
    click.echo(following.line)
