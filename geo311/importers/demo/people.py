"""The demo's people: one of each role whose password is told once, and a foreman for every other crew."""

import os
import secrets
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.hashers import make_password

from geo311.accounts.models import User, UserRole
from geo311.catalog.models import Department
from geo311.crews.models import Crew, DepartmentMembership

PASSWORD_VARIABLE = "GEO311_DEMO_PASSWORD"  # noqa: S105  # one for all, for tests in a browser
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that reads like something else
CARLS_CREW = "streets-astoria"


@dataclass(frozen=True)
class Person:
    username: str
    first_name: str
    role: UserRole
    what: str
    department: str = ""


PEOPLE = (
    Person("rosa", "Rosa", UserRole.RESIDENT, "a resident with reports of her own"),
    Person("olga", "Olga", UserRole.OPERATOR, "operator at the desk, also answers questions", "customer-care"),
    Person(
        "sam", "Sam", UserRole.OPERATOR, "operator of social services: sees what is confidential", "social-services"
    ),
    Person("carl", "Carl", UserRole.CREW, "on the Astoria street crew"),
    Person("paul", "Paul", UserRole.PLANNER, "planner"),
    Person("ada", "Ada", UserRole.ADMINISTRATOR, "administrator, opens /admin/ too"),
)


@dataclass(frozen=True)
class Account:
    """Somebody who can sign in, and the password that is stored nowhere but in what we print."""

    person: Person
    user: User
    password: str


def new_password() -> str:
    """12 characters in threes of four, 59 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))


def make_people() -> dict[str, Account]:
    """Store one user a role, with memberships of departments; by username."""
    passwords = [os.environ.get(PASSWORD_VARIABLE) or new_password() for _person in PEOPLE]
    # Half a second each, on purpose; hashing lets other threads run.
    with ThreadPoolExecutor() as pool:
        hashes = list(pool.map(make_password, passwords))
    accounts = {}
    for person, password, digest in zip(PEOPLE, passwords, hashes, strict=True):
        is_ada = person.role is UserRole.ADMINISTRATOR
        user: User = User.objects.create(
            username=person.username,
            password=digest,
            first_name=person.first_name,
            role=person.role,
            is_staff=is_ada,
            is_superuser=is_ada,
        )
        department = Department.objects.filter(slug=person.department).first()
        if department is not None:
            DepartmentMembership.objects.create(user=user, department=department)
        accounts[person.username] = Account(person, user, password)
    return accounts


def staff_crews(crews: Iterable[Crew], carl: User) -> dict[int, User]:
    """Give each crew a member, by the crew's key: Carl his, the others a foreman who cannot sign in."""
    members, foremen = {}, []
    for crew in crews:
        members[crew.pk] = carl
        if crew.slug != CARLS_CREW:
            members[crew.pk] = foreman = User(username=crew.slug, first_name=crew.name, role=UserRole.CREW)
            foreman.set_unusable_password()
            foremen.append(foreman)
    User.objects.bulk_create(foremen)
    through = Crew.members.through
    through.objects.bulk_create(through(crew_id=crew, user_id=user.pk) for crew, user in members.items())
    return members


def account_lines(accounts: Iterable[Account]) -> list[str]:
    """One line a person: name, password, who it is."""
    return [f"  {each.person.username:<6} {each.password:<16} {each.person.what}" for each in accounts]


def keep_accounts(file: Path, accounts: Iterable[Account]) -> None:
    """Write the names and passwords to a file that this account alone can read."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as opened:
        opened.write("People of the demo city: name, password, who it is. Delete this file when you know them.\n")
        opened.writelines(f"{line}\n" for line in account_lines(accounts))
