"""How the demo's departments divide New York: yards and garages as lists of its community district areas (CDTA 2020).

The city's real depots are others. These two maps only disagree as real ones do.
"""

# Streets, parks and water: each list is one yard, all of one borough and of one piece but for islands.
STREETS: dict[str, tuple[str, ...]] = {
    "South Bronx": ("BX01", "BX02", "BX03"),
    "West Bronx": ("BX04", "BX05", "BX06"),
    "Kingsbridge": ("BX07", "BX08", "BX26"),
    "Pelham Parkway": ("BX11", "BX12", "BX27"),
    "Soundview": ("BX09", "BX10", "BX28"),
    "Williamsburg": ("BK01", "BK04"),
    "Downtown Brooklyn": ("BK02", "BK06", "BK55"),
    "Bedford-Stuyvesant": ("BK03", "BK08", "BK16"),
    "Flatbush": ("BK09", "BK14", "BK17"),
    "Bay Ridge": ("BK07", "BK10", "BK12"),
    "Coney Island": ("BK11", "BK13", "BK15"),
    "East New York": ("BK05", "BK18", "BK56"),
    "Lower Manhattan": ("MN01", "MN02", "MN03"),
    "Midtown": ("MN04", "MN05", "MN06"),
    "East Harlem": ("MN08", "MN11", "MN64"),
    "Upper West Side": ("MN07", "MN09", "MN10", "MN12"),
    "Astoria": ("QN01", "QN02", "QN80"),
    "Corona": ("QN03", "QN04", "QN06", "QN81"),
    "Ridgewood": ("QN05", "QN09", "QN82"),
    "Flushing": ("QN07", "QN11"),
    "Jamaica": ("QN08", "QN12", "QN13"),
    "Rockaway": ("QN10", "QN14", "QN83", "QN84"),
    "North Shore": ("SI01",),
    "South Shore": ("SI02", "SI03", "SI95"),
}

# Sanitation: smaller garages, across the yards.
SANITATION: dict[str, tuple[str, ...]] = {
    "Mott Haven": ("BX01", "BX04"),
    "Hunts Point": ("BX02", "BX09"),
    "Tremont": ("BX03", "BX06"),
    "Fordham": ("BX05", "BX07"),
    "Riverdale": ("BX08", "BX26"),
    "Morris Park": ("BX11", "BX27"),
    "Wakefield": ("BX12",),
    "Throgs Neck": ("BX10", "BX28"),
    "Greenpoint": ("BK01", "BK03"),
    "Fort Greene": ("BK02", "BK08", "BK55"),
    "Bushwick": ("BK04", "BK16"),
    "East Flatbush": ("BK05", "BK17"),
    "Gowanus": ("BK06", "BK07"),
    "Midwood": ("BK09", "BK14"),
    "Bensonhurst": ("BK10", "BK11"),
    "Borough Park": ("BK12", "BK15"),
    "Brighton Beach": ("BK13",),
    "Canarsie": ("BK18", "BK56"),
    "Lower East Side": ("MN01", "MN03"),
    "Chelsea": ("MN02", "MN04"),
    "Midtown East": ("MN05", "MN06"),
    "Central Park West": ("MN07", "MN64"),
    "Upper East Side": ("MN08",),
    "Harlem": ("MN10", "MN11"),
    "Washington Heights": ("MN09", "MN12"),
    "Jackson Heights": ("QN01", "QN03", "QN80"),
    "Maspeth": ("QN02", "QN05"),
    "Elmhurst": ("QN04", "QN81"),
    "Forest Hills": ("QN06", "QN09", "QN82"),
    "Whitestone": ("QN07",),
    "Fresh Meadows": ("QN08", "QN11"),
    "Ozone Park": ("QN10", "QN12"),
    "Queens Village": ("QN13", "QN83"),
    "Far Rockaway": ("QN14", "QN84"),
    "Mid-Island": ("SI01", "SI02"),
    "Tottenville": ("SI03", "SI95"),
}

BOROUGHS = {"BK": "Brooklyn", "BX": "Bronx", "MN": "Manhattan", "QN": "Queens", "SI": "Staten Island"}


def borough_of(name: str) -> str:
    """The borough of a yard or garage: that of its first area."""
    return BOROUGHS[(STREETS.get(name) or SANITATION[name])[0][:2]]
