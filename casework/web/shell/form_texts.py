"""What is typed into a page comes in without what nobody sees, whichever view reads it: the request hands out clean texts."""

from __future__ import annotations

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict

from casework.engine.definition.plain_text import AS_TYPED, visible


class CleanRequest(Request):
    """A request whose form has been cleaned before anybody reads it."""

    def _load_form_data(self) -> None:
        if "form" in self.__dict__:
            return
        super()._load_form_data()
        form: ImmutableMultiDict[str, str] = self.__dict__["form"]
        self.__dict__["form"] = self.parameter_storage_class(
            [(name, value if name in AS_TYPED else visible(value)) for name, value in form.items(multi=True)]
        )
