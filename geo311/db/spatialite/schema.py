"""SchemaEditor: rebuilds the R*Tree after each table remake, which SpatiaLite would otherwise leave dead.

SQLite changes a table by making a new one, copying and renaming. SpatiaLite's `RecoverGeometryColumn` then drops the
triggers and marks the spatial index disabled, so rows written later would vanish from every R*Tree read.
"""

from typing import Any

from django.contrib.gis.db.backends.spatialite.schema import SpatialiteSchemaEditor
from django.contrib.gis.db.models import GeometryField


class SchemaEditor(SpatialiteSchemaEditor):
    def _remake_table(self, model: Any, *args: Any, **kwargs: Any) -> None:
        super()._remake_table(model, *args, **kwargs)  # type: ignore[misc]  # the stubs leave it out
        deleted = kwargs.get("delete_field") or (args[3] if len(args) > 3 else None)
        self.rebuild_spatial_indexes(model, without=deleted)

    def alter_db_table(self, model: Any, old_db_table: str, new_db_table: str) -> None:
        super().alter_db_table(model, old_db_table, new_db_table)
        if not old_db_table.startswith("new__"):
            self.rebuild_spatial_indexes(model, table=new_db_table)

    def rebuild_spatial_indexes(self, model: Any, *, table: str = "", without: Any = None) -> None:
        """Drop and create anew the R*Tree of each indexed geometry column of `model`, from the table's own rows."""
        table = table or model._meta.db_table
        for field in model._meta.local_fields:
            if not isinstance(field, GeometryField) or not field.spatial_index:
                continue
            if without is not None and field.name == without.name:
                continue
            self.execute(f"DROP TABLE IF EXISTS {self.quote_name(f'idx_{table}_{field.column}')}")
            with self.connection.cursor() as cursor:
                cursor.execute("SELECT CreateSpatialIndex(%s, %s)", [table, field.column])
                (made,) = cursor.fetchone()
            if made != 1:
                raise RuntimeError(f"the spatial index of {table}.{field.column} could not be rebuilt")
