"""The WSGI application: Django under a production server (granian); ASGI would buffer our streams."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "geo311.settings")
application = get_wsgi_application()
