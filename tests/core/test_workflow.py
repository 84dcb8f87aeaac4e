"""The table of steps: who may, and what closing asks for."""

import pytest

from geo311.core.problems import Conflict, Invalid, NotAllowed
from geo311.core.workflow import ENDED, OPEN, TRANSITIONS, Role, Status, check_step, steps_from


def test_every_status_can_be_left_and_reached() -> None:
    assert {step.source for step in TRANSITIONS} == set(Status) == OPEN | ENDED
    assert {step.target for step in TRANSITIONS} == set(Status)


def test_ending_needs_a_resolution_and_a_note() -> None:
    with pytest.raises(Invalid) as problem:
        check_step(Status.IN_PROGRESS, Status.RESOLVED, role=Role.CREW, note=" ", resolution="")
    assert [error.field for error in problem.value.errors] == ["note", "resolution"]
    assert all(step.needs_note and step.needs_resolution for step in TRANSITIONS if step.target in ENDED)


def test_a_step_that_is_not_in_the_table_is_a_conflict_that_says_what_is() -> None:
    with pytest.raises(Conflict, match="in_progress"):
        check_step(Status.RECEIVED, Status.RESOLVED, role=Role.CREW, note="x", resolution="fixed")


@pytest.mark.parametrize("role", [Role.RESIDENT, Role.PLANNER])
def test_residents_and_planners_take_no_step(role: Role) -> None:
    assert all(not steps_from(status, role) for status in Status)
    with pytest.raises(NotAllowed):
        check_step(Status.ASSIGNED, Status.IN_PROGRESS, role=role, note="", resolution="")


def test_a_crew_does_not_close_but_resolves() -> None:
    with pytest.raises(NotAllowed):
        check_step(Status.IN_PROGRESS, Status.CLOSED, role=Role.CREW, note="done", resolution="fixed")
    step = check_step(Status.IN_PROGRESS, Status.RESOLVED, role=Role.CREW, note="done", resolution="fixed")
    assert step.target is Status.RESOLVED


def test_reopening_takes_a_note_and_no_resolution() -> None:
    step = check_step(Status.CLOSED, Status.ASSIGNED, role=Role.OPERATOR, note="Still there", resolution="")
    assert not step.needs_resolution
    with pytest.raises(Invalid, match="ends"):
        check_step(Status.CLOSED, Status.ASSIGNED, role=Role.OPERATOR, note="Still there", resolution="fixed")
