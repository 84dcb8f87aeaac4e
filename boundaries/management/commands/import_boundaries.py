"""Loads areas from a map file as a version of a boundary set: `manage.py import_boundaries wards.geojson …`."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_slug

from boundaries.areas import area_km2
from boundaries.loading import SetDeclaration, load_version
from boundaries.models import BoundarySetRole, BoundaryVersion
from boundaries.reading import ReadAreas, Wanted, read_areas
from geo311.core.problems import Problem

NEXT = {
    BoundarySetRole.JURISDICTION: "It is the service area now: reports beyond it are refused, or sent to neighbours.",
    BoundarySetRole.DISTRICT: "New reports get their district from it.",
    BoundarySetRole.WARD: "New reports get their ward from it.",
    BoundarySetRole.TERRITORY: "Choose it as the territory set of a department, and give its areas to crews (/admin/).",
    BoundarySetRole.REFERENCE: "It can be looked up and drawn; it does not place reports.",
}


class Command(BaseCommand):
    help = "Load the areas of a map file (any format and reference system that GDAL knows) as a boundary set."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="GeoJSON, GeoPackage, zipped shapefile, FlatGeobuf, KML, …")
        parser.add_argument("--slug", required=True, help="the set's name in addresses, such as wards")
        parser.add_argument("--role", required=True, choices=BoundarySetRole.values)
        parser.add_argument("--code-field", required=True, help="the field that tells areas apart")
        parser.add_argument("--name-field", default="", help="the field with the name (the code where it is not given)")
        parser.add_argument("--name-format", default="{name}", help="for names, such as 'Ward {code}'")
        parser.add_argument("--name", help="the set's name for people (made from the slug)")
        parser.add_argument("--authority", default="", help="who decides where the edges run")
        parser.add_argument("--licence", default="")
        parser.add_argument("--label", help="the version's name, such as 2023 (the file's name)")
        parser.add_argument("--source-url", default="", help="where the file came from")
        parser.add_argument("--valid-from", type=_day, help="first day in force, such as 2023-05-15")
        parser.add_argument("--crs", default="", help="the reference system, such as EPSG:3435, where the file errs")
        parser.add_argument("--layer", default="", help="which layer, where the file has several")
        parser.add_argument("--dissolve", action="store_true", help="join the areas that share a code")
        parser.add_argument("--tolerance-m", type=float, default=50.0, help="how far gaps and the shore are snapped")
        parser.add_argument("--neighbour", action="store_true", help="a reference set of the authorities around")
        parser.add_argument("--replace", action="store_true", help="remove a version that starts on the same day")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_slug(options["slug"])
            self._load(options)
        except ValidationError as error:
            raise CommandError(f"--slug {options['slug']}: use letters, digits, hyphens and underscores.") from error
        except Problem as problem:
            raise CommandError(problem.detail or str(problem.title)) from problem

    def _load(self, options: dict[str, Any]) -> None:
        names = ("code_field", "name_field", "name_format", "layer", "crs", "dissolve")
        read = read_areas(options["file"], Wanted(**{name: options[name] for name in names}))
        before = set(BoundaryVersion.objects.filter(boundary_set__slug=options["slug"]).values_list("pk", flat=True))
        version = load_version(
            boundary_set=_declaration(options),
            rows=read.rows,
            label=options["label"] or options["file"].stem,
            valid_from=options["valid_from"],
            source_url=options["source_url"],
            replace=options["replace"],
        )
        self._tell(version, read, is_new=version.pk not in before)

    def _tell(self, version: BoundaryVersion, read: ReadAreas, *, is_new: bool) -> None:
        boundary_set = version.boundary_set
        area = area_km2(row.geometry for row in read.rows)
        self.stdout.write(f"{boundary_set.name}: {len(read.rows)} areas, {area:,.1f} km² (read as {read.crs}).")
        if read.features != len(read.rows) + read.without_polygon:
            self.stdout.write(f"Joined from {read.features} features.")
        if read.repaired:
            self.stdout.write(self.style.WARNING(f"Repaired {read.repaired} invalid shapes."))
        if read.without_polygon:
            self.stdout.write(self.style.WARNING(f"Left out {read.without_polygon} features without a polygon."))
        if not is_new:
            self.stdout.write(f"Version {version.label} holds this map already; nothing was added.")
            return
        start = "from ever" if version.valid_from == date.min else f"from {version.valid_from}"
        end = f" until {version.valid_to}" if version.valid_to else ""
        self.stdout.write(self.style.SUCCESS(f"Stored as version {version.label}, in force {start}{end}."))
        self.stdout.write(NEXT[BoundarySetRole(boundary_set.role)])


def _declaration(options: dict[str, Any]) -> SetDeclaration:
    return SetDeclaration(
        slug=options["slug"],
        name=options["name"] or options["slug"].replace("-", " ").replace("_", " ").capitalize(),
        role=options["role"],
        authority=options["authority"],
        licence=options["licence"],
        tolerance_m=options["tolerance_m"],
        is_neighbour=options["neighbour"],
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no day; write it as 2023-05-15") from error
