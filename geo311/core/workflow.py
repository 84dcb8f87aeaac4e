"""Status, resolution, and the one table of steps: who may take which, and what each asks for."""

from dataclasses import dataclass
from enum import StrEnum

from geo311.core.problems import Conflict, FieldError, Invalid, NotAllowed


class Role(StrEnum):
    RESIDENT = "resident"
    OPERATOR = "operator"
    CREW = "crew"
    PLANNER = "planner"
    ADMINISTRATOR = "administrator"


class Status(StrEnum):
    RECEIVED = "received"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    NEEDS_INFORMATION = "needs_information"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Resolution(StrEnum):
    """How a report ended."""

    FIXED = "fixed"
    NO_ACTION_NEEDED = "no_action_needed"
    CANNOT_FIND = "cannot_find"
    REFERRED = "referred"
    NOT_OURS = "not_ours"
    DUPLICATE = "duplicate"


OPEN = frozenset({Status.RECEIVED, Status.ASSIGNED, Status.IN_PROGRESS, Status.NEEDS_INFORMATION})
ENDED = frozenset({Status.RESOLVED, Status.CLOSED})

DESK = frozenset({Role.OPERATOR, Role.ADMINISTRATOR})
FIELD = DESK | {Role.CREW}


@dataclass(frozen=True)
class Transition:
    """One step: from, to, the roles that may take it, and whether it needs a public note and a resolution."""

    source: Status
    target: Status
    roles: frozenset[Role]
    needs_note: bool = False
    needs_resolution: bool = False


S = Status
TRANSITIONS: tuple[Transition, ...] = (
    Transition(S.RECEIVED, S.ASSIGNED, DESK),
    Transition(S.RECEIVED, S.IN_PROGRESS, FIELD),
    Transition(S.RECEIVED, S.NEEDS_INFORMATION, FIELD, needs_note=True),
    Transition(S.RECEIVED, S.CLOSED, DESK, needs_note=True, needs_resolution=True),
    Transition(S.ASSIGNED, S.RECEIVED, DESK),
    Transition(S.ASSIGNED, S.IN_PROGRESS, FIELD),
    Transition(S.ASSIGNED, S.NEEDS_INFORMATION, FIELD, needs_note=True),
    Transition(S.ASSIGNED, S.RESOLVED, FIELD, needs_note=True, needs_resolution=True),
    Transition(S.ASSIGNED, S.CLOSED, DESK, needs_note=True, needs_resolution=True),
    Transition(S.IN_PROGRESS, S.ASSIGNED, FIELD),
    Transition(S.IN_PROGRESS, S.NEEDS_INFORMATION, FIELD, needs_note=True),
    Transition(S.IN_PROGRESS, S.RESOLVED, FIELD, needs_note=True, needs_resolution=True),
    Transition(S.IN_PROGRESS, S.CLOSED, DESK, needs_note=True, needs_resolution=True),
    Transition(S.NEEDS_INFORMATION, S.ASSIGNED, FIELD),
    Transition(S.NEEDS_INFORMATION, S.IN_PROGRESS, FIELD),
    Transition(S.NEEDS_INFORMATION, S.CLOSED, DESK, needs_note=True, needs_resolution=True),
    Transition(S.RESOLVED, S.CLOSED, DESK, needs_note=True, needs_resolution=True),
    # Reopening is a step of the table, not a state.
    Transition(S.RESOLVED, S.ASSIGNED, FIELD, needs_note=True),
    Transition(S.CLOSED, S.ASSIGNED, DESK, needs_note=True),
)
_BY_STEP = {(step.source, step.target): step for step in TRANSITIONS}


def steps_from(source: Status, role: Role) -> tuple[Transition, ...]:
    """The steps that `role` may take from `source`, in the order of the table."""
    return tuple(step for step in TRANSITIONS if step.source is source and role in step.roles)


def check_step(source: Status, target: Status, *, role: Role, note: str, resolution: str) -> Transition:
    """The step of the table. Raises Conflict, NotAllowed or Invalid (naming `note` or `resolution`)."""
    step = _BY_STEP.get((source, target))
    if step is None:
        possible = ", ".join(other.target for other in TRANSITIONS if other.source is source)
        raise Conflict(f"A report that is {source} cannot become {target}. From here it can become: {possible}.")
    if role not in step.roles:
        raise NotAllowed(f"The role {role} may not change a report from {source} to {target}.")
    errors = []
    if step.needs_note and not note.strip():
        errors.append(FieldError("note", "Write a note that residents can read: what was found or done."))
    if step.needs_resolution and resolution not in set(Resolution):
        errors.append(FieldError("resolution", f"Say how it ended: {', '.join(Resolution)}."))
    if not step.needs_resolution and resolution:
        errors.append(FieldError("resolution", "Only a report that ends has a resolution."))
    if errors:
        raise Invalid(" ".join(error.detail for error in errors), errors=tuple(errors))
    return step
