from waitress.parser import HTTPRequestParser
from waitress.wasyncore import dispatcher

class HTTPChannel(dispatcher):
    parser_class: type[HTTPRequestParser]
    request: HTTPRequestParser | None
    requests: list[HTTPRequestParser]
    last_activity: float
    total_outbufs_len: int
    will_close: bool
    def received(self, data: bytes) -> bool: ...
