"""Reads a catalogue file (fixtures/README.md says what stands in it): all that is wrong is said, with its place."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from geo311.catalog.models import AddressPrecision, Datatype, Department, Service, ServiceAttribute, ServiceGroup
from geo311.core.problems import FieldError, Invalid

M = TypeVar("M", bound=Model)
Row = dict[str, Any]
REQUIRED = object()
KINDS = frozenset({"point", "line", "area", "none"})
LISTS = frozenset({Datatype.SINGLEVALUELIST, Datatype.MULTIVALUELIST})
MOST_ERRORS = 20

# What each row may hold, and what stands for a key that is left out.
CATALOGUE: Row = {"departments": REQUIRED, "groups": REQUIRED, "services": REQUIRED}
DEPARTMENT: Row = {"slug": REQUIRED, "name": REQUIRED, "phone": "", "hours": "", "link": "", "territory_set": None}
GROUP: Row = {"code": REQUIRED, "icon": "", "position": 0, "texts": REQUIRED}
SERVICE: Row = {
    "service_code": REQUIRED,
    "department": REQUIRED,
    "group": REQUIRED,
    "icon": "",
    "position": 0,
    "target": REQUIRED,
    "target_reason": "",
    "geometry_kinds": REQUIRED,
    "duplicate_radius_m": 0,
    "duplicate_window_days": 0,
    "duplicates_share_address": False,
    "duplicate_reason": "",
    "address_precision": AddressPrecision.EXACT.value,
    "confidential": False,
    "redirect": None,
    "offered_in": None,
    "texts": REQUIRED,
    "attributes": (),
}
REDIRECT: Row = {"kind": REQUIRED, "number": "", "link": ""}
OFFERED_IN: Row = {"boundary_set": REQUIRED, "code": REQUIRED}
ATTRIBUTE: Row = {
    "code": REQUIRED,
    "datatype": REQUIRED,
    "required": False,
    "position": 0,
    "texts": REQUIRED,
    "values": (),
    "depends_on": None,
}
VALUE: Row = {"key": REQUIRED, "texts": REQUIRED, "emergency": False}
DEPENDS_ON: Row = {"code": REQUIRED, "key": REQUIRED}


@dataclass
class ServiceEntry:
    """A service as the file has it: its row, the codes it points to, its questions."""

    service: Service
    department: str
    group: str
    offered_in: tuple[str, str] | None
    attributes: list[ServiceAttribute]


@dataclass
class Catalogue:
    """A catalogue read from a file: rows not stored yet."""

    departments: list[Department] = field(default_factory=list)
    territory_sets: dict[str, str] = field(default_factory=dict)
    groups: list[ServiceGroup] = field(default_factory=list)
    services: list[ServiceEntry] = field(default_factory=list)


def read_catalogue(data: object) -> Catalogue:
    """The catalogue in `data`, as `json.load` gives it. Raises Invalid with a FieldError per mistake and its place."""
    reader = _Reader()
    catalogue = reader.catalogue(data)
    if reader.errors:
        shown = [f"{error.field}: {error.detail}" for error in reader.errors[:MOST_ERRORS]]
        if more := len(reader.errors) - len(shown):
            shown.append(_("… and {n} more.").format(n=more))
        raise Invalid("\n".join(shown), errors=tuple(reader.errors))
    return catalogue


class _Reader:
    """Walks the file and remembers what is wrong; a place reads like `services[3] (pothole).target`."""

    def __init__(self) -> None:
        self.errors: list[FieldError] = []

    def wrong(self, place: str, detail: str) -> None:
        self.errors.append(FieldError(place, detail))

    def catalogue(self, data: object) -> Catalogue:
        found = Catalogue()
        row = self.row(CATALOGUE, data, _("the file"))
        if row is None:
            return found
        for place, each in self.rows(DEPARTMENT, row["departments"], "departments", "slug"):
            if territory_set := each.pop("territory_set"):
                found.territory_sets[str(each["slug"])] = str(territory_set)
            found.departments.append(self.checked(Department(**each), place))
        for place, each in self.rows(GROUP, row["groups"], "groups", "code"):
            self.texts(each["texts"], place, ("name",))
            found.groups.append(self.checked(ServiceGroup(**each), place))
        known = {each.slug for each in found.departments}, {each.code for each in found.groups}
        for place, each in self.rows(SERVICE, row["services"], "services", "service_code"):
            found.services.append(self.service(each, place, known))
        return found

    def row(self, declared: Row, given: object, place: str) -> Row | None:
        """`given` with defaults filled in; None where it is no object or lacks something."""
        if not isinstance(given, Mapping):
            self.wrong(place, _("must be an object with {keys}.").format(keys=", ".join(declared)))
            return None
        missing = [key for key, default in declared.items() if default is REQUIRED and key not in given]
        unknown = [str(key) for key in given if key not in declared]
        if missing:
            self.wrong(place, _("lacks {keys}.").format(keys=", ".join(missing)))
        if unknown:
            detail = _("has {keys}, which we do not know; write {known}.")
            self.wrong(place, detail.format(keys=", ".join(unknown), known=", ".join(declared)))
        return None if missing or unknown else {**declared, **given}

    def rows(self, declared: Row, given: object, place: str, key: str) -> Iterator[tuple[str, Row]]:
        """Each whole row of a list with its place; a key that stands twice is wrong."""
        if not isinstance(given, list | tuple):
            self.wrong(place, _("must be a list."))
            return
        keys = Counter(str(each[key]) for each in given if isinstance(each, Mapping) and key in each)
        for code in (code for code, times in keys.items() if times > 1):
            self.wrong(place, _("{code} stands twice.").format(code=code))
        for position, each in enumerate(given):
            named = f" ({each[key]})" if isinstance(each, Mapping) and key in each else ""
            where = f"{place}[{position}]{named}"
            row = self.row(declared, each, where)
            if row is not None:
                yield where, row

    def checked(self, instance: M, place: str, *, without: tuple[str, ...] = ()) -> M:
        """The instance, after its columns' own checks: lengths, choices, addresses, numbers."""
        try:
            instance.clean_fields(exclude={*without, "texts"})
        except ValidationError as error:
            for name, sentences in error.message_dict.items():
                self.wrong(f"{place}.{name}", " ".join(sentences))
        return instance

    def texts(self, given: object, place: str, needed: tuple[str, ...]) -> None:
        """Texts per language: `{"en": {"name": "…"}}`; the needed ones stand in each language."""
        if not isinstance(given, Mapping) or not given:
            self.wrong(f"{place}.texts", _('must hold texts per language, such as {"en": {"name": "…"}}.'))
            return
        for language, texts in given.items():
            where = f"{place}.texts.{language}"
            if not isinstance(texts, Mapping) or not all(isinstance(text, str) for text in texts.values()):
                self.wrong(where, _("must be an object of texts."))
            elif missing := [name for name in needed if not texts.get(name)]:
                self.wrong(where, _("lacks {keys}.").format(keys=", ".join(missing)))

    def service(self, row: Row, place: str, known: tuple[set[str], set[str]]) -> ServiceEntry:
        department, group, questions = str(row.pop("department")), str(row.pop("group")), row.pop("attributes")
        if department not in known[0]:
            self.wrong(f"{place}.department", _("{code} is no department of the file.").format(code=department))
        if group not in known[1]:
            self.wrong(f"{place}.group", _("{code} is no group of the file.").format(code=group))
        self.texts(row["texts"], place, ("service_name",))
        offered_in = self.offered_in(row.pop("offered_in"), place)
        row.update(self.target(row.pop("target"), place))
        row.update(self.redirect(row.pop("redirect"), place))
        service = self.checked(Service(**row), place, without=("department", "group", "offered_in"))
        self.rules(service, place)
        return ServiceEntry(service, department, group, offered_in, self.attributes(questions, f"{place}.attributes"))

    def rules(self, service: Service, place: str) -> None:
        """What holds between columns; above all, nothing may tell on a confidential report."""
        kinds = service.geometry_kinds
        if not isinstance(kinds, list) or not kinds or not KINDS.issuperset(map(str, kinds)):
            self.wrong(
                f"{place}.geometry_kinds", _("must be a list of {kinds}.").format(kinds=", ".join(sorted(KINDS)))
            )
        if service.confidential and service.address_precision != AddressPrecision.NONE:
            self.wrong(f"{place}.address_precision", _("must be none, for the service is confidential."))
        if service.confidential and service.duplicate_radius_m:
            self.wrong(f"{place}.duplicate_radius_m", _("must be 0, for the service is confidential."))

    def target(self, given: object, place: str) -> Row:
        if isinstance(given, Mapping) and len(given) == 1:
            ((unit, amount),) = given.items()
            if unit in {"hours", "working_days"} and isinstance(amount, int) and amount >= 0:
                return {f"target_{unit}": amount}
        self.wrong(f"{place}.target", _('must be {"hours": 24} or {"working_days": 5}.'))
        return {}

    def redirect(self, given: object, place: str) -> Row:
        row = None if given is None else self.row(REDIRECT, given, f"{place}.redirect")
        return {} if row is None else {f"redirect_{name}": value for name, value in row.items()}

    def offered_in(self, given: object, place: str) -> tuple[str, str] | None:
        row = None if given is None else self.row(OFFERED_IN, given, f"{place}.offered_in")
        return None if row is None else (str(row["boundary_set"]), str(row["code"]))

    def attributes(self, given: object, place: str) -> list[ServiceAttribute]:
        found: list[ServiceAttribute] = []
        for where, row in self.rows(ATTRIBUTE, given, place, "code"):
            self.texts(row["texts"], where, ("question",))
            row["values"] = self.values(row["values"], row["datatype"], where)
            earlier = {each.code: {value["key"] for value in each.values} for each in found}
            depends_on = self.depends_on(row.pop("depends_on"), earlier, where)
            found.append(self.checked(ServiceAttribute(**row, **depends_on), where, without=("service",)))
        return found

    def values(self, given: object, datatype: object, place: str) -> list[Row]:
        values = []
        for where, row in self.rows(VALUE, given, f"{place}.values", "key"):
            self.texts(row["texts"], where, ("name",))
            values.append(row)
        if bool(values) != (datatype in LISTS):
            self.wrong(f"{place}.values", _("belong to a list, and a list needs some."))
        return values

    def depends_on(self, given: object, earlier: dict[str, set[str]], place: str) -> Row:
        row = None if given is None else self.row(DEPENDS_ON, given, f"{place}.depends_on")
        if row is None:
            return {}
        if row["key"] not in earlier.get(row["code"], ()):
            self.wrong(f"{place}.depends_on", _("must name an earlier question and one of its answers."))
        return {"depends_on_code": row["code"], "depends_on_key": row["key"]}
