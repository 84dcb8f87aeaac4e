"""Puts a backup in place, while the desk serves: `manage.py restore FILE`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from geo311.core.problems import Problem
from geo311.db.backup import restore


class Command(BaseCommand):
    help = "Put a backup in place. A desk that is not empty is replaced only with --replace, and kept first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="replace a desk that is not empty")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            restored = restore(options["file"], timezone.now(), replace=options["replace"])
        except (Problem, OSError) as problem:
            raise CommandError(str(problem)) from problem
        for table, count in restored.rows.items():
            if count:
                self.stdout.write(f"{count:>12,}  {table}")
        done = f"Restored {sum(restored.rows.values()):,} rows and {restored.photos:,} photos, checked."
        self.stdout.write(self.style.SUCCESS(done))
        if restored.kept_before:
            self.stdout.write(f"What was there before is kept in {restored.kept_before}.")
        if restored.changed_settings:
            changed = " and ".join(restored.changed_settings)
            self.stdout.write(self.style.WARNING(f"{changed} changed: start the desk anew so that it reads them."))
