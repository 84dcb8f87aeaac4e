"""Writes the whole desk to one file while it serves: `manage.py backup FILE`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from geo311.core.problems import Problem
from geo311.db.backup import backup


class Command(BaseCommand):
    help = "Write database, photos and the city's settings to one file (.tar.gz), while the desk serves."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a new file, such as backups/2026-11-23.tar.gz")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            manifest = backup(path, timezone.now())
        except (Problem, OSError) as problem:
            raise CommandError(str(problem)) from problem
        for table, count in manifest.rows.items():
            if count:
                self.stdout.write(f"{count:>12,}  {table}")
        size_mb = path.stat().st_size / 2**20
        done = f"{path}: {sum(manifest.rows.values()):,} rows, {size_mb:.1f} MB, checked."
        self.stdout.write(self.style.SUCCESS(done))
        self.stdout.write("It holds people's contacts and the secret key: only you can read it; keep it so.")
