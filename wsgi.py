"""What a WSGI server imports: `gunicorn wsgi:app`."""

from casework.settings import load_settings
from casework.web.app import create_app

app = create_app(load_settings(default_profile="production"))
