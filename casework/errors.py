"""What can go wrong: one class per situation. It says `says`, with reasons of the catalogue in its gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from casework import reasons
from casework.reasons import Reason, Template, Value, Why
from casework.reasons.base import N_, template
from casework.reasons.terms import ITEMS, NOUN, Noun


class CaseworkError(Exception):
    says: ClassVar[Template] = template("casework_error", N_("Casework could not do this."))

    def __init__(self, **details: Value) -> None:
        self.details: dict[str, Value] = details
        #: What a person is told: in the reader's language on pages, in English elsewhere.
        self.reason: Reason = self.says(**{name: details[name] for name in details if name in self.says.gaps})
        super().__init__(details)

    @property
    def code(self) -> str:
        """Of the reason that it was raised for, or of its class."""
        why = self.details.get("why")
        return why.code if isinstance(why, Reason | reasons.Text) else self.reason.code

    @property
    def message(self) -> str:
        """What it says, in English: for programs, logs and the command line."""
        return str(self.reason)

    def __str__(self) -> str:
        return self.message


class FieldFault(ValueError):
    """What is wrong with one value, raised while it is read; forms make an `InvalidForm` of it."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(str(reason))


class CaseHasMoved(CaseworkError):
    says = template(
        "case_has_moved",
        N_("Somebody has changed the case meanwhile. Nothing was recorded: look at the case again first."),
    )


class RecordHasMoved(CaseHasMoved):
    says = template(
        "record_has_moved",
        N_("Somebody has changed this record meanwhile. Nothing was recorded: look at it again first."),
    )


class OrganisationInDoubt(CaseworkError):
    says = template(
        "organisation_in_doubt",
        N_(
            "An organisation with a name like this is recorded already: %(names)s. If it is another one, confirm that you are sure."
        ),
    )

    def __init__(self, names: Sequence[str]) -> None:
        #: Of those that look like it.
        self.names = list(names)
        super().__init__(names=self.names)


class RecordInDoubt(CaseworkError):
    says = template(
        "record_in_doubt",
        N_("A record like this is there already: %(names)s. If it is another one, confirm that you are sure."),
    )

    def __init__(self, names: Sequence[str]) -> None:
        #: Of those that look like it.
        self.names = list(names)
        super().__init__(names=self.names)


class NotFound(CaseworkError):
    says = template("not_found", N_("There is no such %(noun)s, or you may not see it."), noun=NOUN)

    def __init__(self, noun: Noun = "page", **details: Value) -> None:
        super().__init__(noun=noun, **details)


class UnknownName(NotFound):
    says = template("unknown_name", N_("There is no %(noun)s %(name)s."), noun=NOUN)

    def __init__(self, noun: Noun, name: str) -> None:
        super().__init__(noun, name=name)


class NotAllowed(CaseworkError):
    says = template("not_allowed", N_("You may not do this: %(why)s"))

    def __init__(self, why: Why = reasons.cases.ROLE, **details: Value) -> None:
        super().__init__(why=why, **details)


class WrongState(CaseworkError):
    says = template("wrong_state", N_('"%(action)s" is not possible now: %(why)s'))

    def __init__(self, action: Why, why: Why = reasons.cases.ELSEWHERE, **details: Value) -> None:
        self.why = why
        super().__init__(action=action, why=why, **details)


class InvalidForm(CaseworkError):
    says = template("invalid_form", N_("Nothing was recorded. Put right: %(faults)s"))

    def __init__(
        self,
        fields: Mapping[str, Why],
        beside: Sequence[Why] = (),
        at: Mapping[str, Sequence[Why]] = MappingProxyType({}),
        **details: Value,
    ) -> None:
        #: Why each field was refused, by its name.
        self.fields = dict(fields)
        #: What refuses the action besides, as far as the sound fields tell.
        self.beside = list(beside)
        #: What of that speaks of the answer to one field, by its name.
        self.at = dict(at)
        super().__init__(faults=self.fields, **details)


class AudienceInDoubt(CaseworkError):
    says = template(
        "audience_in_doubt",
        N_(
            "%(readers)s would read this, and it does not look meant for them. Send it again and confirm that you are sure."
        ),
    )

    def __init__(self, doubts: Sequence[tuple[str, str]], readers: str, **details: Value) -> None:
        #: Pairs of what raises the doubt and the name in question, if it is one.
        self.doubts = list(doubts)
        super().__init__(readers=readers, **details)


