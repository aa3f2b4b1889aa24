from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from casework.engine.decision_tables.dmn import from_dmn, to_dmn
from casework.engine.decision_tables.tables import TableFault, from_json
from tests.engine.decision_tables.random_tables import tables

#: As another modeller writes one.
FOREIGN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/"
    xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" xmlns:tool="http://example.org/tool" id="d" name="Model"
    namespace="http://example.org/dmn" exporter="A modeller" exporterVersion="5">
  <decision id="who-decides" name="Who decides" tool:versionTag="1">
    <extensionElements><tool:note/></extensionElements>
    <decisionTable id="t">
      <input id="i" label="Amount" tool:width="192">
        <inputExpression id="e" typeRef="long"><text>
          amount
        </text></inputExpression>
      </input>
      <output id="o" label="Who" name="who" typeRef="string"><outputValues><text>"officer","supervisor"</text></outputValues></output>
      <rule id="r">
        <description>small ones</description>
        <inputEntry id="c"><text>&lt; 5</text></inputEntry>
        <outputEntry id="v"><text>"officer"</text></outputEntry>
      </rule>
      <rule id="s"><inputEntry><text></text></inputEntry><outputEntry><text>"supervisor"</text></outputEntry></rule>
    </decisionTable>
  </decision>
  <dmndi:DMNDI><dmndi:DMNDiagram><dc:Bounds height="80" width="180" x="1" y="1"/></dmndi:DMNDiagram></dmndi:DMNDI>
</definitions>
"""

#: What is put in the place of what, and what is told.
UNSUPPORTED: list[tuple[str, str, str]] = [
    ('id="t"', 'hitPolicy="PRIORITY"', "line 7: hitPolicy=PRIORITY of decisionTable is not supported"),
    ('id="t"', 'hitPolicy="COLLECT" aggregation="SUM"', "line 7: aggregation=SUM of decisionTable is not supported"),
    ('id="t"', 'preferredOrientation="CrossTable"', "line 7: preferredOrientation=CrossTable of decisionTable"),
    ('typeRef="long"', 'typeRef="tMoney"', "line 9: typeRef=tMoney of inputExpression is not supported"),
    ('typeRef="long"', "", "line 9: inputExpression lacks typeRef"),
    ('typeRef="long"', 'typeRef="long" expressionLanguage="juel"', "line 9: expressionLanguage=juel of inputExpression"),
    ("\n          amount\n", "amount * 2", "line 9: an input is named by a plain name, and not by amount * 2"),
    ("<decisionTable", "<literalExpression/><decisionTable", "line 7: the element literalExpression is not supported"),
    ("</decision>", "</decision><decision id='x'/>", "line 21: definitions can have one decision alone"),
    ("</decision>", "</decision><businessKnowledgeModel/>", "the element businessKnowledgeModel is not supported"),
    ("<decision ", "<itemDefinition/><decision ", "the element itemDefinition is not supported"),
    ("<decision ", "<import/><decision ", "the element import is not supported"),
    ("<decisionTable", "<informationRequirement><requiredDecision/></informationRequirement><decisionTable",
     "the element requiredDecision is not supported"),
    ("<decisionTable", "<tool:other/><decisionTable", "the element other is not supported"),
    ("20191111/MODEL", "20151101/MODEL", "line 2: definitions is not the definitions of a DMN model"),
    ("&lt; 5", "&lt; five", "rules.1.inputs.amount: five cannot stand there"),
    ('"supervisor"</text></outputEntry>', '"boss"</text></outputEntry>', 'rules.2.outputs.who: "boss" is not among'),
    ("</rule>\n      <rule", "<outputEntry><text/></outputEntry></rule>\n<rule", "rules.1.outputs: a row has one cell"),
    ("<decision ", "<decision", "line 5: this is not well-formed XML"),
]  # fmt: skip


@given(tables())
def test_what_is_exported_is_imported_as_it_was(said: dict[str, Any]) -> None:
    table = from_json(said)
    assert from_dmn(to_dmn(table).encode()) == table


def test_a_table_of_another_modeller_is_read() -> None:
    assert from_dmn(FOREIGN.encode()) == from_json(
        {
            "name": "who_decides",
            "title": "Who decides",
            "hit_policy": "unique",
            "inputs": [{"name": "amount", "label": "Amount", "type": "whole"}],
            "outputs": [{"name": "who", "label": "Who", "type": "text", "allowed": '"officer", "supervisor"'}],
            "rules": [
                {"inputs": ["< 5"], "outputs": ['"officer"'], "note": "small ones"},
                {"inputs": ["-"], "outputs": ['"supervisor"']},
            ],
        }
    )


@pytest.mark.parametrize(("old", "new", "told"), UNSUPPORTED)
def test_what_is_not_supported_is_named(old: str, new: str, told: str) -> None:
    assert old in FOREIGN
    with pytest.raises(TableFault) as refused:
        from_dmn(FOREIGN.replace(old, new, 1).encode())
    assert told in str(refused.value)


def test_the_hit_policy_is_unique_where_none_is_named() -> None:
    assert from_dmn(FOREIGN.replace('id="t"', 'hitPolicy="FIRST"').encode()).hit_policy == "first"


def test_no_document_type_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret", "utf-8")
    for doctype in [
        "<!DOCTYPE definitions>",
        f'<!DOCTYPE d [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>',
        '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    ]:
        with pytest.raises(TableFault, match="line 2: a document type is not read"):
            from_dmn(FOREIGN.replace("<definitions", f"{doctype}<definitions", 1).encode())
