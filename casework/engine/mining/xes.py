"""Traces in XES, IEEE 1849-2016: the form that tools of process mining read. Written piece by piece, a case at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from xml.sax.saxutils import quoteattr

from casework.engine.mining.traces import Step, Trace
from casework.ledger.canonical_json import instant

#: What XML 1.0 cannot say.
_UNSAYABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EXTENSIONS = (("Concept", "concept"), ("Time", "time"), ("Lifecycle", "lifecycle"), ("Organizational", "org"))
#: What every event says.
_ALWAYS = ("concept:name", "lifecycle:transition", "org:resource", "kind", "what")
_CLASSIFIERS = (
    ("Activity", "concept:name"),
    ("Activity_and_life_cycle", "concept:name lifecycle:transition"),
    ("Resource", "org:resource"),
)


def write_xes(programme: str, until: datetime, traces: Iterable[Trace], editions: Mapping[str, str]) -> Iterator[str]:
    """The traces of a programme as one document; `editions` names each edition by its fingerprint."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1849.2016">\n'
    for name, prefix in _EXTENSIONS:
        yield f'  <extension name="{name}" prefix="{prefix}" uri="http://www.xes-standard.org/{prefix}.xesext"/>\n'
    yield f'  <global scope="trace">\n{_string("concept:name", "unknown", 4)}  </global>\n'
    yield '  <global scope="event">\n'
    yield from (_string(key, "unknown", 4) for key in _ALWAYS)
    yield _date("time:timestamp", datetime.fromisoformat("1970-01-01T00:00:00+00:00"), 4)
    yield "  </global>\n"
    for name, keys in _CLASSIFIERS:
        yield f'  <classifier name="{name}" scope="event" keys="{keys}"/>\n'
    yield _string("concept:name", programme) + _string("lifecycle:model", "standard") + _date("as_of", until)
    for trace in traces:
        yield "".join(_trace(trace, editions))
    yield "</log>\n"


def _trace(trace: Trace, editions: Mapping[str, str]) -> Iterator[str]:
    yield "  <trace>\n" + _string("concept:name", trace.number, 4)
    yield _string("edition", editions.get(trace.main["edition"], trace.main["edition"]), 4)
    for key, value in trace.known().items():
        yield _string(key, value, 4)
    if trace.closed_at is not None and trace.outcome is not None:
        yield _string("outcome", trace.outcome, 4)
    for step in trace.steps:
        yield "    <event>\n"
        yield from _event(step, editions)
        yield "    </event>\n"
    yield "  </trace>\n"


def _event(step: Step, editions: Mapping[str, str]) -> Iterator[str]:
    told = {
        "concept:name": step.activity,
        # Which one, where a task or an action comes several times.
        "concept:instance": step.task or step.track,
        "lifecycle:transition": step.life_cycle,
        "org:resource": step.actor,
        "org:role": step.role,
        "org:group": step.organisation,
        "acting_for": step.acting_for,
        "kind": step.kind,
        "what": step.what,
        "workflow": step.workflow,
        "edition": None if step.edition is None else editions.get(step.edition, step.edition),
    }
    yield from (_string(key, value, 6) for key, value in told.items() if value is not None)
    yield _date("time:timestamp", step.at, 6)
    yield f'{" " * 6}<int key="seq" value="{step.seq}"/>\n'


def _string(key: str, value: str, indent: int = 2) -> str:
    return f'{" " * indent}<string key="{key}" value={quoteattr(_UNSAYABLE.sub("", value))}/>\n'


def _date(key: str, at: datetime, indent: int = 2) -> str:
    return f'{" " * indent}<date key="{key}" value="{instant(at)}"/>\n'
