"""Loads a catalogue of services from a JSON file: `manage.py load_catalogue fixtures/catalogue.json`."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from geo311.catalog.loading import load_catalogue
from geo311.core.problems import Problem


class Command(BaseCommand):
    help = "Add the departments, services and questions of a JSON file, or bring them up to date (fixtures/README.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a catalogue, such as fixtures/catalogue.json")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            loaded = load_catalogue(read_json(file))
        except Problem as problem:
            raise CommandError(f"{file}:\n{problem.detail}") from problem
        for warning in loaded.warnings:
            self.stderr.write(self.style.WARNING(warning))
        counts = {name: getattr(loaded, name) for name in ("departments", "groups", "services", "attributes")}
        detail = _("Loaded {departments} departments, {groups} groups, {services} services, {attributes} questions.")
        self.stdout.write(detail.format(**counts))


def read_json(file: Path) -> object:
    """What a JSON file holds. Raises CommandError that says where it cannot be read."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(_("{file} cannot be read: {why}.").format(file=file, why=error)) from error
    except json.JSONDecodeError as error:
        detail = _("{file} is no JSON: line {line}, column {column}: {why}.")
        where = {"line": error.lineno, "column": error.colno, "why": error.msg}
        raise CommandError(detail.format(file=file, **where)) from error
