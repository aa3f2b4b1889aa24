"""What a WSGI server imports: `gunicorn wsgi:app`."""

from casework.commands.serve import insist_ready
from casework.settings import load_settings
from casework.web.app import create_app

settings = load_settings(default_profile="production")
insist_ready(settings)
app = create_app(settings)
