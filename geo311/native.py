"""Binds the native geometry libraries of the wheels, in the one order that works.

SQLite opens ``mod_spatialite`` with RTLD_GLOBAL, and with it the system's GEOS, PROJ, TIFF and JPEG. Any wheel loaded
*afterwards* binds its own calls to those older libraries and crashes. So every wheel with native parts that share
symbols is loaded here first, before a database connection exists.
"""

import importlib.util
import os
import sys
from pathlib import Path

BEFORE_SPATIALITE = ("shapely", "pyogrio", "pyproj", "PIL._imaging", "PIL._webp", "psycopg")


def _wheel_folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ImportError(f"{package} is not installed")
    return Path(spec.origin).parent


def _bundled(package: str, pattern: str) -> str:
    """Path of a shared library that a wheel carries beside its package."""
    folder = _wheel_folder(package)
    for candidate in sorted((folder.parent / f"{package}.libs").glob(pattern)):
        return str(candidate)
    raise ImportError(f"the {package} wheel carries no {pattern}; install it from a wheel, not from source")


def bind() -> tuple[str, str]:
    """Load the wheels, let pysqlite3 stand in for sqlite3; return the paths of (GDAL, GEOS)."""
    carried = _wheel_folder("pyogrio")
    os.environ.setdefault("GDAL_DATA", str(carried / "gdal_data"))
    os.environ.setdefault("PROJ_DATA", str(carried / "proj_data"))
    for name in BEFORE_SPATIALITE:
        importlib.import_module(name)
    if "django.db.backends.sqlite3.base" not in sys.modules:
        # Many Python builds have a sqlite3 without loadable extensions; pysqlite3 always has them.
        pysqlite3 = importlib.import_module("pysqlite3")
        sys.modules["sqlite3"] = pysqlite3
        sys.modules["sqlite3.dbapi2"] = importlib.import_module("pysqlite3.dbapi2")
    return _bundled("pyogrio", "libgdal*.so*"), _bundled("shapely", "libgeos_c*.so*")
