"""DatabaseWrapper: SpatiaLite with metadata that lets tables change, and a schema editor that keeps the R*Tree."""

from django.contrib.gis.db.backends.spatialite.base import DatabaseWrapper as SpatiaLiteWrapper
from django.db.backends.sqlite3.base import DatabaseWrapper as SQLiteWrapper

from geo311.db.spatialite.schema import SchemaEditor


class DatabaseWrapper(SpatiaLiteWrapper):
    SchemaEditorClass = SchemaEditor

    def prepare_database(self) -> None:
        """Lay the spatial metadata, without the ISO tables that Django's own backend adds.

        Their triggers (`ISO_metadata_reference_row_id_value_…`) name a rowid that recent SQLite does not find, and then
        every ALTER TABLE of the database fails. Nothing here uses those tables.
        """
        SQLiteWrapper.prepare_database(self)
        with self.cursor() as cursor:
            cursor.execute("PRAGMA table_info(geometry_columns)")
            if not cursor.fetchall():
                cursor.execute("SELECT InitSpatialMetaData(1)")
