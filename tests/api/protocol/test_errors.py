"""Each refusal has its status, and what is our fault tells strangers nothing."""

from __future__ import annotations

import inspect

import psycopg.errors
import pytest
from flask import Flask, Response
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from casework import errors
from casework.api.protocol.errors import STATUS, answer_database, answer_error
from casework.records.standbys import OutcomeUnknown

#: Said on the command line, or never by a request.
ELSEWHERE = {errors.CaseworkError, errors.InvalidSettings, errors.EmbeddedServerError, errors.BackupUnusable}


def test_every_class_has_a_status() -> None:
    classes = {one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, errors.CaseworkError)}
    assert classes - ELSEWHERE <= set(STATUS)


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (psycopg.errors.LockNotAvailable, 503),
        (psycopg.errors.QueryCanceled, 503),
        (psycopg.errors.DeadlockDetected, 503),
        (psycopg.errors.SerializationFailure, 503),
        (psycopg.errors.AdminShutdown, 503),
        (psycopg.errors.TooManyConnections, 503),
        (psycopg.errors.ConnectionFailure, 503),
        (psycopg.errors.UndefinedTable, 500),
        (psycopg.errors.CheckViolation, 500),
    ],
)
def test_what_passes_is_503_and_the_rest_is_our_fault(fault: type[psycopg.Error], status: int) -> None:
    answer = _answer(DBAPIError("SELECT secret", {}, fault("secret words")))
    assert answer.status_code == status
    assert ("Retry-After" in answer.headers) == (status == 503)
    assert "secret" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "fault", [OperationalError("SELECT 1", {}, psycopg.OperationalError("the connection is lost")), PoolTimeout()]
)
def test_a_lost_connection_and_a_full_pool_ask_to_come_again(fault: DBAPIError | PoolTimeout) -> None:
    assert _answer(fault).status_code == 503


def test_where_nobody_knows_whether_it_is_recorded_no_answer_says_that_it_is_not() -> None:
    with Flask("test").test_request_context():
        answer = answer_error(OutcomeUnknown())
    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
    assert (answer.get_json()["code"], "same key" in answer.get_json()["detail"]) == ("outcome_unknown", True)
    assert "Nothing was recorded" not in answer.get_data(as_text=True)


def test_a_fault_of_ours_is_not_told() -> None:
    with Flask("test").test_request_context():
        answer = answer_error(errors.InvalidSettings("the key is 123"))
    assert answer.status_code == 500
    assert "123" not in answer.get_data(as_text=True)


def _answer(fault: DBAPIError | PoolTimeout) -> Response:
    with Flask("test").test_request_context():
        return answer_database(fault)
