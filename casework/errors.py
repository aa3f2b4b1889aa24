"""What can go wrong: one class per situation, whose docstring is the message that a person reads."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence


class CaseworkError(Exception):
    """Casework could not do this."""

    def __init__(self, **details: object) -> None:
        self.details: dict[str, object] = details
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The docstring with the details filled in: `WrongState(action="Refer", state="Closed").message`."""
        words = " ".join(inspect.cleandoc(type(self).__doc__ or CaseworkError.__doc__ or "").split())
        return words.format_map(_Details(self.details))

    def __str__(self) -> str:
        return self.message


class _Details(dict[str, object]):
    # A message with a gap helps more than a KeyError raised while an error is shown.
    def __missing__(self, key: str) -> str:
        return "…"


class CaseHasMoved(CaseworkError):
    """Someone else moved the case in the meantime. Look at it again first."""


class NotFound(CaseworkError):
    """There is no such {noun}, or you may not see it."""

    def __init__(self, noun: str = "page", **details: object) -> None:
        super().__init__(noun=noun, **details)


class NotAllowed(CaseworkError):
    """You may not do this: {why}"""

    def __init__(self, why: str = "your role does not include it.", **details: object) -> None:
        super().__init__(why=why, **details)


class WrongState(CaseworkError):
    """ "{action}" is not possible now: {why}"""

    def __init__(self, action: str, why: str = "the case stands elsewhere.", **details: object) -> None:
        super().__init__(action=action, why=why, **details)


class InvalidForm(CaseworkError):
    """The form has faults; nothing was recorded. Correct: {faults}"""

    def __init__(self, fields: Mapping[str, str], **details: object) -> None:
        self.fields = dict(fields)
        super().__init__(faults="; ".join(f"{name}: {why}" for name, why in self.fields.items()), **details)


class AudienceInDoubt(CaseworkError):
    """This would be read by {readers}, and does not look as if it were meant for them. Send it again, saying that you
    are sure."""

    def __init__(self, reasons: Sequence[tuple[str, str]], readers: str, **details: object) -> None:
        #: Pairs of what raises the doubt and the name in question, if it is one.
        self.reasons = list(reasons)
        super().__init__(readers=readers, **details)


class LetterInDoubt(CaseworkError):
    """This letter was sent to the same recipient on {day} already. Send it again, saying that you are sure."""

    def __init__(self, day: str) -> None:
        super().__init__(day=day)


class CasesLeft(CaseworkError):
    """This person still works on live cases ({left}). Let a supervisor hand them over first, on the page Team; or close
    the account at once, and they wait for a supervisor without an owner who is there."""

    def __init__(self, left: str) -> None:
        super().__init__(left=left)


class NobodyLeft(CaseworkError):
    """After this nobody could finish the case any more: {why} Let somebody else do it."""

    def __init__(self, reasons: Sequence[str], obstacles: Sequence[object] = (), **details: object) -> None:
        self.reasons, self.obstacles = list(reasons), list(obstacles)
        super().__init__(why=" ".join(reasons), **details)


class DutyInDoubt(NobodyLeft):
    """After this the case could not go on as it stands: {why} Send it again, saying that you are sure."""


class CasesStranded(CaseworkError):
    """After this nobody could finish some live cases any more: {cases}. Give the role to one more person first, or send it
    again, saying that you are sure."""

    def __init__(self, cases: str) -> None:
        super().__init__(cases=cases)


class AlreadyTaken(CaseworkError):
    """Someone else holds this already. Choose another one or ask them to release it."""


class KeyMissing(CaseworkError):
    """This request needs a header Idempotency-Key, so that it can be sent again without being done twice."""


class KeyReused(CaseworkError):
    """This Idempotency-Key was used before with another content. Send a new key for a new request."""


class RevisionMissing(CaseworkError):
    """This request needs a header If-Match with the revision that you saw: nothing is overwritten unseen."""


class NotSignedIn(CaseworkError):
    """This needs a valid token in the header Authorization: Bearer TOKEN; yours is missing, ended or unknown."""


class WrongPassword(CaseworkError):
    """The e-mail address or the password is wrong."""


class WrongCode(CaseworkError):
    """The code is wrong or was used before. Wait for the next one and try again."""


