"""The command that says what is wrong with this installation, and what to do."""

from __future__ import annotations

import json
import os
import shutil
import stat
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import click
from sqlalchemy import Connection, Engine, text

from casework.commands import doctor_around as around
from casework.commands.check import SAYS
from casework.commands.doctor_around import FINE, LOOK, WRONG, Found
from casework.errors import CaseworkError, InvalidSettings, Refused
from casework.jobs.people_file import OLD_S
from casework.operations.matching.text_model import installed
from casework.operations.notifications.mail_in import any_came
from casework.operations.oversight.job_health import age_of_backup, find_delays, hear_workers
from casework.operations.people.access_file import read_access_file
from casework.operations.people.group_roles import check_file
from casework.operations.people.staff import count_unsent, plan_file
from casework.operations.verification import archiving, sequencer
from casework.records import backup_glance, log_keys, migrate, production_settings, standbys, tree_tiles
from casework.records.backup_shelves import is_bucket
from casework.records.database import connect_engine, connected, transaction
from casework.records.embedded import running_pid
from casework.records.server_process import server_at
from casework.settings import Settings, load_settings

#: Clocks that differ by more make codes of second factors fail; by so much they are said to differ.
_APART_S = 5.0
#: Of a disk so much must be free, and so much should be.
_LEAST_FREE, _LITTLE_FREE, _LEAST_BYTES = 0.03, 0.10, 500_000_000
#: So many cases are named one by one.
_NAMED = 10


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with every check.")
def doctor(as_json: bool) -> None:
    """Say what is wrong with this installation, and what to do.

    Looks at the settings, the database with its roles, grants and policies, its clock, the workers and what waits for them, backups, mail,
    disks, the key of the log, the archive, the address of the pages and its certificate, the provider of sign-in, the model of texts,
    the files of people and groups, and the translations. It
    changes nothing.
    It judges as `serve` and `worker` do: as production, unless CASEWORK_PROFILE says otherwise. Exits with 1 where anything is wrong; what
    is to be looked at is not. Cases that wait unseen are told by `casework check`, the history is proved by `casework verify`.
    """
    found = list(look())
    wrong = [one for one in found if one.state == WRONG]
    if as_json:
        click.echo(json.dumps({"ok": not wrong, "checks": [one._asdict() for one in found]}, ensure_ascii=False))
    else:
        for one in found:
            click.echo(f"{one.state:5}  {one.check}: {one.says}")
        seen = sum(one.state == LOOK for one in found)
        click.echo(f"{len(wrong)} wrong, {seen} to look at, of {len(found)}.")
    if wrong:
        raise click.exceptions.Exit(1)


def look() -> Iterator[Found]:
    """Every check, in an order in which the first is mended first."""
    try:
        settings = load_settings(default_profile="production")
    except InvalidSettings as fault:
        yield Found("settings", WRONG, fault.message)
        return
    yield from _settings(settings)
    yield from around.look_at_address(settings)
    yield from around.look_at_provider(settings)
    yield from _disks(settings)
    yield from _key(settings)
    yield from around.look_at_mail(settings)
    yield from _translations()
    if not settings.database_url and running_pid(server_at(settings.var)) is None:
        if not (server_at(settings.var).data / "PG_VERSION").exists():
            yield Found("database", WRONG, f"there is none in {settings.var}: set DATABASE_URL or run `casework init`.")
            return
        yield Found("database", LOOK, "the embedded server did not run, and was started for this look.")
    try:
        engine = connect_engine(settings)
        try:
            yield from _database(settings, engine)
        finally:
            engine.dispose()
    except CaseworkError as fault:
        yield Found("database", WRONG, fault.message)


def _settings(settings: Settings) -> Iterator[Found]:
    if settings.profile != "production":
        yield Found(
            "settings", LOOK, f"the profile is {settings.profile}: not for real cases. Set CASEWORK_PROFILE=production."
        )
        return
    faults = production_settings.faults(settings, os.environ)
    for fault in faults:
        yield Found("settings", WRONG, fault)
    if not faults:
        yield Found("settings", FINE, "production starts with them.")


