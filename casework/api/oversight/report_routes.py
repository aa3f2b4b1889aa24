"""Stage reports: frozen, agreed to by two persons, published, taken out and counted again."""

from __future__ import annotations

from collections.abc import Callable

from casework.api.oversight import report_schemas as schemas
from casework.api.protocol.routes import Call, Outgoing, Route, get, post
from casework.api.protocol.schemas import text_of
from casework.engine.figures.cohorts import OPENED_FROM, OPENED_TO, PHASE
from casework.json_values import JsonObject
from casework.operations.core.idempotency import Done
from casework.operations.oversight import report_answers, reports


def list_reports(call: Call) -> JsonObject:
    return report_answers.tell_reports(call.db, call.actor, text_of(call.query.programme))


def show_report(call: Call) -> JsonObject:
    return report_answers.tell_report(call.db, call.actor, call.path["report"])


def take_report_content(call: Call) -> Outgoing:
    return _sent(report_answers.take_content(call.db, call.actor, call.path["report"]))


def take_report_file(call: Call) -> Outgoing:
    return _sent(report_answers.take_report_file(call.db, call.actor, call.path["report"]))


def _sent(file: report_answers.ReportFile) -> Outgoing:
    return Outgoing(file.name, file.content.size, file.content.pieces())


def _verify(call: Call) -> Callable[[], JsonObject]:
    return report_answers.verify_report(call.db, call.actor, call.path["report"])


def verify_report(call: Call) -> JsonObject:
    told: JsonObject = call.made
    return told


def _count(call: Call) -> Callable[[], reports.Drafted]:
    asked = call.body
    given = {name: text_of(getattr(asked, name)) for name in (PHASE, OPENED_FROM, OPENED_TO)}
    among = {name: told for name, told in given.items() if told is not None}
    return reports.count_report(call.db, call.actor, call.path["programme"], asked.as_of, among)


def freeze_report(call: Call) -> Done:
    return reports.keep_report(call.db, call.actor, call.path["programme"], call.made, call.request)


def word_report(call: Call) -> Done:
    asked, (programme, number) = call.body, _found(call)
    return reports.word_report(
        call.db, call.actor, programme, number, words=asked.words, request=call.request, seen=asked.seen
    )


def agree_report(call: Call) -> Done:
    programme, number = _found(call)
    return reports.agree_report(call.db, call.actor, programme, number, call.request, words=call.body.words_digest)


def publish_report(call: Call) -> Done:
    return reports.publish_report(call.db, call.actor, *_found(call), call.request)


def _found(call: Call) -> tuple[str, int]:
    return report_answers.find_report(call.db, call.actor, call.path["report"])


ROUTES: tuple[Route, ...] = (
    get("/reports", list_reports, "List the stage reports of a programme; for its supervisors, managers and auditors",
        schemas.Reports, query=schemas.ReportQuery, noun="page", for_some=True),
    get("/reports/{report}", show_report, "Show a stage report: its figures inside and outside, its words, and who agreed when",
        schemas.Report, noun="report"),
    get("/reports/{report}/content", take_report_content,
        "Take out what was frozen, byte for byte: its SHA-256 is the digest; for supervisors and auditors",
        schemas.ReportTaken, noun="report", gives_file=True),
    get("/reports/{report}/file", take_report_file,
        "Take out the file of a report with the events by which anybody counts it again; for supervisors and auditors",
        schemas.ReportTaken, noun="report", gives_file=True),
    get("/reports/{report}/verification", verify_report,
        "Count a report again from its file alone, and say what differs; for supervisors and auditors",
        schemas.ReportVerdict, noun="report", makes=_verify),
    post("/programmes/{programme}/reports", freeze_report,
        "Freeze a stage report: of all cases, of those of a phase, or of those that were opened in a period",
        schemas.ReportFrozen, body=schemas.NewReport, noun="programme", makes=_count),
    post("/reports/{report}/words", word_report, "Write the own words of a report; whoever had agreed agrees anew",
        schemas.ReportMoved, body=schemas.ReportWords, noun="report"),
    post("/reports/{report}/agree", agree_report, "Agree to a report: two persons do before it is published",
        schemas.ReportMoved, body=schemas.ReportAgreement, noun="report"),
    post("/reports/{report}/publish", publish_report, "Publish a report that two persons have agreed to", schemas.ReportMoved,
        noun="report"),
)  # fmt: skip
