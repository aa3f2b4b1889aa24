"""The money of services on a page: what each amount is in words, and a row for each repayment."""

from __future__ import annotations

from flask import Flask, render_template_string

from casework.operations.cases.money import RepaymentRow, ServiceMoney, StageOfMoney
from casework.web.cases.money import say_money
from tests.web.cases.two_cases import words_of


def loan(balance: str, *repayments: RepaymentRow) -> ServiceMoney:
    return ServiceMoney(
        track="loan",
        kind="pledge",
        currency="CNY",
        stages=[
            StageOfMoney(stage="wanted", amount="3000000.00", currency="CNY", at="2026-03-02T01:00:00Z", on=None),
            StageOfMoney(stage="paid", amount="2400000.00", currency="CNY", at="2026-05-04T01:00:00Z", on="2026-04-28"),
        ],
        repayments=list(repayments),
        recovered=None,
        balance=balance,
        value=StageOfMoney(stage="valued", amount="8600000.00", currency="CNY", at="2026-04-01T01:00:00Z", on=None),
    )


ROW = RepaymentRow(on="2026-09-01", principal="400000.00", interest="20000.50", balance="2000000.00")


def test_each_stage_each_repayment_and_what_is_owed_are_said(app: Flask) -> None:
    with app.test_request_context():
        [told] = say_money([loan("2000000.00", ROW)])
        assert [(line.words, line.amount) for line in told.lines] == [
            ("wanted", "CNY 3,000,000"),
            ("paid out", "CNY 2,400,000"),
            ("owed", "CNY 2,000,000"),
            ("value of the rights", "CNY 8,600,000"),
        ]
        # The day that was said with an amount, else that of its recording.
        assert [line.at for line in told.lines] == ["2026-03-02T01:00:00Z", "2026-04-28", None, "2026-04-01T01:00:00Z"]
        assert [(row.principal, row.interest, row.balance) for row in told.repayments] == [
            ("CNY 400,000", "CNY 20,000.50", "CNY 2,000,000")
        ]


def test_a_loan_that_is_paid_back_says_so(app: Flask) -> None:
    with app.test_request_context():
        [told] = say_money([loan("0.00")], {"loan": "the loan of the bank"})
        assert told.title == "the loan of the bank"
        assert "nothing, all is paid back" in [line.amount for line in told.lines]


def test_the_page_has_a_row_for_each_repayment(app: Flask) -> None:
    template = '{% from "macros/money.html" import service_money with context %}{{ service_money(ones) }}'
    with app.test_request_context():
        page = words_of(render_template_string(template, ones=say_money([loan("2000000.00", ROW)])))
    assert "Wanted CNY 3,000,000" in page
    assert "Repayments" in page
    assert "CNY 400,000 CNY 20,000.50 CNY 2,000,000" in page
