"""Liveness and readiness, for whoever watches the process."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse


def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """The process can reach its database, with its spatial functions."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT ST_SRID(ST_GeomFromText('POINT(0 0)', 4326))")
            cursor.fetchone()
    except DatabaseError:
        return JsonResponse({"status": "the database does not answer"}, status=503)
    return JsonResponse({"status": "ok"})
