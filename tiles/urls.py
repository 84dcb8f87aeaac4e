"""Addresses of what leaves as vectors."""

from django.urls import path

from tiles import views

urlpatterns = [
    path("export/<slug:layer>.<slug:extension>", views.export, name="export"),
]
