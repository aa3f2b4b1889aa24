"""What gunicorn imports where it is not begun by `casework serve`: `gunicorn -k casework.web.server.BufferingWorker wsgi:app`.

It loads under no other worker, and in no other server: they hand on requests whose bodies have not come yet.
"""

from casework.commands.serve import insist_ready
from casework.settings import load_settings
from casework.web.server import insist_whole_requests

insist_whole_requests()
app = insist_ready(load_settings(default_profile="production"))