def _database(settings: Settings, engine: Engine) -> Iterator[Found]:
    with connected(engine) as db:
        faults = migrate.check(db, settings.synchronous_standbys)
        revision = migrate.current(db)
    for fault in faults:
        # Of a demo's own it is told as well: it may be one that grew into an office.
        yield Found("database", WRONG, fault)
    if revision != migrate.head():
        return
    if not faults:
        yield Found(
            "database",
            FINE,
            f"it is at revision {revision}; roles, grants, triggers and policies are as they should be.",
        )
    with transaction(engine) as db:
        yield from _standbys(settings, db)
        yield from _clock(db)
        yield from _workers(settings, db)
        yield from _tree(settings, db)
        known = archiving.list_archived(db)
        yield from _archive(settings, known)
        yield from _archive_keys(settings, known)
        yield from _model(db)
        yield from _answers(settings, db)
        yield from _people(settings, db)
        yield from _groups(settings, db)


def _standbys(settings: Settings, db: Connection) -> Iterator[Found]:
    """Whether those follow that commits wait for; whether the server waits for enough is a fault of the database."""
    if asked := settings.synchronous_standbys:
        following = standbys.connected_now(db)
        says = f"of standbys {following} {'is' if following == 1 else 'are'} connected to the database, {asked} must be"
        if following < asked:
            yield Found(
                "standbys", WRONG, f"{says}: whoever acts waits until they are. Start them, and see what they log."
            )
        else:
            yield Found("standbys", FINE, f"{says}.")


def _clock(db: Connection) -> Iterator[Found]:
    before = time.time()
    there = db.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one()
    apart = float(there) - (before + time.time()) / 2
    if abs(apart) > _APART_S:
        yield Found(
            "clock",
            WRONG,
            f"the database's is {apart:+.0f} s off this machine's: codes of second factors fail, and deadlines go by the database's. Let"
            " both keep time by NTP.",
        )
    else:
        yield Found("clock", FINE, f"the database's and this machine's are {abs(apart):.1f} s apart.")


def _workers(settings: Settings, db: Connection) -> Iterator[Found]:
    workers, heard_at = hear_workers(db)
    if workers:
        yield Found("worker", FINE, f"{workers} {'is' if workers == 1 else 'are'} running.")
    else:
        last = f"; the last one was heard of at {heard_at}" if heard_at else ""
        yield Found("worker", WRONG, f"none is running{last}: start `casework worker`, or nothing happens by itself.")
    age = age_of_backup(settings)
    delays = [*find_delays(db, sealed=True), *age.delays]
    for delay in delays:
        since = f", since {delay.since}" if delay.since else ""
        yield Found("waiting", WRONG, f"{delay.count} {SAYS[delay.kind]}{since}")
    if not delays:
        yield Found("waiting", FINE, "nothing waits longer than it should.")
    glance = backup_glance.look(settings)
    if glance is None:
        yield Found("backup", LOOK, "nobody makes any: name a folder in CASEWORK_BACKUP_FOLDER.")
    elif glance.fault is not None:
        yield Found("backup", WRONG, glance.fault)
    elif age.late is None:
        yield Found("backup", FINE, f"the last good one is of {age.good_at}.")
    if age.archived_at is not None and age.behind is None:
        yield Found("backup", FINE, f"what was done is archived until {age.archived_at}.")
    if settings.backup_folder is not None and settings.backup_key is None:
        yield Found("backup", LOOK, "backups are not encrypted here: set CASEWORK_BACKUP_KEY, unless the disk is.")


def _tree(settings: Settings, db: Connection) -> Iterator[Found]:
    try:
        sequencer.insist_not_older(settings, db)
    except CaseworkError as fault:
        yield Found("log", WRONG, fault.message)
        return
    newest = tree_tiles.newest_checkpoint(db)
    if newest is None:
        yield Found("log", LOOK, "nothing was signed yet: a worker does it with the first event.")
        return
    known = {key.name for key in log_keys.public_keys(settings)}
    if not known:
        yield Found(
            "log",
            WRONG,
            f"{settings.log_dir} has no keys.pub: copy it from where the worker has it, and name the folder.",
        )
        return
    yield Found(
        "log", FINE, f"{newest.size} leaves were signed, last at {newest.made_at.isoformat(timespec='seconds')}."
    )


