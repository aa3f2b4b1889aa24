"""The file of groups: each row that is wrong is named with its column, and what is no such file is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.roles import ORGANISATION_ROLES, Role
from casework.errors import Refused
from casework.operations.people.group_file import BY_PERSONS, ROLES, Line, read_lines

HEAD = "group,role,programme,organisation\n"


def read(*rows: str) -> tuple[list[Line], list[tuple[int, str, str]]]:
    lines, faults = read_lines((HEAD + "".join(f"{row}\n" for row in rows)).encode())
    return lines, [(fault.row, fault.column, fault.why.code) for fault in faults]


def test_each_group_gives_a_role_in_a_programme_or_an_organisation() -> None:
    lines, faults = read("/office/officers,officer,BJ,", "providers,provider,,some-id", "/office/officers,observer,SH,")
    assert faults == []
    assert lines == [
        Line(2, "/office/officers", Role.OFFICER, "BJ"),
        Line(3, "providers", Role.PROVIDER, organisation="some-id"),
        Line(4, "/office/officers", Role.OBSERVER, "SH"),
    ]
    assert read_lines(b"role,group,programme\nofficer,a,BJ\n")[0] == [Line(2, "a", Role.OFFICER, "BJ")]


def test_every_row_that_is_wrong_is_named_with_its_column() -> None:
    _, faults = read(
        "a,administrator,BJ,",
        "a,provider_lead,,x",
        "a,party,BJ,",
        ",officer,BJ,",
        "a,officer,,",
        "a,officer,BJ,x",
        "a,provider,BJ,x",
        "a,provider,BJ,",
        f"{'x' * 256},officer,BJ,",
        "a\u202eb,officer,BJ,",
        "a,officer,BJ",
        "a,observer,BJ,",
        "a,observer,BJ,",
    )
    assert faults == [
        (2, "role", "people.by_a_person_alone"),
        (3, "role", "people.by_a_person_alone"),
        (4, "role", "fields.one_of"),
        (5, "group", "fields.required"),
        (6, "programme", "fields.required"),
        (7, "organisation", "people.held_within"),
        (8, "programme", "people.held_within"),
        (9, "organisation", "fields.required"),
        (9, "programme", "people.held_within"),
        (10, "group", "fields.longest"),
        (11, "group", "fields.invisible"),
        (12, "group", "people.cells"),
        (14, "role", "fields.comes_twice"),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "people.staff_cut"),
        (HEAD.encode(), "people.staff_cut"),
        (b"group,role\na,officer", "people.staff_cut"),
        (b"group,role\n\xff,officer\n", "people.staff_no_table"),
        (b"group,programme\na,BJ\n", "people.groups_columns"),
        (b"group,role,email\na,officer,x\n", "people.groups_columns"),
    ],
)
def test_what_is_no_such_file_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_lines(content)
    assert refused.value.reasons[0].code == code


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda words: f"group,role,programme\n{words}\n".encode()))
def test_whatever_comes_is_read_or_refused_and_gives_no_role_that_gives_others(content: bytes) -> None:
    try:
        lines, _ = read_lines(content)
    except Refused:
        return
    assert all(line.role in ROLES and line.role not in BY_PERSONS for line in lines)
    assert all(bool(line.organisation) == (line.role in ORGANISATION_ROLES) for line in lines)
