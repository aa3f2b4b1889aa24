"""What a package of workflows says of itself, so that figures know none of its actions by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class FigureNames:
    """By which actions, tasks and codes of its workflows a case comes to what figures count."""

    #: The steps of the main track that are counted one after another, each with the actions by which it is reached.
    trunk: tuple[tuple[str, tuple[str, ...]], ...]
    #: Actions of the main track that say that no assessment is needed, and the one by which it was passed.
    not_assessed: tuple[str, ...]
    assessed: tuple[str, ...]
    #: The step from which on it is known which services a case needs.
    planned: str
    #: Services that bring money, each with the actions of its track by which some was paid.
    money: Mapping[str, tuple[str, ...]]
    #: Actions of a request by which its provider has answered first, and the one by which it asks back.
    answers: tuple[str, ...]
    asks: str
    started: str
    delivers: tuple[str, ...]
    #: The field in which an answer says why not.
    decline_reason: str
    #: Of an agreement's track: the kind of workflow, the actions by which it is signed, by which a signed text is given up
    #: before it takes effect, and those kinds that only prepare another.
    agreement: str
    signs: tuple[str, ...]
    unsigns: tuple[str, ...]
    takes_effect: tuple[str, ...]
    preparatory: tuple[str, ...]
    #: The fields of a signing with the kind, the value, what of it is technology, and what goes into a joint venture.
    terms: tuple[str, str, str, str]
    #: The actions of a signing after which an agreement must be registered, and those after which it takes a licence instead; the fields
    #: of a signing from whose day the registration is counted, the first that is said, and the task and its field that tell of it.
    to_register: tuple[str, ...]
    under_licence: tuple[str, ...]
    registered_since: tuple[str, ...]
    registration: tuple[str, str]
    #: The task of the main track that says which clause on disputes was agreed, its field and the code of none.
    clause: str
    clause_field: str
    no_clause: str
    #: Of a site's track: the kind of workflow, the action by which it comes to its acceptance test, those that accept it, that by
    #: which a test fails, and the fields of an acceptance with its capacity and the unit of it.
    deployment: str
    tested: str
    accepts_site: tuple[str, ...]
    fails_test: str
    capacity: tuple[str, str]
    #: The task that tells of use without a site, and the field that says so.
    use_report: str
    in_use: str
    #: The task by which the parties are asked later, the days after which it is, and the field and code of no answer.
    follow_up: str
    rungs: tuple[int, ...]
    follow_up_answer: str
    no_answer: str
    #: An assessment's workflow, the action that admits it and those that issue a verdict, the verdicts that state something, and
    #: the field in which somebody says why none is needed.
    assessment: str
    admits: str
    issues: tuple[str, ...]
    stating: tuple[str, ...]
    waiver_reason: str
    #: Of a loan: its service, the doors that a request passes, each with its action, in order; the state in which it is overdue,
    #: and the task that tells of a repayment, with the field of its amount.
    loan: str
    doors: tuple[tuple[str, str], ...]
    overdue: str
    repayment: tuple[str, str]
    #: Of green finance: its service, what was wanted, offered and closed, each with its actions; where the instrument is said, and
    #: the item of the catalogue.
    finance: str
    stages: tuple[tuple[str, tuple[str, ...]], ...]
    instrument: tuple[str, str]
    item: tuple[str, str]
    #: The field of all of these in which an amount is said.
    amount: str
    #: What was declared of a conflict, and what became of it, each with its action; and the action that stops a case.
    conflict: str
    settled: tuple[tuple[str, str], ...]
    stops: str
    #: The step and the action by which a case became more, and the field of a later answer that tells of further sites.
    site_step: str
    scales: str
    further_sites: str
    #: Of a mediation: its workflow, the actions by which a mediator is appointed, the ends in which it settled in whole or in part, and
    #: that in which talks solved it.
    mediation: str
    appoints: tuple[str, ...]
    settles: tuple[str, ...]
    by_talks: str
    #: Outcomes: of a case that is another one, of those that came to something, of an introduction, and of a stop.
    duplicate: str
    successes: tuple[str, ...]
    with_agreement: tuple[str, ...]
    introduced: str
    stopped: str

    @property
    def tasks(self) -> frozenset[str]:
        """The tasks that figures ask by name."""
        return frozenset({self.registration[0], self.clause, self.use_report, self.follow_up, self.repayment[0]})


#: Which version of the definitions these figures are counted by: it grows with whatever changes a number.
DEFINITIONS = 10


def written(names: FigureNames) -> Mapping[str, object]:
    """The names as data, for the digest by which a report says what it was counted with."""
    return {field: _plain(getattr(names, field)) for field in sorted(names.__dataclass_fields__)}


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in sorted(value.items())}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value
