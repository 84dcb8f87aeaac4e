"""The place at the service's precision gets a column; stored reports get theirs."""

import django.contrib.gis.db.models.fields
from django.contrib.gis.geos import Point
from django.db import migrations

from geo311.core.addresses import place_at_precision
from geo311.core.coordinates import LonLat

BATCH = 1_000


def fill(apps, schema_editor):
    ServiceRequest = apps.get_model("service_requests", "ServiceRequest")
    rows = ServiceRequest.objects.filter(location__isnull=False).select_related("service").order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last).only("location", "service__address_precision")[:BATCH]):
        for row in batch:
            public = place_at_precision(LonLat(row.location.x, row.location.y), row.service.address_precision)
            row.public_location = Point(public.lon, public.lat, srid=4326) if public else None
        ServiceRequest.objects.bulk_update(batch, ["public_location"], batch_size=100)
        last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [("service_requests", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="servicerequest",
            name="public_location",
            field=django.contrib.gis.db.models.fields.PointField(
                blank=True,
                help_text="The place at the service's precision: all that public faces know.",
                null=True,
                srid=4326,
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