class WrongPasskey(CaseworkError):
    """The passkey was not accepted: {why}"""

    def __init__(self, why: str, **details: object) -> None:
        super().__init__(why=why, **details)


class NotConfirmed(CaseworkError):
    """This needs a fresh proof of who you are, and your session's is too old. Sign in again and repeat it."""


class TooManyAttempts(CaseworkError):
    """There were many attempts to sign in. Try again in {seconds} seconds."""

    def __init__(self, seconds: int, **details: object) -> None:
        self.seconds = seconds
        super().__init__(seconds=seconds, **details)


class TooManyRequests(TooManyAttempts):
    """There were too many requests of this service account within a minute. Go on in {seconds} seconds."""


class AskedTooOften(TooManyAttempts):
    """You asked for this more often than anybody may. Go on in {seconds} seconds."""


class Unreadable(CaseworkError):
    """The request cannot be read: {why}"""

    def __init__(self, why: str, **details: object) -> None:
        super().__init__(why=why, **details)


class UploadRefused(CaseworkError):
    """“{name}” was not taken: {why}"""

    def __init__(self, name: str, why: str, **details: object) -> None:
        self.name, self.why = name, why
        super().__init__(name=name, why=why, **details)


class FileMissing(CaseworkError):
    """The file is not where it should be. Tell your administrator, with the number of the case."""


class FileDamaged(CaseworkError):
    """The file was changed where it lies, and is not given out. Tell your administrator, with the number of the case."""


class FilePending(CaseworkError):
    """The file is still being looked at for what does harm. Come back in a few minutes."""


class FileBlocked(CaseworkError):
    """The scanner found something harmful in this file, so that nobody gets it. Ask whoever filed it for a clean one."""


class AccessEnded(CaseworkError):
    """The access ended while the file was on its way, which is broken off. What has arrived is not whole: delete it."""


class StoreUnavailable(CaseworkError):
    """The files cannot be reached now ({why}). Nothing was recorded; try again in a moment."""

    def __init__(self, why: str = "no answer", **details: object) -> None:
        super().__init__(why=why, **details)


class LettersUnavailable(CaseworkError):
    """Letters cannot be made here: {why} Nothing was recorded; everything else works."""

    def __init__(self, why: str, **details: object) -> None:
        super().__init__(why=why, **details)


class InvalidSettings(CaseworkError):
    """The settings have faults: {faults}"""

    def __init__(self, faults: str, **details: object) -> None:
        super().__init__(faults=faults, **details)


class DatabaseUnavailable(CaseworkError):
    """The database does not answer ({why}). Nothing was recorded; try again in a moment."""

    def __init__(self, why: str = "no connection", **details: object) -> None:
        super().__init__(why=why, **details)


class DatabaseNotReady(CaseworkError):
    """The database is not ready: {why} Run `casework init` first."""

    def __init__(self, why: str, **details: object) -> None:
        super().__init__(why=why, **details)


class UnknownRevision(CaseworkError):
    """The database is at revision {revision}, which this release does not know: it was made by a newer release, or before the
    first one. Install that release, or make the database anew."""

    def __init__(self, revision: str, **details: object) -> None:
        super().__init__(revision=revision, **details)


class EditionMissing(CaseworkError):
    """This case runs by the edition {edition}, which this program does not know: restart it, or install the release
    that brings it."""

    def __init__(self, edition: str, **details: object) -> None:
        super().__init__(edition=edition, **details)


class RolesMissing(CaseworkError):
    """The database has no usable role casework_app: {why} Let its administrator run:
    CREATE ROLE casework_app NOLOGIN; GRANT casework_app TO "{login}";"""

    def __init__(self, login: str, why: str, **details: object) -> None:
        super().__init__(login=login, why=why, **details)


class EmbeddedServerError(CaseworkError):
    """The embedded PostgreSQL server could not be used: {why}"""

    def __init__(self, why: str, **details: object) -> None:
        super().__init__(why=why, **details)


class Refused(CaseworkError):
    """This cannot be done now: {why}"""

    def __init__(self, reasons: Sequence[str], **details: object) -> None:
        self.reasons = list(reasons)
        super().__init__(why=" ".join(reasons), **details)


class ItemsUnticked(Refused):
    """Tick these required items of the checklist first: {why}"""
