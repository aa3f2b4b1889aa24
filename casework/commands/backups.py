"""The commands `backup` and `restore`."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from casework.json_values import JsonObject
from casework.operations.verification import backups, moments, proving, restoring
from casework.records import backup_folders, wal_archive
from casework.records.backup_folders import Backup
from casework.records.backup_shelves import Shelf, is_bucket, shelf_at
from casework.settings import Settings, load_settings

_MOMENT = click.DateTime(["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S.%f%z"])


class _Default(click.Group):
    """A group whose first word may be a folder or a bucket: then it is backed up there."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            args = ["make", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in super().list_commands(ctx) if name != "make"]


@click.group(cls=_Default, subcommand_metavar="DIR | list DIR | verify DIR")
def backup() -> None:
    """Back everything up into a new folder in DIR, and prove it; or list, or prove, those that are there. DIR may be s3://bucket/prefix.

    `casework backup DIR` writes the database, the files of documents and the public keys of the log: of the embedded server a base,
    after which the worker archives what is done, and of any other a dump. It restores what it has written into a
    server of its own, verifies everything there and only then calls it good. Not in it, to be kept apart: the log's signing key,
    CASEWORK_SECRET_KEY and the settings. With CASEWORK_BACKUP_KEY it is encrypted.
    """


@backup.command(hidden=True)
@click.argument("address", metavar="DIR")
@click.option("--dump", is_flag=True, help="Also of the embedded server a dump: another PostgreSQL reads it too.")
@click.option("--no-verify", is_flag=True, help="Do not prove it now: it is not called good until `backup verify` has.")
@click.option(
    "--keep", "days", type=click.IntRange(1, 3650), help="Prune after it: keep the last good one of so many days."
)
@click.option(
    "--keep-weeks", "weeks", type=click.IntRange(0, 520), default=0, show_default=True, help="And of so many weeks."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def make(address: str, *, dump: bool, no_verify: bool, days: int | None, weeks: int, as_json: bool) -> None:
    """Back everything up into a new folder in DIR, and prove it."""
    settings = load_settings()
    shelf = _shelf(address, settings)
    with backup_folders.alone(shelf):
        made = backups.make_backup(settings, shelf, base=wal_archive.archives_log(settings) and not dump)
        if not as_json:
            click.echo(f"{made.address}: {_what(made)}, in {made.manifest['seconds']} s.")
        if not no_verify:
            made = proving.prove_backup(settings, made)
        gone = backup_folders.prune(shelf, days=days, weeks=weeks) if days is not None else []
        pieces = wal_archive.prune(shelf, days=days) if days is not None else 0
    if as_json:
        click.echo(json.dumps({**_as_json(made), "pruned": gone}, ensure_ascii=False))
    else:
        for name in gone:
            click.echo(f"{name} was taken away.")
        if pieces:
            click.echo(f"{pieces} files of the archived log that no base needs were taken away.")
        # Last: it is what the worker says of the backup.
        if not no_verify:
            _tell_proof(made)
    _insist_good(made, proved=not no_verify)


@backup.command("list")
@click.argument("address", metavar="DIR")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_(address: str, as_json: bool) -> None:
    """Tell the backups in DIR, the newest first, and which are good: restored and proved."""
    shelf = _shelf(address, load_settings(), is_there=True)
    every, reached = backup_folders.list_backups(shelf), wal_archive.reached_at(shelf)
    if as_json:
        click.echo(
            json.dumps(
                {"backups": [_as_json(one) for one in every], "log_until": reached and reached.isoformat()},
                ensure_ascii=False,
            )
        )
        return
    for one in every:
        click.echo(f"{one.name}  {_state(one)}  {_what(one)}")
    if not every:
        click.echo(f"There is no backup in {shelf.address}.")
    if reached is not None:
        click.echo(f"What was done is archived until {reached.isoformat()}.")


@backup.command()
@click.argument("address", metavar="DIR")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(address: str, as_json: bool) -> None:
    """Prove a backup: restore it into a server of its own, verify everything there, compare the numbers.

    DIR is one backup, or a folder of backups, whose newest is proved. Of a base all that is archived after it is read too. Exits with 1
    where anything is not good.
    """
    settings = load_settings()
    shelf = _shelf(address, settings, is_there=True)
    one = backup_folders.named_itself(shelf) or next(iter(backup_folders.list_backups(shelf)), None)
    if one is None:
        raise click.ClickException(f"There is no backup in {shelf.address}.")
    with backup_folders.alone(one.shelf):
        one = proving.prove_backup(settings, one)
    log = _check_log(one, backups.passphrase_of(settings))
    if as_json:
        click.echo(json.dumps({**_as_json(one), "log": log}, ensure_ascii=False))
    else:
        _tell_proof(one)
        _tell_log(log)
    _insist_good(one, proved=True)
    if log is not None and log["faults"]:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("address", metavar="DIR")
@click.option("--to", type=_MOMENT, help="As of this moment; of dumps the newest good one that is not younger than it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def restore(address: str, to: datetime | None, as_json: bool) -> None:
    """Put a backup into an empty database and an empty store.

    DIR is one backup, or a folder of backups, of which the newest good one is taken: of the embedded server with all that is archived after
    it, or until a moment. Where the database or the store of the settings is
    not empty nothing is changed. It says afterwards what is still to be done, and what the checkpoints kept elsewhere are to be asked.
    """
    settings = load_settings()
    shelf = _shelf(address, settings, is_there=True)
    chosen = restoring.choose(shelf, to)
    if chosen.base is None:
        done = restoring.restore_backup(settings, chosen)
    else:
        # One that is named itself comes back as of its own end.
        done = moments.restore_moment(settings, chosen, to, with_log=chosen.shelf is shelf)
    last = None if done.last_commit is None else done.last_commit.isoformat()
    if as_json:
        told = {"backup": chosen.name, "made_at": chosen.manifest["made_at"], "rows": done.rows}
        told |= {"as_of": done.as_of.isoformat(), "last_commit": last, "faults": list(done.faults)}
        told |= {"documents": done.documents, "seconds": done.seconds, "notes": list(done.notes)}
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        _tell_restored(chosen, done, last)
    if done.faults:
        raise click.exceptions.Exit(1)


def _shelf(address: str, settings: Settings, *, is_there: bool = False) -> Shelf:
    """Where a word leads to; a folder of which it is said must be there."""
    if is_there and not is_bucket(address) and not Path(address).is_dir():
        raise click.UsageError(f"There is no folder {address}.")
    return shelf_at(address, settings)


def _tell_restored(chosen: Backup, done: restoring.Restored, last: str | None) -> None:
    click.echo(
        f"Restored {chosen.name}: {done.rows} rows and {done.documents} documents as of {done.as_of.isoformat()},"
        f" in {done.seconds} s. What was done since is not in it."
    )
    if last is not None:
        click.echo(f"The last that was done in it was done at {last}.")
    for line in (*done.faults, *done.notes):
        click.echo(line)
    click.echo("Then run `casework verify`, before anybody works with it.")


def _what(one: Backup) -> str:
    told: Any = one.manifest
    tree = f"a tree of {told['tree']['size']} leaves" if told["tree"] else "no tree yet"
    sealed = "encrypted" if told["sealed"] else "not encrypted"
    size = sum(file["bytes"] for file in told["files"].values())
    kind = "dump" if one.base is None else "base"
    return f"{kind} of {sum(told['counts'].values())} rows, {told['documents']['files']} documents, {tree}, {size:,} bytes, {sealed}"


def _state(one: Backup) -> str:
    if one.proof is None:
        return "not proved"
    return f"good, proved {one.proof['at']}" if one.is_good else f"NOT GOOD, tried {one.proof['at']}"


def _tell_proof(one: Backup) -> None:
    proof: Any = one.proof
    for fault in proof["faults"]:
        click.echo(fault)
    read = f"{proof['logs']} logs with {proof['events']} events and {proof['documents']} documents read"
    click.echo(f"{one.name} is {'good' if one.is_good else 'NOT good'}: {read}, in {proof['seconds']} s.")


def _check_log(one: Backup, passphrase: str | None) -> JsonObject | None:
    """What of the archived log follows a base, and what of it cannot be read; None for a dump."""
    if (place := wal_archive.place_of(one)) is None:
        return None
    found = wal_archive.follow(one.shelf, place, None, passphrase)
    faults = wal_archive.faults_of(found, passphrase)
    if found.again is not None:
        faults.append(f"After that a part of the log is missing, and it goes on for {found.again.isoformat()}.")
    until = found.reached and found.reached.isoformat()
    return {"files": len(found.pieces), "until": until, "faults": faults}


def _tell_log(log: JsonObject | None) -> None:
    if log is None:
        return
    click.echo(f"The log after it: {log['files']} files, archived until {log['until'] or 'its end alone'}.")
    faults: Any = log["faults"]
    for fault in faults:
        click.echo(fault)


def _as_json(one: Backup) -> JsonObject:
    told: JsonObject = {
        name: one.manifest[name] for name in ("made_at", "casework", "revision", "tree", "documents", "left_out")
    }
    return {
        "name": one.name,
        "folder": one.address,
        "kind": "dump" if one.base is None else "base",
        "good": one.is_good,
        "encrypted": one.manifest["sealed"] is not None,
        **told,
        "proof": one.proof,
    }


def _insist_good(one: Backup, *, proved: bool) -> None:
    if proved and not one.is_good:
        raise click.exceptions.Exit(1)
