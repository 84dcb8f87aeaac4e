"""What the worker does for reports: mail to those who left an address."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django_tasks import task

from geo311.service_requests.models import Event


@task()
def send_status(event_id: int) -> str:
    """Mail the reporter what happened, in the report's language. Returns the address's fate for the task table."""
    event = (
        Event.objects.select_related("service_request__service", "service_request__reporter", "text")
        .filter(pk=event_id)
        .first()
    )
    reporter = getattr(event.service_request, "reporter", None) if event else None
    if event is None or reporter is None or not reporter.email:
        return "nobody to tell"
    row = event.service_request
    with translation.override(row.preferred_language):
        context = {"event": event, "service_request": row, "city_name": settings.CITY_NAME, "settings": settings}
        subject, _newline, body = render_to_string("mail/status.txt", context).strip().partition("\n")
    headers = {"X-Geo311-Event": str(event.pk)}
    EmailMessage(subject.strip(), body.strip() + "\n", to=[reporter.email], headers=headers).send()
    return "sent"
