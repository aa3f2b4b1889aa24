from flask import Flask

class Adjustments:
    #: Ours: whose routes say how large a body may be.
    app: Flask
    max_request_body_size: int
    def __init__(self, **settings: object) -> None: ...
