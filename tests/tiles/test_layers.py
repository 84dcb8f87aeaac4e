"""The register of layers."""

import pytest
import shapely

from geo311.core.problems import NotFound
from tests.conftest import make_set
from tiles.layers import all_layers, get_layer

pytestmark = pytest.mark.django_db


def test_the_layers_of_the_design_are_there() -> None:
    assert set(all_layers()) >= {"requests", "district", "ward", "territory", "jurisdiction"}


def test_a_reference_set_cannot_take_the_name_of_a_declared_layer() -> None:
    make_set("requests", "reference", {"1": shapely.box(0, 0, 1, 1)})
    assert get_layer("requests").geometry_type == "Point"


def test_an_unknown_layer_is_not_found_and_the_others_are_named() -> None:
    make_set("parks", "reference", {"1": shapely.box(0, 0, 1, 1)})
    with pytest.raises(NotFound, match="parks"):
        get_layer("x")
