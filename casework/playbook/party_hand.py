"""The hand of a party without an account: it opens the link that an officer gave it, and answers once."""

from __future__ import annotations

import secrets

from casework.definitions import load_library
from casework.engine.case_objects.party_links import asked_fields, rule_of
from casework.json_values import Answers
from casework.operations.core.encryption import SecretBox
from casework.operations.core.idempotency import Request
from casework.operations.core.perform import new_id
from casework.operations.links.answers import Given, answer, open_link
from casework.operations.links.mail import ANSWER_PAGE
from casework.operations.links.service import Wanted, give_link
from casework.playbook.operations_hand import OperationsHand
from casework.playbook.sheets import Sheet
from casework.playbook.speakers import language_of_party
from casework.records.case_loader import load

#: Who answers for a party, and what the person is there, by the language of the party.
ANSWERS = {"zh": ("张伟", "总经理"), "en": ("Anna Keller", "Head of sales")}
#: From where.
NETWORK = "192.0.2.9"


def answer_by_link(hand: OperationsHand, who: str, task: str, party: str, said: Answers) -> None:
    """Give a link for the open task, open it, and answer it without files."""
    with hand.action() as db:
        open_ones = [one for one in hand.open_tasks(task) if one.about in (None, party)]
        if not open_ones:
            raise LookupError(f"no open task {task} that {party} could answer")
        one = min(open_ones, key=lambda candidate: candidate.id)
        edition = load_library()[one.edition]
        rule = rule_of(edition, one)
        if rule is None:
            raise LookupError(f"{task} is answered by no link")
        # What opens it is kept nowhere, so that no key of the installation is needed.
        box, language = SecretBox([secrets.token_urlsafe(32)]), language_of_party(db, hand.case, party)
        wanted = Wanted(party, 14, {"zh": "zh-Hans"}.get(language, "en"), code=False, name=ANSWERS[language][0])
        done = give_link(db, hand.actor(who), box, one.id, wanted, request=Request(new_id(), ""))
        token = str(done.answer["path"]).removeprefix(ANSWER_PAGE)
        opened = open_link(db, token, None, NETWORK)
        assert opened is not None
        fields = asked_fields(edition, rule, load(db, *hand.logs[hand.here]).party_links[done.answer["id"]])
        sheet = Sheet(
            edition, rule.form, hand.case.tracks[one.track], who=who, action=task, about=one.about, says=party
        )
        answer(db, None, token, opened, Given(*ANSWERS[language], hand.fill(sheet, said, fields)))


__all__ = ["answer_by_link"]
