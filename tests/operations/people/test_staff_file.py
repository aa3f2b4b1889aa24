"""The file of people: read whole or refused, and each row that is wrong told by its column."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.roles import Role
from casework.errors import Refused
from casework.operations.people.staff_file import MOST_BYTES, Line, digest_of, read_lines, twice

HEAD = "email,programme,role,name,language,left\n"


def rows(*lines: str) -> bytes:
    return (HEAD + "".join(f"{line}\n" for line in lines)).encode()


def test_rows_are_read_in_any_order_of_columns_and_with_the_mark_of_a_spreadsheet() -> None:
    content = "\ufeffrole, Email ,left,programme\r\nofficer,Li@Example.org,2026-05-01,BJ\r\n".encode()
    lines, faults = read_lines(content)
    assert (lines, faults) == ([Line(2, "li@example.org", "BJ", Role.OFFICER, left=date(2026, 5, 1))], [])


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("nobody,BJ,officer,,,", "email"),
        ("li@example.org,BJ,administrator,,,", "role"),
        ("li@example.org,BJ,provider,,,", "role"),
        ("li@example.org,BJ,system,,,", "role"),
        ("li@example.org,BJ,,,,", "role"),
        ("li@example.org,BJ,officer,L\u200bi,,", "name"),
        ("li@example.org,BJ,officer,,fr,", "language"),
        ("li@example.org,BJ,officer,,,1 May", "left"),
        ("li@example.org,BJ,officer,,,20260501", "left"),
        ("li@example.org,BJ,officer,,,2026-W10-1", "left"),
        ("li@example.org,BJ,officer", "email"),
    ],
)
def test_a_row_that_is_wrong_is_told_by_its_number_and_column(line: str, column: str) -> None:
    lines, faults = read_lines(rows("an@example.org,BJ,observer,An,en,", line))
    assert ([one.row for one in lines], [(one.row, one.column) for one in faults]) == ([2], [(3, column)])


def test_the_same_role_twice_is_told_unless_one_row_was_over_before() -> None:
    twice_or_not: tuple[tuple[str, str, list[int]], ...] = (
        ("", "", [3]),
        ("2026-05-01", "", []),
        ("2026-05-02", "", [3]),
        ("2026-04-01", "2026-05-01", []),
    )
    for one, other, told in twice_or_not:
        lines, faults = read_lines(
            rows(f"li@example.org,BJ,officer,Li,,{one}", f"LI@example.org,BJ,officer,Li,,{other}")
        )
        assert (len(lines), faults) == (2, [])
        assert [fault.row for fault in twice(lines, date(2026, 5, 1))] == told


def test_rows_count_as_in_a_spreadsheet() -> None:
    content = rows(
        'li@example.org,BJ,officer,"Li\nWen",,', "", ",,,,,", '"nobody\r\n",BJ,officer,,,', "nobody,BJ,officer,,,"
    )
    _, faults = read_lines(content)
    assert [(one.row, one.column) for one in faults] == [(2, "name"), (5, "email"), (6, "email")]
    assert [one.row for one in read_lines(content.replace(b"\n", b"\r\n"))[1]] == [2, 5, 6]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "cut"),
        (b"\n \n", "no_table"),
        (HEAD.encode(), "cut"),
        (rows("li@example.org,BJ,officer,Li,,")[:-1], "cut"),
        (b"x" * MOST_BYTES + b"\n", "cut"),
        (b"email,programme,role\n\xff\xfe\n", "no_table"),
        (b'email,programme,role\n"li@example.org,BJ,officer\n', "no_table"),
        (b"email,programme\nli@example.org,BJ\n", "columns"),
        (b"email,programme,role,leaving\nli@example.org,BJ,officer,\n", "columns"),
        (b"email,email,programme,role\na,b,c,d\n", "columns"),
    ],
)
def test_what_is_no_whole_file_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_lines(content)
    assert refused.value.reasons[0].code in (f"people.staff_{code}", "people.staff_cut")


@given(st.integers(min_value=0, max_value=400), st.binary(max_size=60))
def test_whatever_is_cut_or_put_in_is_read_or_refused_and_never_breaks(at: int, more: bytes) -> None:
    whole = rows("li@example.org,BJ,officer,Li,en,", "an@example.org,SH,observer,An,zh-Hans,2026-05-01")
    for content in (whole[:at], whole[:at] + more + whole[at:]):
        try:
            lines, _ = read_lines(content)
        except Refused:
            continue
        assert all(line.email and line.role != Role.ADMINISTRATOR for line in lines)
        assert content.endswith(b"\n")


def test_a_file_is_named_by_its_digest() -> None:
    assert digest_of(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
