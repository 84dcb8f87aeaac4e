"""The WSGI application: Django under a production server (granian); ASGI would buffer our streams."""

import gc
import os

from django.core.wsgi import get_wsgi_application

# Nothing that loads here is garbage: looking for it takes a quarter of the start (2.1 s of processor, 1.6 without).
gc.disable()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "geo311.settings")
application = get_wsgi_application()


def _warm() -> None:
    """Load addresses and areas before the first visitor comes, who would wait for them a second or two."""
    from django.db import DatabaseError, connection
    from django.urls import get_resolver

    from boundaries.lookup import sets_in_force
    from boundaries.models import BoundarySetRole

    get_resolver().url_patterns  # noqa: B018  a cached property that imports every view
    try:
        for version in sets_in_force():
            if version.role != BoundarySetRole.REFERENCE:
                version.index.edges  # noqa: B018  likewise
    except DatabaseError:
        pass  # not migrated yet: /readyz tells
    finally:
        connection.close()


_warm()
gc.freeze()
gc.enable()
