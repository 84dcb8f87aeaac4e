"""Starts an empty desk for a city of your own: `manage.py start_city` asks, or takes every answer as an option."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from geo311.core.problems import Invalid, Problem
from geo311.importers.city_plan import CHECKS, STARTING_POINT, CityPlan
from geo311.importers.migrated import migrate_where_needed
from geo311.importers.start_city import StartedCity, city_there, start_city

# Option, question, and what an empty answer means (None: it must be answered).
QUESTIONS: tuple[tuple[str, Any, str | None], ...] = (
    ("name", lazy("What is your city called?"), None),
    ("time_zone", lazy("Its time zone, such as America/Chicago?"), None),
    ("languages", lazy("Its languages, the first one first, such as en,es?"), "en"),
    ("emergency_number", lazy("The number for emergencies?"), "911"),
    ("social_number", lazy("The number for social services?"), "211"),
    ("phone_number", lazy("The number of the desk itself?"), "311"),
    ("mail", lazy("Your mail server, smtp://user:password@host:587? (Empty: mail is printed, not sent.)"), ""),
    ("catalogue", lazy("A file of services to start from, or none?"), STARTING_POINT),
    ("admin", lazy("The administrator's name to sign in with?"), "admin"),
    ("admin_email", lazy("The administrator's e-mail address? (Empty: none.)"), ""),
)
FILES_QUESTION = lazy(
    "Map files of your areas, one a line as role=FILE:code_field:name_field (roles: jurisdiction, district, ward, "
    "territory, reference); an empty line ends. You can also load them later, with import_boundaries."
)
# Where nobody is asked, no services are chosen for a city either.
DEFAULTS = {option: default for option, _question, default in QUESTIONS} | {"catalogue": "none", "admin_password": ""}


class Command(BaseCommand):
    help = "Set up an empty desk for your own city. Asks for what the options do not say."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", help="the city's name")
        parser.add_argument("--time-zone", help="such as America/Chicago")
        parser.add_argument("--languages", help="codes, the first one first, such as en,es (en)")
        parser.add_argument(
            "--boundaries",
            action="append",
            metavar="ROLE=FILE:CODE_FIELD:NAME_FIELD",
            help="areas to load, such as ward=wards.geojson:ward:name; give it once for each file",
        )
        parser.add_argument("--emergency-number", help="911 where it is not given")
        parser.add_argument("--social-number", help="211 where it is not given")
        parser.add_argument("--phone-number", help="the desk's own; 311 where it is not given")
        parser.add_argument("--mail", help="smtp://user:password@host:587; without it mail is printed, not sent")
        parser.add_argument("--admin", metavar="NAME", help="the administrator's name to sign in with (admin)")
        parser.add_argument("--admin-email", help="the administrator's e-mail address")
        parser.add_argument("--admin-password", help="made up and told once where it is not given")
        parser.add_argument("--catalogue", help=f"services to start from: none, or a file such as {STARTING_POINT}")
        parser.add_argument("--no-input", action="store_true", help="ask nothing")
        parser.add_argument(
            "--force", action="store_true", help="go on where there is a city: removes the demo, keeps yours"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        migrate_where_needed()
        if (there := city_there()) and not options["force"]:
            detail = _(
                "This desk is that of {name} already. Add --force to go on: it removes the demo, and keeps a city."
            )
            raise CommandError(detail.format(name=there))
        asks = sys.stdin.isatty() and not options["no_input"]
        plan = CityPlan(**self._answers(options, asks=asks))
        try:
            started = start_city(plan=plan, force=options["force"], say=self.stdout.write)
        except Problem as problem:
            raise CommandError("\n".join(_sentences(problem))) from problem
        self._tell(plan, started)

    def _answers(self, options: dict[str, Any], *, asks: bool) -> dict[str, Any]:
        """Every answer, checked: those given as options all at once, those asked for until they are right."""
        wrong: list[str] = []
        answers: dict[str, Any] = {}
        for option in CHECKS:
            if options.get(option) is not None:
                try:
                    answers[option] = CHECKS[option](options[option])
                except Invalid as problem:
                    wrong += _sentences(problem)
            elif not asks and DEFAULTS.get(option, "") is None:
                wrong.append(_("--{option}: is needed.").format(option=_dashed(option)))
        if wrong:
            raise CommandError("\n".join(wrong))
        for option in CHECKS:
            if option not in answers:
                answers[option] = self._ask(option) if asks else CHECKS[option](_default(option))
        return answers

    def _ask(self, option: str) -> Any:
        while True:
            try:
                return CHECKS[option](self._asked(option))
            except Invalid as problem:
                self.stderr.write(self.style.ERROR(problem.detail))

    def _asked(self, option: str) -> Any:
        if option == "boundaries":
            self.stdout.write(str(FILES_QUESTION))
            return list(iter(lambda: input("  ").strip(), ""))
        if option == "admin_password":
            return getpass.getpass(_("The administrator's password? (Empty: we make one up.)") + " ")
        question, default = next((question, default) for name, question, default in QUESTIONS if name == option)
        suffix = f" [{default}]" if default else ""
        return input(f"{question}{suffix} ").strip() or default or ""

    def _tell(self, plan: CityPlan, started: StartedCity) -> None:
        for notice in started.notices:
            self.stderr.write(self.style.WARNING(notice))
        self.stdout.write(self.style.SUCCESS(_("The desk of {name} is set up.").format(name=plan.name)))
        self.stdout.write(_("Sign in as {name} at /sign-in/ and /admin/.").format(name=started.admin))
        if started.made_up_password:
            detail = _("The password is {password} (told here once).")
            self.stdout.write(detail.format(password=started.made_up_password))
        self.stdout.write(
            _("What you said is kept in {file}; start the desk anew to use it.").format(file=settings.CITY_FILE)
        )
        self.stdout.write(
            _("Next, in /admin/: crews with their services and territories. Until then reports wait unassigned.")
        )


def _default(option: str) -> Any:
    return [] if option == "boundaries" else DEFAULTS.get(option) or ""


def _dashed(option: str) -> str:
    return option.replace("_", "-")


def _sentences(problem: Problem) -> list[str]:
    named = [error for error in problem.errors if error.field in CHECKS]
    if not named:
        return [problem.detail or str(problem.title)]
    return [f"--{_dashed(error.field)}: {error.detail}" for error in named]
