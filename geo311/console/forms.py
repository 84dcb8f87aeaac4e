"""The small forms of staff: a step, a crew, a note, a place; and the words for each step."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from geo311.core.workflow import ENDED, Status, Transition
from geo311.crews.models import Crew
from geo311.service_requests.forms import CleanCharField
from geo311.service_requests.models import Resolution, ServiceRequest

TO_DESK = "~desk"  # no slug starts so
Choices = list[tuple[str, Any]]


def step_words(step: Transition) -> str:
    """What a person does when they take the step."""
    if step.source in ENDED and step.target not in ENDED:
        return _now("Reopen")
    if step.source is Status.NEEDS_INFORMATION and step.target is Status.IN_PROGRESS:
        return _now("Go on with the work")
    if step.source is Status.NEEDS_INFORMATION and step.target is Status.ASSIGNED:
        return _now("The information is here")
    words = {
        Status.RECEIVED: _now("Back to the desk"),
        Status.ASSIGNED: _now("Back to the list"),
        Status.IN_PROGRESS: _now("Start work"),
        Status.NEEDS_INFORMATION: _now("Ask for information"),
        Status.RESOLVED: _now("Resolve"),
        Status.CLOSED: _now("Close"),
    }
    return words[step.target]


class StepForm(forms.Form):
    """What a step of the workflow asks for; the domain decides whether it is enough."""

    use_required_attribute = False

    resolution = forms.ChoiceField(label=_("How did it end?"), choices=Resolution, widget=forms.RadioSelect)
    note = CleanCharField(
        label=_("Note for residents"),
        help_text=_("What was found or done. Everybody can read it on the report's page."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, step: Transition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = step.needs_note
        self.fields["note"].error_messages["required"] = _("Write a note that residents can read.")
        self.fields["resolution"].error_messages["required"] = _("Say how it ended.")
        if not step.needs_resolution:
            del self.fields["resolution"]


class AssignForm(forms.Form):
    """Which crew gets a report; passing it on needs a reason."""

    use_required_attribute = False

    crew = forms.ChoiceField()
    reason = CleanCharField(
        label=_("Why do you pass it on?"),
        help_text=_("Your colleagues read it; residents do not."),
        error_messages={"required": _("Say why you pass it on.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, row: ServiceRequest, crews: Iterable[Crew], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Choices = [("", _("Choose a crew"))]
        if row.crew_id is None:
            del self.fields["reason"]
        else:
            choices.append((TO_DESK, _("No crew: back to the desk")))
        self.fields["crew"] = forms.ChoiceField(
            label=_("Crew"),
            choices=[*choices, *crew_choices(row, crews)],
            error_messages={"required": _("Choose a crew.")},
        )


def crew_choices(row: ServiceRequest, crews: Iterable[Crew], *, other_departments: bool = True) -> Choices:
    """Crews that do the service first, then the department's others, then everybody's; not the one that has it."""
    service, groups = row.service, ([], [], [])  # type: ignore[var-annotated]
    for crew in crews:
        if crew.pk == row.crew_id:
            continue
        does_it = any(other.pk == service.pk for other in crew.services.all())
        group = 0 if does_it else 1 if crew.department_id == service.department_id else 2
        if group < 2 or (other_departments and not service.confidential):
            groups[group].append((crew.slug, crew.name if group < 2 else f"{crew.name} ({crew.department})"))
    names = (
        _now("Do this service"),
        _now("Others of {department}").format(department=service.department.name),
        _now("Other departments"),
    )
    return [(name, found) for name, found in zip(names, groups, strict=True) if found]


class NoteForm(forms.Form):
    use_required_attribute = False

    note = CleanCharField(
        label=_("Note"),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write a note first.")},
    )
    is_public = forms.BooleanField(
        label=_("Residents may read it too"),
        help_text=_("It stands on the report's page at once and cannot be taken back."),
        required=False,
    )


class PlaceForm(forms.Form):
    """A place on the map; whether it is the city's, the domain decides."""

    use_required_attribute = False

    lon = forms.CharField(
        label=_("Longitude"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Tap the map, or type the longitude.")},
    )
    lat = forms.CharField(
        label=_("Latitude"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Tap the map, or type the latitude.")},
    )
