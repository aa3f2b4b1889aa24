from waitress.adjustments import Adjustments

class HTTPRequestParser:
    adj: Adjustments
    body_rcv: object | None
    command: str
    path: str
    headers_finished: bool
    body_bytes_received: int
    def parse_header(self, header_plus: bytes) -> None: ...
