"""Addresses of the public pages."""

from django.urls import path

from geo311.service_requests import folium_views, report_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("map/", folium_views.folium_map, name="map"),
    path("report/", report_views.where, name="report"),
    path("report/what/", report_views.what, name="report_what"),
    path("report/nearby/", report_views.nearby, name="report_nearby"),
    path("report/details/", report_views.details, name="report_details"),
    path("requests/<str:service_request_id>/", views.service_request, name="service_request"),
    path("requests/<str:service_request_id>/support/", views.support, name="support"),
    path("requests/<str:service_request_id>/support/withdraw/", views.withdraw_support, name="withdraw_support"),
    path("photos/<uuid:public_id>.jpg", views.photo, name="photo"),
]