def _archive(settings: Settings, known: list[archiving.Archived]) -> Iterator[Found]:
    if not known:
        yield Found("archive", FINE, "no case is in it.")
        return
    wrong = [
        f"the one of {one.number} {why}" for one in known if (why := archiving.changed_since(settings.archive_dir, one))
    ]
    if not wrong:
        yield Found(
            "archive", FINE, f"all {len(known)} sealed files in {settings.archive_dir} are as they were written."
        )
        return
    yield Found(
        "archive",
        WRONG,
        f"of {len(known)} sealed files in {settings.archive_dir} {len(wrong)} are not as they were written: {'; '.join(wrong[:5])}."
        " Put them back from a backup; `casework archive verify` tells of each.",
    )


def _archive_keys(settings: Settings, known: list[archiving.Archived]) -> Iterator[Found]:
    """Files of the archive that hold a former secret key in use: none of them is sealed anew, for the history names its bytes."""
    former, closed = archiving.keyed_otherwise(settings, known)
    if closed:
        yield Found(
            "archive key",
            WRONG,
            f"no key opens {_some(closed)}: name the CASEWORK_SECRET_KEY of then in CASEWORK_SECRET_KEY_FALLBACKS.",
        )
    if former:
        yield Found(
            "archive key",
            LOOK,
            f"a key of CASEWORK_SECRET_KEY_FALLBACKS opens {_some(former)}: keep it there for as long as these files are kept.",
        )


def _some(numbers: list[str]) -> str:
    """How many sealed files, and the first ones of whose cases."""
    files = "1 sealed file" if len(numbers) == 1 else f"{len(numbers)} sealed files"
    return f"{files} ({', '.join(numbers[:_NAMED])}{', …' if len(numbers) > _NAMED else ''})"


def _model(db: Connection) -> Iterator[Found]:
    used = db.execute(text("SELECT EXISTS (SELECT FROM record_meanings)")).scalar_one()
    if not used:
        yield Found("model", FINE, "texts are compared by their words alone, as nobody has switched more on.")
    elif not installed():
        yield Found(
            "model",
            WRONG,
            "technologies were looked at with a model of texts that is not here: install casework[dense] and the model.",
        )
    else:
        yield Found("model", FINE, "the model of texts is here.")


def _answers(settings: Settings, db: Connection) -> Iterator[Found]:
    if settings.reply_address is None:
        return
    if any_came(db):
        yield Found("answers by mail", FINE, f"they come to {settings.reply_address}.")
    else:
        yield Found(
            "answers by mail",
            LOOK,
            f"none has come to {settings.reply_address} yet: does the mail server hand what comes there to `casework mail-in`?",
        )


def _people(settings: Settings, db: Connection) -> Iterator[Found]:
    """The file of who joins and leaves, as the worker would take it now."""
    path = settings.people_file
    if path is None:
        yield Found("people", FINE, "no file says who joins and leaves.")
        return
    try:
        content, written = read_access_file(path)
        plan = plan_file(db, content)
    except (OSError, Refused) as fault:
        yield Found("people", WRONG, f"{path} {_why(fault)}.")
        return
    if time.time() - written > OLD_S:
        since = datetime.fromtimestamp(written, UTC).isoformat(timespec="minutes")
        yield Found(
            "people", WRONG, f"{path} is of {since}: nobody has written it for two days, so nobody's leaving is known."
        )
    if plan.faults:
        shown = "; ".join(map(str, plan.faults[:5]))
        yield Found("people", WRONG, f"{path} has {len(plan.faults)} faults, and nothing of it is done: {shown}.")
    elif plan.too_many:
        yield Found(
            "people",
            WRONG,
            f"{path} would end roles or accounts of {plan.losing} of {plan.of} people: if that is meant, `casework people import"
            " --allow-many`.",
        )
    else:
        yield Found("people", FINE, f"{path} is understood.")
    if waiting := count_unsent(db):
        yield Found(
            "people",
            LOOK,
            f"{waiting} invited by it wait until an administrator sends them a code: People, Invitations.",
        )


