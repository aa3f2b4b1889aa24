from typing import Any

from flask import Flask
from waitress.adjustments import Adjustments
from waitress.task import ThreadedTaskDispatcher
from waitress.wasyncore import dispatcher

class TcpWSGIServer(dispatcher):
    channel_class: type[Any]
    #: By socket number, connections of `channel_class`.
    active_channels: dict[int, Any]
    def __init__(
        self,
        application: Flask,
        map: dict[int, dispatcher],
        _start: bool,
        _sock: object,
        *,
        dispatcher: ThreadedTaskDispatcher,
        adj: Adjustments,
        bind_socket: bool,
        sockinfo: tuple[object, ...],
    ) -> None: ...
    def maintenance(self, now: float) -> None: ...
