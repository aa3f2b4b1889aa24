"""All that a catalogue has of a need and of a technology comes in, by the command line and by a file handed in on pages alike."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import Engine, text

from casework.operations.catalogue import file_imports, import_worker
from casework.operations.catalogue.import_schemas import MODELS, Kind
from casework.operations.catalogue.importer import import_records
from casework.operations.catalogue.kept_records import confirm_field
from casework.operations.catalogue.sources import read_as
from casework.records.database import transaction
from tests.support.world import World, new_request

#: In the words of a table, and how each is kept.
TECHNOLOGY: Mapping[str, tuple[str, Any]] = {
    "title": ("Matrix burner", "Matrix burner"),
    "title_zh": ("矩阵燃烧器", "矩阵燃烧器"),
    "description": ("A burner head of sintered fibre.", "A burner head of sintered fibre."),
    "problem": ("The flame lifts at part load.", "The flame lifts at part load."),
    "advantage": ("No gas is led back.", "No gas is led back."),
    "cost_compared": ("A third less than recirculation.", "A third less than recirculation."),
    "cost": ("1.200.000,55", "1200000.55"),
    "cost_currency": ("eur", "EUR"),
    "developed_in": ("UK;el; de", ["GB", "GR", "DE"]),
    "deployed_in": ("CN; Inner Mongolia", ["CN", "Inner Mongolia"]),
    "reference_sites": ("Haidian | 2024 | 29 MW; Kiel", [{"site": "Haidian", "year": "2024", "size": "29 MW"}, {"site": "Kiel"}]),
    "benefits": ("Air quality, Energy", ["Air quality", "Energy"]),
    "sdgs": ("SDG 7; 13.a", ["7", "13.a"]),
    "ipc": ("F23D 14/02, F23C", ["F23D14/02", "F23C"]),
    "green_topics": ("Boilers; Heat recovery", ["Boilers", "Heat recovery"]),
    "readiness": ("Prototype (TRL 5-6)", "Prototype (TRL 5-6)"),
    "ip_text": ("One invention granted in China.", "One invention granted in China."),
    "verification": ("VS-12 | verified | 31.12.2028", {"number": "VS-12", "verdict": "verified", "valid_until": "2028-12-31"}),
    "licences": ("plain; exclusive", ["exclusive", "plain"]),
    "standards": ("ISO 9001 | 12 | TÜV | 2027-03-31", [{"name": "ISO 9001", "number": "12", "body": "TÜV", "valid_until": "2027-03-31"}]),
    "restrictions": (
        "Export Control | cn，ru | Annex I; field_of_use | | Boilers alone",
        [{"kind": "export_control", "countries": "CN, RU", "words": "Annex I"}, {"kind": "field_of_use", "words": "Boilers alone"}],
    ),
    "website": ("https://burner.example/", "https://burner.example/"),
    "published_on": ("1 March 2024", "2024-03-01"),
    "last_confirmed_on": ("2026年3月1日", "2026-03-01"),
    "publication": ("On_Request", "on_request"),
    "languages": ("English; 中文;English", ["English", "中文"]),
    "contact": ("Kiel Technology Transfer Office", "Kiel Technology Transfer Office"),
    "source_page": ("https://catalogue.example/12 see there", "https://catalogue.example/12"),
    "acronym": ("MATRIX", "MATRIX"),
    "partner_countries": ("UK;FR", ["GB", "FR"]),
    "total_cost": ("2,000,000", "2000000"),
    "total_cost_currency": ("EUR", "EUR"),
    "start_date": ("2021-03-01", "2021-03-01"),
    "end_date": ("31.08.2023", "2023-08-31"),
}  # fmt: skip
NEED: Mapping[str, tuple[str, Any]] = {
    "title": ("Burners for a heating plant", "Burners for a heating plant"),
    "title_zh": ("供热厂燃烧器", "供热厂燃烧器"),
    "function": ("Burn gas with less NOx", "Burn gas with less NOx"),
    "problem": ("Twelve boilers emit too much.", "Twelve boilers emit too much."),
    "baseline": ("80 mg/m3 at part load", "80 mg/m3 at part load"),
    "process": ("District heating", "District heating"),
    "tried": ("Recirculation", "Recirculation"),
    "target": ("Below 30 mg/m3.", "Below 30 mg/m3."),
    "figures": (
        "NOx | mg/m3 | 80 | <= 30 | at full load",
        [{"parameter": "NOx", "unit": "mg/m3", "now": "80", "comparison": "at_most", "target": "30", "condition": "at full load"}],
    ),
    "site": ("Works 2, boiler house", "Works 2, boiler house"),
    "district": ("Haidian", "Haidian"),
    "constraints": ("No standstill in winter", "No standstill in winter"),
    "contact": ("The plant's engineer", "The plant's engineer"),
    "sector": ("D4430", "D4430"),
    "ipc": ("F23D 14/02", ["F23D14/02"]),
    "readiness": ("TRL 7 to 9", "TRL 7 to 9"),
    "budget": ("6 000 000", "6000000"),
    "budget_currency": ("CNY", "CNY"),
    "wanted_form": ("purchase", "purchase"),
    "wanted_by": ("2027/10/15", "2027-10-15"),
    "country": ("de", "DE"),
    "required_standards": ("ISO 9001; iso 9001; CE", ["ISO 9001", "CE"]),
    "valid_until": ("2027-12-31", "2027-12-31"),
    "publication": ("public", "public"),
}  # fmt: skip
ROWS: Mapping[Kind, Mapping[str, tuple[str, Any]]] = {"needs": NEED, "technologies": TECHNOLOGY}
#: Fields that another test brings in: owners, rights, drafts, and what the words of readiness say as numbers.
ELSEWHERE = {"status", "external_id", "source", "owner", "owner_country", "rights", "readiness_low", "readiness_high"}


def _table(kind: Kind) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("external_id", *ROWS[kind]))
    writer.writerow(("X1", *(told for told, _ in ROWS[kind].values())))
    return out.getvalue().encode()


def _by_command(engine: Engine, world: World, kind: Kind) -> None:
    made = import_records(engine, kind, io.BytesIO(_table(kind)), programme="BJ", source="A list")
    assert (made.created, made.faults, made.left_out) == (1, [], set())


def _on_pages(engine: Engine, world: World, kind: Kind) -> None:
    with transaction(engine) as db:
        actor, home = world.actor(db, "officer"), world.programmes["BJ"]
        given: dict[str, Any] = {"content": _table(kind), "name": "x.csv", "source": "A list", "complete": False}
        id = file_imports.add_file(db, actor, home, kind, **given)
        one = file_imports.show_file(db, actor, home, id)
        look = file_imports.look_at(one, file_imports.read_head(db, one))
        assert look.faults == []
        # What the page says of each column is what is sent when it is taken over.
        file_imports.set_fields(
            db, actor, home, id, {name: read_as(name, one.fields, kind) or None for name in look.columns}
        )
        file_imports.take_over(db, actor, home, id, licence=None)
    import_worker.carry_on(engine, id)
    with transaction(engine) as db:
        done = file_imports.show_file(db, world.actor(db, "officer"), world.programmes["BJ"], id)
    assert (done.state, done.report["created"], done.report.get("faults", [])) == ("done", 1, [])


@pytest.mark.parametrize("way", [_by_command, _on_pages])
@pytest.mark.parametrize("kind", ["needs", "technologies"])
def test_each_field_comes_in(
    engine: Engine, world: World, kind: Kind, way: Callable[[Engine, World, Kind], None]
) -> None:
    assert ROWS[kind].keys() | ELSEWHERE >= MODELS[kind].model_fields.keys()
    way(engine, world, kind)
    with transaction(engine) as db:
        row = db.execute(text(f"SELECT to_jsonb(r) FROM {kind} r WHERE external_id = 'X1'")).scalar_one()
    kept = {**row, "readiness": row["readiness_text"]}
    assert (row["readiness_low"], row["readiness_high"]) == ((7, 9) if kind == "needs" else (5, 6))
    for name in ("budget", "cost", "total_cost"):
        if name in kept:
            kept[name] = str(kept[name])
    expected = {name: value for name, (_, value) in ROWS[kind].items()}
    assert {name: kept[name] for name in expected} == expected
    # Nobody stands for any of it, and each says where it comes from.
    told = {"readiness_text" if name == "readiness" else name for name in expected} | {
        "readiness_low",
        "readiness_high",
    }
    assert {name: origin.get("source") for name, origin in row["provenance"].items()} == dict.fromkeys(told, "A list")
    assert "confirmed_by" not in str(row["provenance"])


def test_what_is_wanted_is_what_a_need_is_called_where_it_has_no_name(engine: Engine, world: World) -> None:
    file = io.BytesIO(b"external_id,function\nX1,Burn gas with less NOx\nX2,N/A\n")
    made = import_records(engine, "needs", file, programme="BJ")
    assert [(one.row, one.field, one.reason) for one in made.faults] == [(3, "title", "is missing")]
    with transaction(engine) as db:
        row = db.execute(text("SELECT title, function FROM needs WHERE external_id = 'X1'")).one()
    assert (row.title, row.function) == ("Burn gas with less NOx", None)


@pytest.mark.parametrize(
    ("cell", "field", "why"),
    [
        ("VS-1 | approved", "verification.verdict", "must be verified"),
        ("VS-1", "verification", "must be a JSON object"),
        ("VS-1 | ", "verification.verdict", "is missing"),
        ("VS-1 | verified | soon", "verification.valid_until", "YYYY-MM-DD"),
        ("a | verified | 2027-01-01 | d", "verification", "more than 3 cells"),
    ],
)
def test_a_verification_in_a_cell_is_whole_or_refused_with_its_place(
    engine: Engine, world: World, cell: str, field: str, why: str
) -> None:
    file = io.BytesIO(f"external_id,title,verification\nX1,Pump,{cell}\n".encode())
    made = import_records(engine, "technologies", file, programme="BJ")
    ((row, name, reason),) = [(one.row, one.field, one.reason) for one in made.faults]
    assert (row, name, why in reason) == (2, field, True)


def test_a_record_that_comes_again_without_a_column_keeps_what_that_said(engine: Engine, world: World) -> None:
    for told in (
        "external_id,title,languages,contact\nX1,Pump,English,Kiel\n",
        "external_id,title,contact\nX1,Pump,Bonn\n",
    ):
        import_records(engine, "technologies", io.BytesIO(told.encode()), programme="BJ")
    with transaction(engine) as db:
        row = db.execute(text("SELECT languages, contact FROM technologies WHERE external_id = 'X1'")).one()
    assert (row.languages, row.contact) == (["English"], "Bonn")


def test_a_field_that_somebody_stands_for_is_kept_and_the_others_come_in(engine: Engine, world: World) -> None:
    told = "external_id,title,site,contact\nX1,Dry sludge,{site},{contact}\n"
    first, then = told.format(site="Hall 1", contact="Zhao"), told.format(site="Hall 2", contact="Qian")
    import_records(engine, "needs", io.BytesIO(first.encode()), programme="BJ", source="A list")
    with transaction(engine) as db:
        id = db.execute(text("SELECT id::text FROM needs WHERE external_id = 'X1'")).scalar_one()
        confirm_field(db, world.actor(db, "officer"), "need", id, field="site", request=new_request())
    made = import_records(engine, "needs", io.BytesIO(then.encode()), programme="BJ", source="A list")
    assert [(one.row, one.field) for one in made.kept_fields] == [(2, "site")]
    with transaction(engine) as db:
        row = db.execute(text("SELECT site, contact, provenance FROM needs WHERE external_id = 'X1'")).one()
    assert (row.site, row.contact) == ("Hall 1", "Qian")
    assert ("confirmed_by" in row.provenance["site"], "confirmed_by" in row.provenance["contact"]) == (True, False)
