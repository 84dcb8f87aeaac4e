"""Layer: one declaration, many faces; and the register of all layers.

A Layer says which rows leave, by which names, with which geometry (SRID 4326, degrees, lon before lat). Tiles,
TileJSON, OGC items and every export are made from it, so that they agree feature for feature.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from geo311.core.problems import NotFound


@dataclass(frozen=True)
class Layer:
    """What leaves as vectors under one name.

    `properties` maps the public name to the ORM path, an annotation of `rows` included. `rows(user, parameters)` gives
    what `user` may see of what `parameters` ask for; it raises Invalid that names a wrong parameter. `parameters` are
    the names that it reads.
    """

    name: str
    title: Any
    description: Any
    geometry: str
    geometry_type: str
    id: str
    properties: Mapping[str, str]
    rows: Callable[[Any, QueryDict], QuerySet[Any]]


Factory = Callable[[], Iterable[Layer]]
_layers: dict[str, Layer] = {}
_factories: list[Factory] = []


def register(layer: Layer) -> Layer:
    """Add a layer, or put it in the place of one with the same name."""
    _layers[layer.name] = layer
    return layer


def register_factory(factory: Factory) -> Factory:
    """Add a function that gives further layers at the time of asking, such as one for each set in the database."""
    if factory not in _factories:
        _factories.append(factory)
    return factory


def all_layers() -> dict[str, Layer]:
    """Every layer by name; a declared one stands before one that a factory gives under the same name."""
    made = {layer.name: layer for factory in _factories for layer in factory()}
    return {**_layers, **{name: layer for name, layer in made.items() if name not in _layers}}


def get_layer(name: str) -> Layer:
    """The layer of a name. Raises NotFound that lists the names there are."""
    layer = _layers.get(name) or all_layers().get(name)
    if layer is None:
        names = ", ".join(sorted(all_layers()))
        raise NotFound(_("There is no layer “{name}”. There are: {names}.").format(name=name[:60], names=names))
    return layer