def _groups(settings: Settings, db: Connection) -> Iterator[Found]:
    """The file that says which group at the provider of sign-in gives which role."""
    path = settings.oidc_groups_file
    if path is None:
        yield Found("groups", FINE, "groups at a provider of sign-in give no roles.")
        return
    try:
        faults = check_file(db, read_access_file(path)[0])
    except (OSError, Refused) as fault:
        why = _why(fault)
    else:
        why = f"has {len(faults)} faults: {'; '.join(map(str, faults[:5]))}" if faults else ""
    if why:
        yield Found("groups", WRONG, f"{path} {why}. Until it is mended, signing in changes no role.")
    else:
        yield Found("groups", FINE, f"{path} is understood.")


def _why(fault: OSError | Refused) -> str:
    """Why a file by which roles are given is of no use, after its name."""
    if isinstance(fault, Refused):
        return f"cannot be used: {str(fault.reasons[0]).rstrip('.')}"
    return f"cannot be read ({fault.strerror or 'there is no such file'})"


def _disks(settings: Settings) -> Iterator[Found]:
    seen: set[int] = set()
    folders = [settings.var, settings.log_dir, settings.archive_dir]
    if settings.backup_folder is not None and not is_bucket(settings.backup_folder):
        folders.append(Path(settings.backup_folder))
    if settings.store_url.startswith("file://"):
        folders.append(Path(settings.store_url.removeprefix("file://")))
    for folder in folders:
        there = next(one for one in (folder, *folder.parents) if one.exists())
        device = there.stat().st_dev
        if device in seen:
            continue
        seen.add(device)
        usage = shutil.disk_usage(there)
        share, says = (
            usage.free / usage.total,
            f"{folder}: {usage.free / 1e9:.1f} GB are free, {usage.free / usage.total:.0%}",
        )
        if share < _LEAST_FREE or usage.free < _LEAST_BYTES:
            yield Found("disk", WRONG, f"{says}: make room, before nothing can be recorded.")
        else:
            yield Found("disk", LOOK if share < _LITTLE_FREE else FINE, f"{says}.")


def _key(settings: Settings) -> Iterator[Found]:
    """By whom the key may be read, whoever asks: the superuser may read all."""
    for name in ("key", "key.next"):
        path = settings.log_dir / name
        try:
            mode = path.stat().st_mode
        except OSError:
            continue
        if name == "key.next":
            yield Found(
                "log key",
                LOOK,
                "a change of keys was cut short. Where both keys had signed, the worker ends it within a second; start it. Where this is"
                " still said then, the key before signs on: `casework log key rotate` changes it anew.",
            )
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield Found(
                "log key", WRONG, f"others may read {path}: chmod 0400, and let the worker's user alone own it."
            )
        elif settings.profile == "production" and os.geteuid() and log_keys.is_key_open(settings):
            yield Found(
                "log key",
                LOOK,
                f"this user may read {path}. That is right for the worker's; the user of the pages must not: they do not start then.",
            )
        else:
            yield Found("log key", FINE, f"{path} is its owner's alone.")


def _translations() -> Iterator[Found]:
    folder = Path(str(files("casework") / "translations"))
    words = sorted(folder.glob("*/LC_MESSAGES/*.po")) + sorted(folder.glob("*/LC_MESSAGES/*.mo"))
    missing = sorted({one.with_suffix("") for one in words if not one.with_suffix(".mo").exists()})
    if not words or missing:
        names = ", ".join(one.name for one in missing) or "all"
        yield Found(
            "translations",
            WRONG,
            f"they are not compiled ({names}): pages are English alone. Install the wheel, or `make setup`.",
        )
    else:
        yield Found("translations", FINE, "Chinese is there.")
