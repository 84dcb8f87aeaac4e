"""The sources that geo311 can read. A new one is a module beside this and a line here (docs/importing.md)."""

from geo311.importers.source import Source
from geo311.importers.sources import chicago, dc, nyc

SOURCES: dict[str, Source] = {source.slug: source for source in (chicago.SOURCE, dc.SOURCE, nyc.SOURCE)}