class LetterInDoubt(CaseworkError):
    says = template(
        "letter_in_doubt",
        N_(
            "This letter was already sent to the same recipient on %(day)s. To send it once more, confirm that you are sure."
        ),
    )

    def __init__(self, day: str) -> None:
        super().__init__(day=day)


class CasesLeft(CaseworkError):
    says = template(
        "cases_left",
        N_(
            "This person still works on live cases (%(left)s). Let a supervisor hand them over first, on the page "
            "Team; or close the account at once, and they wait for a supervisor without an owner who is there."
        ),
    )

    def __init__(self, left: str) -> None:
        super().__init__(left=left)


class NobodyLeft(CaseworkError):
    says = template("nobody_left", N_("After this, nobody could finish the case: %(why)s Let somebody else do it."))

    def __init__(self, obstacles: Sequence[Why], **details: Value) -> None:
        self.reasons = list(obstacles)
        super().__init__(why=self.reasons, **details)


class DutyInDoubt(NobodyLeft):
    says = template(
        "duty_in_doubt",
        N_("After this the case could not go on as it stands: %(why)s Send it again, saying that you are sure."),
    )


class CasesStranded(CaseworkError):
    says = template(
        "cases_stranded",
        N_(
            "After this nobody could finish some live cases any more: %(cases)s. Give the "
            "role to one more person first, or send it again, saying that you are sure."
        ),
    )

    def __init__(self, cases: str) -> None:
        super().__init__(cases=cases)


class AlreadyTaken(CaseworkError):
    says = template(
        "already_taken", N_("Someone else holds this already. Choose another one or ask them to release it.")
    )


class KeyMissing(CaseworkError):
    says = template(
        "key_missing",
        N_("This request needs a header Idempotency-Key, so that it can be sent again without being done twice."),
    )


class KeyReused(CaseworkError):
    says = template(
        "key_reused", N_("This Idempotency-Key was used before with another content. Send a new key for a new request.")
    )


class RevisionMissing(CaseworkError):
    says = template(
        "revision_missing",
        N_("This request needs a header If-Match with the revision that you saw: nothing is overwritten unseen."),
    )


class NotSignedIn(CaseworkError):
    says = template(
        "not_signed_in",
        N_("This needs a valid token in the header Authorization: Bearer TOKEN; yours is missing, ended or unknown."),
    )


class NotSignedByYou(CaseworkError):
    says = template("not_signed_by_you", N_("It must be signed with this address's secret, within five minutes."))


class WrongPassword(CaseworkError):
    says = template("wrong_password", N_("The e-mail address or the password is wrong."))


class WrongCode(CaseworkError):
    says = template("wrong_code", N_("The code is wrong or was used before. Wait for the next one and try again."))


class WrongPasskey(CaseworkError):
    says = template("wrong_passkey", N_("The passkey was not accepted: %(why)s"))

    def __init__(self, why: Why, **details: Value) -> None:
        super().__init__(why=why, **details)


class NotConfirmed(CaseworkError):
    says = template(
        "not_confirmed",
        N_("Confirm who you are: you signed in too long ago for this. Sign in again and repeat it."),
    )


class TooManyAttempts(CaseworkError):
    says = template("too_many_attempts", N_("Too many attempts to sign in. Try again in %(seconds)s seconds."))

    def __init__(self, seconds: int, **details: Value) -> None:
        self.seconds = seconds
        super().__init__(seconds=seconds, **details)


class TooManyRequests(TooManyAttempts):
    says = template(
        "too_many_requests",
        N_("This service account sent too many requests within a minute. Go on in %(seconds)s seconds."),
    )


class AskedTooOften(TooManyAttempts):
    says = template("asked_too_often", N_("You did this too often in a short time. Try again in %(seconds)s seconds."))


class Unreadable(CaseworkError):
    says = template("unreadable", N_("The request cannot be read: %(why)s"))

    def __init__(self, why: Why, **details: Value) -> None:
        super().__init__(why=why, **details)


class UploadRefused(CaseworkError):
    says = template("upload_refused", N_("“%(name)s” was not taken: %(why)s"))

    def __init__(self, name: str, why: Why, **details: Value) -> None:
        self.name, self.why = name, why
        super().__init__(name=name, why=why, **details)


class FileMissing(CaseworkError):
    says = template(
        "file_missing", N_("The file is missing from the store. Tell your administrator the number of the case.")
    )


class FileDamaged(CaseworkError):
    says = template(
        "file_damaged",
        N_(
            "The file was changed in the store, so it is not handed out. Tell your administrator the number of the case."
        ),
    )


