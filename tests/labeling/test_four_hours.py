"""Four hours of a simulated contractor at the workbench, recorded within two per cent of the truth.

The contractor knows when they work; the server sees claims, submissions and the heartbeats of the tabs. What counts as
worked is what the page tells people: time with a task in hand, of a silence no more than the idle limit.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from labeling.claiming import claim
from labeling.expiring import expire_assignments
from labeling.models import Assignment, AssignmentStatus, WorkDay
from labeling.renewing import heartbeat
from labeling.submitting import submit
from labeling.timing import IDLE_LIMIT, day_of
from tests.factories import CAT, NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import new_key
from workers.models import Worker

pytestmark = pytest.mark.django_db

# As the workbench sends them while its tab is visible (frontend/src/workbench/session/heart.ts).
BEAT_S = 8
SECOND = timedelta(seconds=1)
SESSION = timedelta(hours=4)


@dataclass
class Contractor:
    """Somebody with habits; `truth` has the stretches that they worked, in order."""

    worker: Worker
    chance: random.Random
    at: datetime
    truth: list[tuple[datetime, datetime]] = field(default_factory=list)

    @property
    def worked(self) -> timedelta:
        return sum((end - begin for begin, end in self.truth), timedelta())

    def work(self, assignment: Assignment, seconds: float) -> None:
        """With input all the time, so that each visible tab says so every few seconds; some beats get lost."""
        tabs = self.chance.choice([1, 1, 1, 1, 2])
        end = self.at + seconds * SECOND
        self.truth.append((self.at, end))
        beats = (self.at + (number * BEAT_S + 3 * tab) * SECOND for number in range(1, 120) for tab in range(tabs))
        for beat in sorted(beat for beat in beats if beat < end):
            if self.chance.random() < 0.9:
                heartbeat(assignment, active=True, at=beat)
        self.at = end

    def idle(self, assignment: Assignment, seconds: float, *, asleep: bool) -> bool:
        """Away from the task, the tab open or the laptop shut. Returns whether the lease has outlived it."""
        begin, self.at = self.at, self.at + seconds * SECOND
        if not asleep:
            for number in range(1, int(seconds // BEAT_S), 5):
                heartbeat(assignment, active=False, at=begin + number * BEAT_S * SECOND)
        expire_assignments(at=self.at)
        assignment.refresh_from_db()
        if assignment.status == AssignmentStatus.ACTIVE:
            self.truth.append((begin, min(self.at, begin + IDLE_LIMIT)))
        return assignment.status == AssignmentStatus.ACTIVE

    def one_task(self) -> None:
        assignment = claim(self.worker, at=self.at)
        assert isinstance(assignment, Assignment)
        still_there = True
        for _stretch in range(self.chance.randint(1, 3)):
            self.work(assignment, self.chance.uniform(15, 300))
            habit = self.chance.random()
            if habit < 0.15:
                still_there = self.idle(assignment, self.chance.uniform(60, 900), asleep=False)
            elif habit < 0.2:
                still_there = self.idle(assignment, self.chance.uniform(600, 4000), asleep=True)
            if not still_there:
                return
        self.work(assignment, self.chance.uniform(5, 30))
        submit(assignment, response=CAT, key=new_key(), at=self.at)

    def between_tasks(self) -> None:
        """The next one at once, or a break with nothing in hand: that is nobody's time on task."""
        has_break = self.chance.random() < 0.1
        self.at += self.chance.uniform(300, 1800) * SECOND if has_break else self.chance.uniform(0.2, 1) * SECOND


def test_four_hours_are_recorded_within_two_per_cent():
    """With breaks, silences, a laptop that sleeps, leases that end meanwhile, two tabs, and midnight in between."""
    project = make_project(lease_s=1800)
    make_tasks(project, 150)
    worker = make_worker(project)
    worker.user.time_zone = "Asia/Kathmandu"
    worker.user.save()
    contractor = Contractor(worker, random.Random(4), NOON + timedelta(hours=4.5))
    while contractor.worked < SESSION:
        contractor.one_task()
        contractor.between_tasks()

    truth = truth_by_day(contractor)
    days = WorkDay.objects.filter(worker=worker).values_list("day", "worked_ms")
    recorded = {day: timedelta(milliseconds=ms) for day, ms in days}
    assert recorded.keys() == truth.keys()
    said, seen = sum(truth.values(), timedelta()), sum(recorded.values(), timedelta())
    assert abs(seen - said) <= said * 0.02, f"{seen} of {said}"


def truth_by_day(contractor: Contractor) -> dict[object, timedelta]:
    """Counted second by second, another way than the code does."""
    found: dict[object, timedelta] = {}
    for begin, end in contractor.truth:
        for number in range(round((end - begin).total_seconds())):
            day = day_of(contractor.worker, at=begin + number * SECOND)
            found[day] = found.get(day, timedelta()) + SECOND
    return found
