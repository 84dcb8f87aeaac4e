"""Addresses of the desk, the crews and the planners."""

from django.urls import path

from geo311.console import crew_views, desk_report_views, desk_views, planner_views, request_views

REPORT = "desk/requests/<str:service_request_id>/"

urlpatterns = [
    path("desk/", desk_views.desk, name="desk"),
    path("desk/report/", desk_report_views.desk_report, name="desk_report"),
    path("desk/unassigned/", desk_views.unassigned, name="unassigned"),
    path(REPORT, request_views.staff_request, name="staff_request"),
    path(f"{REPORT}contact/", request_views.contact, name="staff_contact"),
    path(f"{REPORT}step/<slug:target>/", request_views.step, name="staff_step"),
    path(f"{REPORT}crew/", request_views.assign, name="staff_assign"),
    path(f"{REPORT}note/", request_views.note, name="staff_note"),
    path(f"{REPORT}place/", request_views.place, name="staff_place"),
    path(f"{REPORT}visibility/", request_views.visibility, name="staff_visibility"),
    path(f"{REPORT}undo/step/<slug:target>/", request_views.undo_step, name="undo_step"),
    path(f"{REPORT}undo/crew/<str:crew>/", request_views.undo_crew, name="undo_crew"),
    path(f"{REPORT}undo/support/<str:supporter_key>/", request_views.undo_support, name="undo_support"),
    path("crews/", crew_views.my_crews, name="my_crews"),
    path("crews/<slug:slug>/", crew_views.crew, name="crew"),
    path("crews/<slug:slug>/map.json", crew_views.crew_map, name="crew_map"),
    path("plan/", planner_views.planner, name="planner"),
]
