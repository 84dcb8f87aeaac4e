"""manage.py folium_map: the map of open issues as one file that opens without a network."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.http import QueryDict

from geo311.core.problems import Invalid
from geo311.service_requests.folium_file import standalone_map


class Command(BaseCommand):
    help = "Write the Folium map of open issues, as the public may see them, into one file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", required=True, type=Path, help="The file to write, such as open-issues.html.")
        parser.add_argument("--filter", default="", help='Filters as in an address: "status=open&ward=BK01".')
        parser.add_argument("--site", default="", help="The desk's address, for links from the map to its pages.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            page = standalone_map(QueryDict(options["filter"]), site=options["site"])
            options["out"].write_text(page, encoding="utf-8")
        except (Invalid, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{options['out']}: {len(page) / 1e6:.1f} MB")
