"""Chicago: the files by service of 2011-2018 (potholes, sanitation, …), and the abandoned vehicles of 2016."""

from geo311.core.workflow import Resolution, Status
from geo311.importers.source import Layout, Published, Source

SERIES = Layout(
    identity=("service_request_number",),
    lon="longitude",
    lat="latitude",
    requested="creation_date",
    kind="type_of_service_request",
    status="status",
    outcome="most_recent_action",
    closed="completion_date",
    address="street_address",
    description=("nature",),
    notes="most_recent_action",
    published=(
        Published("ward", "ward"),
        Published("community-areas", "community_area"),
        Published("police-districts", "police_district"),
    ),
)
# No number, no status; X and Y lie 36 m off, lat and lon are right.
VEHICLES = Layout(
    identity=("creationdt", "address", "zipcode", "latitude", "longitude"),
    lon="longitude",
    lat="latitude",
    requested="creationdt",
    kind_is="Abandoned Vehicle Complaint",
    status_is="Open",
    address="address",
    published=(
        Published("ward", "ward"),
        Published("community-areas", "comm"),
        Published("police-districts", "policed"),
    ),
)
SOURCE = Source(
    slug="chicago",
    title="Chicago",
    time_zone="America/Chicago",
    layouts=(SERIES, VEHICLES),
    statuses={
        "open": (Status.RECEIVED, None),
        "completed": (Status.CLOSED, None),
        "open - dup": (Status.CLOSED, Resolution.DUPLICATE),
        "completed - dup": (Status.CLOSED, Resolution.DUPLICATE),
    },
    outcomes={"pothole patched": Resolution.FIXED, "no potholes found": Resolution.CANNOT_FIND},
    services={"Pothole in Street": "pothole", "Abandoned Vehicle Complaint": "abandoned-vehicle"},
)
