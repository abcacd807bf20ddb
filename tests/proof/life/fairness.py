"""Nothing starves: after whatever has happened, every open place is taken by somebody who may and keeps asking."""

from datetime import timedelta

from labeling.claiming import Nothing, claim
from labeling.expiring import expire_assignments
from labeling.models import Assignment, StageKind, WorkItem
from labeling.resuming import resume
from labeling.reviewing import review
from labeling.submitting import submit
from projects.archiving import restore
from projects.grouping import GroupChange, change_group
from projects.models import BatchGroup, EnrollmentRole, Hold, Pause, Project, QuietHours, Wall
from tests.factories import CAT, make_worker
from tests.labeling.steps import ACCEPTED, new_key
from tests.proof.life.predicate import allowed, is_capped
from tests.proof.life.stops import Stops
from tests.proof.life.world import Reversible
from workers.models import Worker

# Two for the places of a task, and as many again who have nothing to do with it and may judge.
NEW_PEOPLE = 5
MOST_ROUNDS = 12


class Life(Stops):
    """Whatever order things happen in, at the end of each life everybody asks until nothing is left."""

    def teardown(self) -> None:
        try:
            if self.is_sound:
                with Reversible():
                    self.everything_is_taken_in_the_end()
        finally:
            super().teardown()

    def everything_is_taken_in_the_end(self) -> None:
        self.lift_everything()
        crowd = [*self.people, *(self.new_person().pk for _n in range(NEW_PEOPLE))]
        for _round in range(MOST_ROUNDS):
            if not sum([self.works_until_empty(Worker.objects.select_related("user").get(pk=pk)) for pk in crowd]):
                break
        else:
            raise AssertionError("work without end")
        items = WorkItem.objects.filter(open=True).select_related("task__version", "task__project")
        assert [item for item in items if not is_capped(item, at=self.at)] == []
        self.everything_is_in_order()

    def lift_everything(self) -> None:
        """Stops end, and what is kept for somebody is kept no longer: a year and a month have passed."""
        QuietHours.objects.update(ended_at=self.now())
        for one in Pause.objects.filter(ended_at=None):
            resume(one, by=None, at=self.now())
        Hold.objects.filter(ended_at=None).update(ended_at=self.now())
        Wall.objects.filter(ended_at=None).update(ended_at=self.now())
        BatchGroup.objects.filter(group=None).delete()
        for project in Project.objects.exclude(archived_at=None):
            restore(project, by=self.staff, at=self.now())
        self.at += timedelta(days=400)
        expire_assignments(at=self.now())

    def new_person(self) -> Worker:
        worker = make_worker(*self.projects, role=EnrollmentRole.BOTH)
        self.equip(worker)
        change_group(self.group, GroupChange(add=[worker]), by=self.staff, at=self.now())
        return worker

    def works_until_empty(self, worker: Worker) -> int:
        """How much they did; who hears that nothing is there hears the truth."""
        done = 0
        while (found := self.ask(worker, claim)) is not Nothing.EMPTY:
            assert isinstance(found, Assignment)
            if found.work_item.kind == StageKind.REVIEW:
                review(found, ACCEPTED, key=new_key(), at=self.now())
            else:
                submit(found, response=CAT, key=new_key(), at=self.now())
            done += 1
        assert allowed(worker, at=self.at) == set()
        return done