class FilePending(CaseworkError):
    says = template(
        "file_pending", N_("The file is still being checked for harmful content. Come back in a few minutes.")
    )


class FileBlocked(CaseworkError):
    says = template(
        "file_blocked",
        N_(
            "The scanner found harmful content in this file, so nobody can open it. Ask the person who added it for a clean one."
        ),
    )


class AccessEnded(CaseworkError):
    says = template(
        "access_ended",
        N_("The access ended during the download, which was broken off. What arrived is not whole: delete it."),
    )


class StoreUnavailable(CaseworkError):
    says = template(
        "store_unavailable",
        N_("The files cannot be reached now (%(why)s). Nothing was recorded; try again in a moment."),
    )

    def __init__(self, why: str = "no answer", **details: Value) -> None:
        super().__init__(why=why, **details)


class LettersUnavailable(CaseworkError):
    says = template(
        "letters_unavailable", N_("Letters cannot be made here: %(why)s Nothing was recorded; everything else works.")
    )

    def __init__(self, why: Why, **details: Value) -> None:
        super().__init__(why=why, **details)


class InvalidSettings(CaseworkError):
    says = template("invalid_settings", N_("The settings have faults: %(faults)s"))

    def __init__(self, faults: str, **details: Value) -> None:
        super().__init__(faults=faults, **details)


class DatabaseUnavailable(CaseworkError):
    says = template(
        "database_unavailable",
        N_("The database does not answer (%(why)s). Nothing was recorded; try again in a moment."),
    )

    def __init__(self, why: str = "no connection", **details: Value) -> None:
        super().__init__(why=why, **details)


class DatabaseNotReady(CaseworkError):
    says = template("database_not_ready", N_("The database is not ready: %(why)s Run `casework init` first."))

    def __init__(self, why: str, **details: Value) -> None:
        super().__init__(why=why, **details)


class UnknownRevision(CaseworkError):
    says = template(
        "unknown_revision",
        N_(
            "The database is at revision %(revision)s, which this release does not know: it was made by "
            "a newer release, or before the first one. Install that release, or make the database anew."
        ),
    )

    def __init__(self, revision: str, **details: Value) -> None:
        super().__init__(revision=revision, **details)


class EditionMissing(CaseworkError):
    says = template(
        "edition_missing",
        N_(
            "This case runs by the edition %(edition)s, which this program "
            "does not know: restart it, or install the release that brings it."
        ),
    )

    def __init__(self, edition: str, **details: Value) -> None:
        super().__init__(edition=edition, **details)


class RolesMissing(CaseworkError):
    says = template(
        "roles_missing",
        N_(
            "The database lacks a role of the application: %(why)s Let its administrator run: CREATE ROLE casework_app NOLOGIN; "
            "CREATE ROLE casework_engine NOLOGIN; CREATE ROLE casework_sequencer NOLOGIN; "
            'GRANT casework_app, casework_engine, casework_sequencer TO "%(login)s";'
        ),
    )

    def __init__(self, login: str, why: str, **details: Value) -> None:
        super().__init__(login=login, why=why, **details)


class LogUnusable(CaseworkError):
    says = template("log_unusable", N_("The log of all events cannot be used: %(why)s"))

    def __init__(self, why: Why, **details: Value) -> None:
        super().__init__(why=why, **details)


class EmbeddedServerError(CaseworkError):
    says = template("embedded_server_error", N_("The embedded PostgreSQL server could not be used: %(why)s"))

    def __init__(self, why: str, **details: Value) -> None:
        super().__init__(why=why, **details)


class BackupUnusable(CaseworkError):
    says = template("backup_unusable", N_("The backup could not be used or made: %(why)s"))

    def __init__(self, why: str, **details: Value) -> None:
        super().__init__(why=why, **details)


class Refused(CaseworkError):
    says = template("refused", N_("This cannot be done now: %(why)s"))

    def __init__(self, *reasons: Why, at: Mapping[str, Sequence[Why]] = MappingProxyType({}), **details: Value) -> None:
        #: Every reason, so that who mends one is not told the next only then.
        self.reasons = list(reasons)
        #: What of them speaks of the answer to one field, by its name.
        self.at = dict(at)
        super().__init__(why=self.reasons, **details)


class ItemsUnticked(Refused):
    says = template("items_unticked", N_("Tick these required items of the checklist first: %(why)s"), why=ITEMS)
