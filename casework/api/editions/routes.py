"""Workflows: the frozen editions by which cases move."""

from __future__ import annotations

from casework.api.editions import schemas
from casework.api.protocol.routes import Call, Route, get
from casework.definitions import load_library
from casework.engine.definition.differences import Compared, compare
from casework.engine.definition.editions import Edition
from casework.errors import NotFound
from casework.json_values import JsonObject


def list_workflows(call: Call) -> JsonObject:
    library = load_library()
    items = []
    for name in sorted(library.newest):
        newest = library.latest(name)
        assert newest is not None
        editions = sorted(
            (
                {"number": edition.number, "fingerprint": edition.fingerprint}
                for edition in library.editions.values()
                if edition.workflow == name
            ),
            key=lambda row: str(row["number"]).zfill(9),
        )
        items.append(
            {
                "name": name,
                "title": newest.text("title"),
                "fingerprint": newest.fingerprint,
                "editions": editions,
            }
        )
    return {"items": items, "next": None}


def show_edition(call: Call) -> JsonObject:
    edition = load_library().editions.get(call.path["fingerprint"])
    if edition is None or edition.workflow != call.path["name"]:
        raise NotFound("edition")
    return edition.as_file()


def compare_editions(call: Call) -> Compared:
    name = call.path["name"]
    return compare(_named(name, call.path["edition"]), _named(name, call.path["other_edition"]))


def _named(workflow: str, said: str) -> Edition:
    """An edition of a workflow by its number or, as two may have had one number, by its fingerprint. Raises NotFound."""
    for edition in load_library().editions.values():
        if edition.workflow == workflow and said in (str(edition.number), edition.fingerprint):
            return edition
    raise NotFound("edition")


ROUTES: tuple[Route, ...] = (
    get("/workflows", list_workflows, "List the workflows and their editions", schemas.WorkflowPage),
    get("/workflows/{name}/editions/{fingerprint}", show_edition, "Show a frozen edition", schemas.Edition, noun="edition"),
    get(
        "/workflows/{name}/editions/{edition}/diff/{other_edition}", compare_editions,
        "Say in what one edition, by its number or fingerprint, differs from another", schemas.ComparedEditions, noun="edition",
    ),
)  # fmt: skip
