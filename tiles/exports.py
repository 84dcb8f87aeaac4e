"""Exports: a layer's rows streamed in a file's format, in constant memory, the first bytes at once."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from geo311.core.problems import NotFound
from tiles.geojson_sql import FeatureText
from tiles.layers import Layer

ROWS_A_PIECE = 500


@dataclass(frozen=True)
class Format:
    """A file's format: its media type and what writes it."""

    media_type: str
    write: Callable[[Layer, QuerySet[Any]], Iterator[bytes]]


def features(layer: Layer, rows: QuerySet[Any]) -> Iterator[str]:
    """Each row as the text of a GeoJSON Feature (RFC 7946, section 3.2): WGS 84, lon before lat, 7 decimals."""
    polygons = "Polygon" in layer.geometry_type
    feature = FeatureText(layer.id, layer.geometry, layer.properties, polygons=polygons)
    texts = rows.annotate(feature_text=feature).values_list("feature_text", flat=True)
    with _reading(rows.db):
        yield from texts.iterator(chunk_size=ROWS_A_PIECE)


def _reading(database: str) -> AbstractContextManager[Any]:
    """What makes a cursor stream: on PostgreSQL a transaction, outside which the server first keeps the whole answer.

    On SQLite a transaction would take the write lock, and reads stream without one.
    """
    if connections[database].vendor == "postgresql":
        return transaction.atomic(using=database)
    return nullcontext()


def geojson(layer: Layer, rows: QuerySet[Any]) -> Iterator[bytes]:
    """A FeatureCollection (RFC 7946, section 3.3), one feature a line, no `crs` member (section 4)."""
    yield b'{"type":"FeatureCollection","features":[\n'
    comma = ""
    for piece in _pieces(features(layer, rows)):
        yield (comma + ",\n".join(piece)).encode()
        comma = ",\n"
    yield b"\n]}\n"


def _pieces(texts: Iterator[str]) -> Iterator[list[str]]:
    piece: list[str] = []
    for text in texts:
        piece.append(text)
        if len(piece) == ROWS_A_PIECE:
            yield piece
            piece = []
    if piece:
        yield piece


FORMATS = {"geojson": Format("application/geo+json", geojson)}


def get_format(extension: str) -> Format:
    """The format of a file's ending. Raises NotFound that lists those there are."""
    if extension not in FORMATS:
        detail = _("There is no export as “{extension}”. There are: {known}.")
        raise NotFound(detail.format(extension=extension[:20], known=", ".join(FORMATS)))
    return FORMATS[extension]
