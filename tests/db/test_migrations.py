"""Changing a table that holds rows and geometry keeps the rows, the spatial index and the answers right."""

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from django.contrib.gis.db import models
from django.contrib.gis.geos import Point
from django.db import IntegrityError, connection
from django.db.migrations.executor import MigrationExecutor

from geo311.core.coordinates import BBox
from geo311.service_requests.models import ServiceRequest
from tests.conftest import NOON

EAST = BBox(0.5, -1, 2, 1)


class Lamp(models.Model):
    """A table of the test's own, made and changed by the schema editor as migrations do."""

    name = models.CharField(max_length=20)
    colour = models.CharField(max_length=20, default="white")
    place = models.PointField(srid=4326)

    objects: ClassVar[models.Manager["Lamp"]] = models.Manager()

    class Meta:
        app_label = "boundaries"
        managed = False


def index_ids() -> set[int]:
    """The ids in the R*Tree; on PostGIS those that the index operator finds in the whole world."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT pkid FROM idx_boundaries_lamp_place")
        else:
            cursor.execute("SELECT id FROM boundaries_lamp WHERE place && ST_MakeEnvelope(-180, -90, 180, 90, 4326)")
        return {row[0] for row in cursor.fetchall()}


def assert_index_follows_the_table() -> None:
    """After one insert and one delete the spatial index and the table hold the same ids."""
    added = Lamp.objects.create(name="late", place=Point(1.0, 0.25, srid=4326))
    Lamp.objects.filter(name="lamp 0").delete()
    ids = set(Lamp.objects.values_list("pk", flat=True))
    assert added.pk in ids
    assert index_ids() == ids
    found = {lamp.name for lamp in Lamp.objects.filter(place__in_bbox=EAST)}
    assert found == {"lamp 2", "lamp 3", "lamp 4", "late"}


@pytest.fixture
def lamps(transactional_db: None) -> Iterator[None]:
    with connection.schema_editor() as editor:
        editor.create_model(Lamp)
    for number in range(5):
        Lamp.objects.create(name=f"lamp {number}", place=Point(number * 0.4, 0.0, srid=4326))
    yield
    with connection.schema_editor() as editor:
        editor.delete_model(Lamp)


def _field(field: Any, name: str) -> Any:
    field.set_attributes_from_name(name)
    field.model = Lamp
    return field


def test_altering_a_field_keeps_the_index(lamps: None) -> None:
    with connection.schema_editor() as editor:
        editor.alter_field(
            Lamp, Lamp._meta.get_field("name"), _field(models.CharField(max_length=50, db_index=True), "name")
        )
    assert_index_follows_the_table()


def test_adding_a_field_with_a_default_keeps_the_index(lamps: None) -> None:
    with connection.schema_editor() as editor:
        editor.add_field(Lamp, _field(models.IntegerField(default=7), "height"))
        editor.remove_field(Lamp, _field(models.IntegerField(default=7), "height"))
    assert_index_follows_the_table()


def test_adding_a_constraint_keeps_the_index(lamps: None, monkeypatch: pytest.MonkeyPatch) -> None:
    constraint = models.CheckConstraint(condition=~models.Q(name=""), name="lamp_has_a_name")
    monkeypatch.setattr(Lamp._meta, "constraints", [constraint])  # as the state of a migration has it
    with connection.schema_editor() as editor:
        editor.add_constraint(Lamp, constraint)
    assert_index_follows_the_table()
    with pytest.raises(IntegrityError, match="lamp_has_a_name"):
        Lamp.objects.create(name="", place=Point(0, 0, srid=4326))


def test_renaming_a_field_keeps_the_index(lamps: None) -> None:
    old, new = Lamp._meta.get_field("colour"), _field(models.CharField(max_length=20, default="white"), "tint")
    with connection.schema_editor() as editor:
        editor.alter_field(Lamp, old, new)
        editor.alter_field(Lamp, new, old)
    assert_index_follows_the_table()


def test_removing_a_field_keeps_the_index(lamps: None) -> None:
    field = _field(models.CharField(max_length=20, null=True), "maker")
    with connection.schema_editor() as editor:
        editor.add_field(Lamp, field)
    with connection.schema_editor() as editor:
        editor.remove_field(Lamp, field)
    assert_index_follows_the_table()


def _spatial_ids(table: str, column: str) -> tuple[set[int], set[int]]:
    """(ids in the table, ids the spatial index finds)."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {table} WHERE {column} IS NOT NULL")
        stored = {row[0] for row in cursor.fetchall()}
        if connection.vendor == "sqlite":
            cursor.execute(f"SELECT pkid FROM idx_{table}_{column}")
        else:
            cursor.execute(f"SELECT id FROM {table} WHERE {column} && ST_MakeEnvelope(-180, -90, 180, 90, 4326)")
        return stored, {row[0] for row in cursor.fetchall()}


OURS = ("boundaries", "accounts", "catalog", "crews", "service_requests", "throttle")


@pytest.fixture
def at_first_migrations(transactional_db: None) -> Iterator[Any]:
    """The project's apps as their first migrations leave them; back at the head afterwards."""
    executor = MigrationExecutor(connection)
    heads = executor.loader.graph.leaf_nodes()
    executor.migrate([(app, "0001_initial") for app in OURS])
    yield MigrationExecutor(connection).loader.project_state([(app, "0001_initial") for app in OURS]).apps
    MigrationExecutor(connection).migrate(heads)


def test_a_filled_database_migrates_from_the_first_to_the_last(at_first_migrations: Any) -> None:
    def old(app: str, name: str) -> Any:
        return at_first_migrations.get_model(app, name)

    department = old("catalog", "Department").objects.create(slug="streets", name="Streets")
    group = old("catalog", "ServiceGroup").objects.create(code="streets", texts={})
    service = old("catalog", "Service").objects.create(
        service_code="pothole", department=department, group=group, geometry_kinds=["point"], texts={}
    )
    requests = old("service_requests", "ServiceRequest")
    for number in range(20):
        requests.objects.create(
            service=service,
            service_request_id=f"OLD-{number}",
            location=Point(number * 0.01, 0, srid=4326),
            requested_datetime=NOON,
            updated_datetime=NOON,
        )

    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())

    assert ServiceRequest.objects.count() == 20
    new = ServiceRequest.objects.create(
        service_id=service.pk,
        location=Point(0.5, 0),
        public_location=Point(0.5, 0),
        requested_datetime=NOON,
        updated_datetime=NOON,
    )
    ServiceRequest.objects.filter(service_request_id="OLD-0").delete()
    for column in ("location", "public_location"):
        stored, indexed = _spatial_ids("service_requests_servicerequest", column)
        assert stored == indexed
        assert len(stored) == 20
    east = ServiceRequest.objects.within(BBox(0.185, -1, 1, 1))
    assert {row.service_request_id for row in east} == {"OLD-19", new.service_request_id}
