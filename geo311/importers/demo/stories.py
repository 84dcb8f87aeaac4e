"""The life of a simulated report: steps of the workflow's table, with times, notes and who took them."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from geo311.core.workflow import Resolution, Status
from geo311.importers.demo.words import words

CREW, DESK = "crew", "desk"
DAY = timedelta(days=1)
WITHOUT_TARGET = 20 * DAY
# About three in ten take longer than promised (log-normal round 0.7 of the target's time), some never end.
MEDIAN_OF_TARGET, SPREAD, STUCK = 0.7, 0.7, 0.07
OUTCOMES = {
    Resolution.FIXED: 83,
    Resolution.NO_ACTION_NEEDED: 6,
    Resolution.CANNOT_FIND: 6,
    Resolution.REFERRED: 3,
    Resolution.NOT_OURS: 2,
}
NOT_SEEN_YET = 0.3  # of what no crew does: still among the unassigned
ONLY_TALK = frozenset({"suggestion", "question"})


@dataclass(frozen=True)
class Step:
    """One event: a step of the status table (`new` set), or a note of the staff (`new` empty)."""

    at: datetime
    actor: str
    old: Status
    new: Status | None
    note: str = ""
    resolution: str = ""
    assigns: bool = False


@dataclass(frozen=True)
class Case:
    """What a life depends on. `crew`: whether it had one at once; `later`: whether the desk can find one."""

    service_code: str
    requested: datetime
    expected: datetime | None
    crew: bool
    later: bool
    confidential: bool


def life(case: Case, dice: Random, now: datetime) -> list[Step]:
    """Every step from submission (not among them) until `now`, in order of time."""
    steps = []
    for step in _whole_life(case, dice):
        if step.at > now:
            break
        steps.append(replace(step, at=step.at.replace(microsecond=0)))
    return steps


def merged(number: str, case: Case, dice: Random, now: datetime) -> list[Step]:
    """The life of a repeat that the desk finds to be one: closed as a duplicate of `number`."""
    at = case.requested + timedelta(seconds=dice.randint(2 * 3600, 72 * 3600))
    if at > now:
        return []
    note = words().note("duplicate", dice).format(number=number)
    old = Status.ASSIGNED if case.crew else Status.RECEIVED
    return [Step(at, DESK, old, Status.CLOSED, note, Resolution.DUPLICATE)]


def _whole_life(case: Case, dice: Random) -> Iterator[Step]:
    span = (case.expected - case.requested) if case.expected else WITHOUT_TARGET
    took = max(span * MEDIAN_OF_TARGET * math.exp(dice.gauss(0, SPREAD)), timedelta(minutes=25))
    is_stuck = dice.random() < STUCK
    at, status = case.requested, Status.ASSIGNED if case.crew else Status.RECEIVED
    if not case.crew and case.later and dice.random() < NOT_SEEN_YET:
        return
    if not case.crew and case.later:
        at += timedelta(hours=dice.uniform(1, 60))
        yield Step(at, DESK, Status.RECEIVED, Status.ASSIGNED, assigns=True)
        status = Status.ASSIGNED
    actor = CREW if status is Status.ASSIGNED else DESK
    done = at + took
    if actor == DESK and not case.confidential:
        # Ideas and whatever nobody does: the desk answers.
        if not is_stuck:
            yield Step(done, DESK, status, Status.CLOSED, _note(case, Resolution.REFERRED, dice), Resolution.REFERRED)
        return
    yield from _work(case, dice, _Work(actor, status, at, done, is_stuck))


@dataclass(frozen=True)
class _Work:
    actor: str
    status: Status
    start: datetime
    done: datetime
    is_stuck: bool


def _work(case: Case, dice: Random, work: _Work) -> Iterator[Step]:
    took, status = work.done - work.start, work.status
    begins = work.start + took * dice.uniform(0.3, 0.9)
    if dice.random() < 0.06:
        asked = work.start + took * 0.25
        yield Step(asked, work.actor, status, Status.NEEDS_INFORMATION, words().note("ask_more", dice))
        status = Status.NEEDS_INFORMATION
        if dice.random() < 0.4:
            gave_up = asked + 14 * DAY
            yield Step(gave_up, DESK, status, Status.CLOSED, words().note("no_answer", dice), Resolution.CANNOT_FIND)
            return
    elif work.is_stuck and dice.random() < 0.5:
        return
    yield Step(begins, work.actor, status, Status.IN_PROGRESS)
    if work.is_stuck:
        yield Step(begins + 2 * DAY, work.actor, Status.IN_PROGRESS, None, words().note("internal", dice))
        return
    yield from _end(case, dice, work)


def _end(case: Case, dice: Random, work: _Work) -> Iterator[Step]:
    (outcome,) = dice.choices(tuple(OUTCOMES), tuple(OUTCOMES.values()))
    yield Step(work.done, work.actor, Status.IN_PROGRESS, Status.RESOLVED, _note(case, outcome, dice), outcome)
    fate = dice.random()
    if fate < 0.02 and work.actor == CREW:
        again = work.done + dice.uniform(0.5, 4) * DAY
        yield Step(again, DESK, Status.RESOLVED, Status.ASSIGNED, words().note("reopened", dice))
        fixed = again + (work.done - work.start)
        yield Step(again + (fixed - again) / 2, work.actor, Status.ASSIGNED, Status.IN_PROGRESS)
        note = _note(case, Resolution.FIXED, dice)
        yield Step(fixed, work.actor, Status.IN_PROGRESS, Status.RESOLVED, note, Resolution.FIXED)
    elif fate < 0.65:
        closed = work.done + dice.uniform(3, 10) * DAY
        yield Step(closed, DESK, Status.RESOLVED, Status.CLOSED, words().note("closed", dice), outcome)


def _note(case: Case, outcome: Resolution, dice: Random) -> str:
    if outcome is Resolution.FIXED or case.service_code in ONLY_TALK:
        return words().done(case.service_code, dice)
    return words().note(outcome, dice)
