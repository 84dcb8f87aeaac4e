"""Fills an empty desk with the demo city: `manage.py demo [--if-empty] [--reports 5000] [--seed 311]`."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from geo311.core.problems import Problem
from geo311.importers.demo.city import why_not
from geo311.importers.demo.loading import load_demo
from geo311.importers.demo.people import account_lines
from geo311.importers.migrated import migrate_where_needed

MOST_REPORTS = 200_000


class Command(BaseCommand):
    help = "Load New York with its real areas, services, crews, a person of each role, and simulated reports."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing where the desk is not empty")
        parser.add_argument("--reports", type=_count, default=5_000, help="how many simulated reports (5000)")
        parser.add_argument("--seed", type=int, default=311, help="the same seed draws the same places (311)")

    def handle(self, *args: Any, if_empty: bool, reports: int, seed: int, **options: Any) -> None:
        migrate_where_needed()
        if reason := why_not():
            if if_empty:
                return
            raise CommandError(reason)
        self.stdout.write(_("Loading the demo city, New York. This happens once."))
        try:
            demo = load_demo(reports=reports, seed=seed, now=timezone.now(), say=self._say)
        except Problem as problem:
            raise CommandError(problem.detail or str(problem.title)) from problem
        detail = _("{n} simulated reports are in. You can sign in at /sign-in/ as:")
        self.stdout.write(detail.format(n=f"{demo.reports:,}"))
        for line in account_lines(demo.accounts):
            self.stdout.write(line)
        self.stdout.write(_("These passwords are told here once, and kept in {file}.").format(file=demo.accounts_file))

    def _say(self, what: str) -> None:
        self.stdout.write(f"  {what}")
        self.stdout.flush()


def _count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= MOST_REPORTS:
        raise ArgumentTypeError(f"{text!r} is no number from 1 to {MOST_REPORTS:,}")
    return int(text)
