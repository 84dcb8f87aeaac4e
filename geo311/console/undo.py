"""Taking back what a member of staff just did, by actions that the workflow allows."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from geo311.accounts.models import User
from geo311.console.flow import Done
from geo311.console.forms import TO_DESK
from geo311.core.problems import NotFound
from geo311.core.workflow import TRANSITIONS, Role, Status, Transition
from geo311.crews.models import Crew
from geo311.service_requests import actions
from geo311.service_requests.models import ServiceRequest


def step_address(row: ServiceRequest, taken: Transition, role: Role) -> str:
    """Where a step is undone; empty where the table has no way back for the role."""
    way = _way_back(taken.target, taken.source, role)
    return reverse("undo_step", args=[row.service_request_id, way.target]) if way else ""


def _way_back(source: Status, target: Status, role: Role) -> Transition | None:
    """The step back; from an end, reopening is the nearest there is."""
    ways = [way for way in TRANSITIONS if way.source is source and role in way.roles and not way.needs_resolution]
    exact = next((way for way in ways if way.target is target), None)
    if exact is None and source in {Status.RESOLVED, Status.CLOSED}:
        return next((way for way in ways if way.target is Status.ASSIGNED), None)
    return exact


def status_sentence(row: ServiceRequest) -> str:
    """ "Pothole 4GT7-K2QM: In progress." """
    status = row.get_status_display()
    return _("{service} {number}: {status}.").format(service=row.service, number=row, status=status)


def undo_step(row: ServiceRequest, target: Status, user: User) -> Done:
    way = _way_back(row.status_code, target, user.workflow_role)
    note = _("The last step was a mistake; the work goes on.") if way is not None and way.needs_note else ""
    changed = actions.change_status(service_request=row, target=target, by=user, now=timezone.now(), note=note)
    return Done(_("Undone. {sentence}").format(sentence=status_sentence(changed)))


def crew_address(row: ServiceRequest, user: User) -> str:
    """Where passing on is undone: the desk may, a crew no longer has its hands on the report."""
    if not user.works_at_desk:
        return ""
    return reverse("undo_crew", args=[row.service_request_id, row.crew.slug if row.crew else TO_DESK])


def undo_crew(row: ServiceRequest, slug: str, user: User) -> Done:
    crew: Crew | None = Crew.objects.filter(slug=slug).first()
    if crew is None and slug != TO_DESK:
        raise NotFound(_("This crew is no more."))
    reason = _("Taken back: it was a mistake.")
    actions.assign(service_request=row, crew=crew, by=user, now=timezone.now(), reason=reason)
    words = _("Undone. {number} belongs to {crew} again.") if crew else _("Undone. {number} has no crew again.")
    return Done(words.format(number=row, crew=crew))


def support_address(row: ServiceRequest, supporter_key: str) -> str:
    return reverse("undo_support", args=[row.service_request_id, supporter_key])


def undo_support(row: ServiceRequest, supporter_key: str) -> Done:
    actions.withdraw_support(service_request=row, supporter_key=supporter_key, now=timezone.now())
    return Done(_("Undone. The caller no longer counts for {number}.").format(number=row))
