"""The last step's form: a service's questions, what you see, a photo, and how to reach you."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from geo311.catalog.models import Datatype, Service, ServiceAttribute
from geo311.core.problems import Problem
from geo311.service_requests.submission import LIMITS, Contact, clean_text

MOST_RADIOS = 8  # a longer list is a drop-down


def question_name(code: str) -> str:
    """The name that the domain gives a question in its errors."""
    return f"attributes.{code}"


class CleanCharField(forms.CharField):
    """Text without characters that only do harm."""

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "")


class DetailsForm(forms.Form):
    """Built for one service: its questions come first, named `attributes.<code>`."""

    use_required_attribute = False

    lon = forms.CharField(required=False, widget=forms.HiddenInput)
    lat = forms.CharField(required=False, widget=forms.HiddenInput)
    service_code = forms.CharField(widget=forms.HiddenInput)
    client_request_id = forms.UUIDField(widget=forms.HiddenInput)
    address = CleanCharField(
        label=_("Address or nearest corner"),
        help_text=_("For example: 120 Main Street, or Main Street and 4th Avenue."),
        max_length=LIMITS["address"],
        required=False,
    )
    description = CleanCharField(
        label=_("What do you see?"),
        help_text=_("Say what helps to find and judge it. Leave out names and phone numbers."),
        max_length=LIMITS["description"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    photo = forms.FileField(
        label=_("Photo"),
        help_text=_("One picture. We remove the hidden data in it, such as where it was taken."),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    name = CleanCharField(
        label=_("Name"),
        max_length=LIMITS["name"],
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = CleanCharField(
        label=_("E-mail"),
        help_text=_("We write to you at each step."),
        max_length=LIMITS["email"],
        required=False,
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "email", "inputmode": "email"}),
    )
    phone = CleanCharField(
        label=_("Phone"),
        help_text=_("Only if we have a question."),
        max_length=LIMITS["phone"],
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )

    def __init__(self, *args: Any, service: Service, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.service = service
        self.attributes: list[ServiceAttribute] = list(service.attributes.all())
        for attribute in self.attributes:
            self.fields[question_name(attribute.code)] = question_field(attribute)
        if not service.takes_place:
            del self.fields["address"]

    @property
    def questions(self) -> list[dict[str, Any]]:
        """Each question's field, with what it depends on and which answers are emergencies."""
        return [
            {
                "field": self[question_name(attribute.code)],
                "depends_on": question_name(attribute.depends_on_code) if attribute.depends_on_code else "",
                "depends_key": attribute.depends_on_key,
                "emergency_keys": [value["key"] for value in attribute.values if value.get("emergency")],
            }
            for attribute in self.attributes
        ]

    @property
    def answers(self) -> dict[str, Any]:
        """The answers given, by attribute code; those left empty are left out."""
        given = {a.code: self.cleaned_data.get(question_name(a.code)) for a in self.attributes}
        return {code: value for code, value in given.items() if value not in (None, "", [])}

    @property
    def contact(self) -> Contact:
        return Contact(**{name: self.cleaned_data[name] for name in ("name", "phone", "email")})

    def add_problem(self, problem: Problem) -> None:
        """Put each wrong field's sentence beside it; what belongs to no field stands at the top."""
        left = [error for error in problem.errors if error.field not in self.fields or self[error.field].is_hidden]
        for error in problem.errors:
            if error not in left:
                self.add_error(error.field, str(error.detail))
        for error in left:
            self.add_error(None, str(error.detail))
        if not problem.errors:
            self.add_error(None, str(problem.detail or problem.title))


def question_field(attribute: ServiceAttribute) -> forms.Field:
    """The form field of a question. Whether an answer is of the right type, `check_answers` decides."""
    common: dict[str, Any] = {
        "label": attribute.text("question") or attribute.code,
        "help_text": attribute.text("description"),
        # One that depends on another answer is asked for only then: the domain knows when.
        "required": attribute.required and not attribute.depends_on_code,
        "error_messages": {"required": _("Answer this question: {q}").format(q=attribute)},
    }
    choices = [(value["key"], attribute.value_name(value["key"])) for value in attribute.values]
    if attribute.datatype == Datatype.MULTIVALUELIST:
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)
    if attribute.datatype == Datatype.SINGLEVALUELIST:
        if len(choices) <= MOST_RADIOS:
            return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
        return forms.ChoiceField(choices=[("", _("Choose one")), *choices], **common)
    widgets = {
        Datatype.TEXT: forms.Textarea(attrs={"rows": 3}),
        Datatype.NUMBER: forms.TextInput(attrs={"inputmode": "decimal"}),
        Datatype.DATETIME: forms.TextInput(attrs={"type": "datetime-local"}),
    }
    return CleanCharField(widget=widgets.get(Datatype(attribute.datatype), forms.TextInput()), **common)
