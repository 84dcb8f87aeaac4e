"""Imports a city's published rows as reports: `manage.py import_requests FILE --source dc`."""

import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from geo311.core.problems import Problem
from geo311.importers.actions import Summary, import_requests
from geo311.importers.agreement import Tally, by_published
from geo311.importers.sources import SOURCES


class Command(BaseCommand):
    help = "Import the rows of a published file (.csv or .csv.gz). Running it again adds only what is new."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, choices=sorted(SOURCES), help="whose rows they are")

    def handle(self, *args: Any, **options: Any) -> None:
        started, path = time.monotonic(), options["file"]
        try:
            summary = import_requests(
                path=path,
                source=SOURCES[options["source"]],
                now=timezone.now(),
                folder=settings.DATA_DIR / "imports",
                progress=self._progress,
            )
        except Problem as problem:
            raise CommandError(problem.detail or str(problem.title)) from problem
        if sys.stderr.isatty():
            self.stderr.write("")
        if summary.read == 0:
            raise CommandError(f"{path.name} has columns, but no rows.")
        self._tell(path.name, summary, time.monotonic() - started)

    def _progress(self, rows: int, share: float) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{rows:>9,} rows  {share:4.0%} ", ending="")
            self.stderr.flush()

    def _tell(self, name: str, summary: Summary, seconds: float) -> None:
        write = self.stdout.write
        write(f"{name}: {summary.read:,} rows read in {seconds:.1f} s.")
        write(self.style.SUCCESS(f"  added          {summary.added:>9,}"))
        write(f"  already there  {summary.already_there:>9,}")
        write(f"  kept aside     {sum(summary.rejected.values()):>9,}")
        for reason, count in sorted(summary.rejected.items(), key=lambda pair: -pair[1]):
            write(self.style.WARNING(f"    {count:,} × {reason}"))
        if summary.rejected_file:
            write(f"    They stand in {summary.rejected_file}: correct them and import that file.")
        if summary.services_made:
            write(f"  new kinds, as services that are not offered: {', '.join(summary.services_made)}")
        if summary.tallies:
            write("Our areas against those that the city published:")
        for tally in by_published(summary.tallies):
            write(f"  {_sentence(tally)}")
        if summary.disagreements_file:
            write(f"  Those that differ stand in {summary.disagreements_file}.")


def _sentence(tally: Tally) -> str:
    sentence = (
        f"{tally.area} ({tally.boundary_set}): {tally.agreed:,} of {tally.compared:,} agree ({tally.share:.2%}); "
        f"more than 10 m from an edge {tally.interior_agreed:,} of {tally.interior:,} ({tally.interior_share:.2%})"
    )
    return sentence + (f"; {tally.not_on_map:,} name one that the map does not have" if tally.not_on_map else "")
