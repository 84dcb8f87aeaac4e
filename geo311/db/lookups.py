"""`geometry__in_bbox=BBox(...)`: rows whose own box meets a bounding box, by the spatial index on both databases.

Django's SpatiaLite lookups scan the whole table; this one reads the R*Tree `idx_<table>_<column>` (keyed on rowid, so
integer primary keys only). On PostGIS it is the GiST operator `&&`. SRID 4326, bbox = west, south, east, north.
"""

from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.db.models import Lookup

from geo311.core.coordinates import BBox


@GeometryField.register_lookup
class InBBox(Lookup[Any]):
    lookup_name = "in_bbox"
    prepare_rhs = False

    def _bbox(self) -> BBox:
        if not isinstance(self.rhs, BBox):
            raise TypeError("in_bbox takes a BBox(west, south, east, north)")
        return self.rhs

    def get_db_prep_lookup(self, value: Any, connection: Any) -> Any:
        return "%s", list(self._bbox())

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} && ST_MakeEnvelope(%s, %s, %s, %s, 4326)", (*params, *self._bbox())

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        field: Any = self.lhs.output_field
        table, pk = field.model._meta.db_table, field.model._meta.pk.column
        quote = connection.ops.quote_name
        west, south, east, north = self._bbox()
        alias = quote(self.lhs.alias) if getattr(self.lhs, "alias", None) else quote(table)
        sql = (
            f"{alias}.{quote(pk)} IN (SELECT pkid FROM {quote(f'idx_{table}_{field.column}')} "  # noqa: S608  the names are Django's own, and quoted
            "WHERE xmin <= %s AND xmax >= %s AND ymin <= %s AND ymax >= %s)"
        )
        return sql, (east, west, north, south)
