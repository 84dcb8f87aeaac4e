"""New York: 311 service requests from 2010 on, as the portal's download writes them and as its API does."""

from geo311.core.workflow import Status
from geo311.importers.source import Layout, Published, Source

# Community boards are numbered within their borough ("18 BROOKLYN"); the city's areas carry the borough's digits.
BOROUGHS = {"manhattan": "1", "bronx": "2", "brooklyn": "3", "queens": "4", "staten island": "5"}


def community_district(board: str) -> str:
    number, _space, borough = board.strip().partition(" ")
    return f"{BOROUGHS.get(borough.casefold(), '')}{number}".casefold()


REQUESTS = Layout(
    identity=("unique_key",),
    lon="longitude",
    lat="latitude",
    requested="created_date",
    kind="complaint_type",
    status="status",
    closed="closed_date",
    updated="resolution_action_updated_date",
    expected="due_date",
    address="incident_address",
    description=("descriptor", "location_type"),
    notes="resolution_description",
    published=(
        Published("community-districts", "community_board", community_district),
        Published("boroughs", "borough"),
    ),
)
SOURCE = Source(
    slug="nyc",
    title="New York",
    time_zone="America/New_York",
    layouts=(REQUESTS,),
    dates=("%m/%d/%Y %I:%M:%S %p", "iso"),
    statuses={
        "open": (Status.RECEIVED, None),
        "unspecified": (Status.RECEIVED, None),
        "assigned": (Status.RECEIVED, None),
        "started": (Status.IN_PROGRESS, None),
        "in progress": (Status.IN_PROGRESS, None),
        "pending": (Status.IN_PROGRESS, None),
        "closed": (Status.CLOSED, None),
    },
    services={
        "Abandoned Vehicle": "abandoned-vehicle",
        "Blocked Driveway": "parking-violation",
        "Dead/Dying Tree": "tree-maintenance",
        "Derelict Vehicles": "abandoned-vehicle",
        "Dirty Condition": "street-cleaning",
        "Elevator": "building-maintenance",
        "Encampment": "homeless-outreach",
        "Food Establishment": "health-code",
        "Graffiti": "graffiti",
        "HEAT/HOT WATER": "no-heat",
        "Homeless Person Assistance": "homeless-outreach",
        "Illegal Dumping": "illegal-dumping",
        "Illegal Parking": "parking-violation",
        "Missed Collection": "missed-trash",
        "Noise": "noise",
        "Noise - Commercial": "noise",
        "Noise - Park": "noise",
        "Noise - Residential": "noise",
        "Noise - Street/Sidewalk": "noise",
        "Noise - Vehicle": "noise",
        "Overgrown Tree/Branches": "tree-maintenance",
        "Rodent": "rats",
        "Sewer": "sewer-backup",
        "Sidewalk Condition": "sidewalk-damage",
        "Snow or Ice": "snow-or-ice",
        "Street Light Condition": "street-light-out",
        "Traffic Signal Condition": "traffic-signal",
        "UNSANITARY CONDITION": "building-maintenance",
        "Water System": "water-leak",
    },
    confidential_kinds=frozenset({"Encampment", "Homeless Person Assistance", "Panhandling"}),
)
