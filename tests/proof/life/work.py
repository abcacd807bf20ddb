"""The rules of those who work: ask, keep, hand in, give back, judge; each claim is compared with the predicate."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from labeling.amending import amend
from labeling.claiming import Nothing, claim, reserve
from labeling.drafting import save_draft
from labeling.models import Assignment, AssignmentStatus, Draft, StageKind, Submission
from labeling.renewing import extend, heartbeat
from labeling.returning import release, report, skip
from labeling.reviewing import Judgement, review
from labeling.spending import KEPT
from labeling.submitting import submit
from tests.factories import CAT, DOG
from tests.labeling.steps import REJECTED, new_key
from tests.proof.life.predicate import allowed, may_be_worked_on
from tests.proof.life.world import World, refused_with
from workers.models import Worker

people = st.integers(0, 4)
responses = st.sampled_from([CAT, DOG])
VERDICTS = st.sampled_from([Judgement("accepted"), Judgement("fixed", DOG), REJECTED])
LATE = [AssignmentStatus.EXPIRED, AssignmentStatus.RECALLED, AssignmentStatus.RELEASED]
# Near a cap others keep what they were granted for a moment; a claim looks into some of many lanes.
MOST_BUSY = 40


class Work(World):
    def leased(self, worker: Worker, status: str) -> Assignment | None:
        return Assignment.objects.filter(worker=worker, status=status).select_related("work_item__task").first()

    def in_hand(self, number: int, kind: str = "") -> Assignment | None:
        mine = Assignment.objects.active().filter(worker=self.people[number])
        return (mine.filter(work_item__kind=kind) if kind else mine).first()

    def ask(self, worker: Worker, verb: Any, **wish: Any) -> Assignment | Nothing:
        """Until the answer is not “busy”."""
        for _time in range(MOST_BUSY):
            found: Assignment | Nothing = verb(worker, at=self.now(), **wish)
            if found is not Nothing.BUSY:
                return found
            self.at += KEPT
        raise AssertionError("busy for ever")

    @rule(number=people, verb=st.sampled_from([claim, claim, claim, reserve]))
    def asks(self, number: int, verb: Any) -> None:
        worker, status = self.worker(number), "reserved" if verb is reserve else "active"
        had, ahead = self.leased(worker, status), self.leased(worker, "reserved")
        spare = None if verb is reserve or ahead is None else ahead.pk
        open_before = allowed(worker, at=self.at, but=spare)
        found = self.ask(worker, verb)
        if found is Nothing.EMPTY:
            assert had is None
            assert allowed(worker, at=self.at) == set(), "nothing was found though there is something"
        elif had is not None:
            assert found == had
        else:
            assert isinstance(found, Assignment)
            assert found.status == status
            self.was_allowed(worker, found, ahead, open_before)

    def was_allowed(self, worker: Worker, found: Assignment, ahead: Assignment | None, open_before: set[int]) -> None:
        if ahead is not None and found == ahead:
            assert may_be_worked_on(worker, ahead.work_item, at=self.at)
        else:
            assert found.work_item_id in open_before

    @rule(number=people, project=st.integers(0, 2), kind=st.sampled_from([None, "attempt", "review"]))
    def asks_for_something(self, number: int, project: int, kind: str | None) -> None:
        """A wish narrows what is new; what is in hand comes first."""
        worker = self.worker(number)
        had = self.leased(worker, "active")
        found = self.ask(worker, claim, project_id=self.projects[project].pk, kind=kind)
        if isinstance(found, Assignment) and had is None:
            assert found.work_item.task.project_id == self.projects[project].pk
            assert kind in {None, found.work_item.kind}

    @rule(number=people, response=responses)
    def saves_a_draft(self, number: int, response: Any) -> None:
        if found := self.in_hand(number):
            mine = Draft.objects.filter(work_item=found.work_item, worker=found.worker).first()
            save_draft(found, revision=mine.revision if mine else 0, document=response, at=self.now())

    @rule(number=people, active=st.booleans())
    def sends_a_heartbeat(self, number: int, active: bool) -> None:
        if found := self.in_hand(number):
            heartbeat(found, active=active, at=self.now())

    @rule(number=people)
    def asks_for_more_time(self, number: int) -> None:
        if found := self.in_hand(number):
            refused_with("paused, no_extension_left", extend, found, at=self.now())

    @rule(number=people, response=responses)
    def submits(self, number: int, response: Any) -> None:
        if found := self.in_hand(number, StageKind.ATTEMPT):
            self.hand_in(found, response)

    @rule(number=people, response=responses)
    def submits_late(self, number: int, response: Any) -> None:
        mine = Assignment.objects.filter(worker=self.people[number], status__in=LATE)
        found = mine.filter(work_item__kind=StageKind.ATTEMPT).order_by("-pk").first()
        if found is not None:
            self.hand_in(found, response)

    def hand_in(self, found: Assignment, response: Any) -> None:
        key = new_key()
        if refused_with("draft_kept", submit, found, response=response, key=key, at=self.now()):
            kept = Draft.objects.get(work_item=found.work_item, worker=found.worker)
            assert kept.document == response
        else:
            self.keys[found.pk] = (key, response)

    @precondition(lambda self: self.keys)
    @rule(data=st.data())
    def submits_twice(self, data: st.DataObject) -> None:
        pk = data.draw(st.sampled_from(sorted(self.keys)))
        key, response = self.keys[pk]
        before = Submission.objects.count()
        submit(Assignment.objects.get(pk=pk), response=response, key=key, at=self.now())
        assert Submission.objects.count() == before
        assert refused_with(
            "already_submitted", submit, Assignment.objects.get(pk=pk), response=response, key=new_key(), at=self.at
        )

    @rule(number=people, how=st.sampled_from(["skip", "report", "release"]))
    def gives_back(self, number: int, how: str) -> None:
        found = self.in_hand(number)
        if found is None:
            return
        if how == "skip":
            refused_with("no_skips_left", skip, found, reason="unclear", at=self.now())
        elif how == "report":
            report(found, reason="broken", at=self.now())
        else:
            release(found, at=self.now())

    @rule(number=people)
    def gives_the_reserved_back(self, number: int) -> None:
        if found := self.leased(self.worker(number), "reserved"):
            release(found, at=self.now())

    @rule(number=people, verdict=VERDICTS, late=st.booleans())
    def judges(self, number: int, verdict: Judgement, late: bool) -> None:
        mine = Assignment.objects.filter(worker=self.people[number], work_item__kind=StageKind.REVIEW)
        found = mine.filter(status__in=LATE if late else ["active"]).order_by("-pk").first()
        if found is not None:
            refused_with("draft_kept", review, found, verdict, key=new_key(), at=self.now())

    @rule(number=people)
    def amends(self, number: int) -> None:
        mine = Submission.objects.filter(author=self.people[number], fixes=None).order_by("-pk").first()
        if mine is not None:
            refused_with("too_late", amend, mine.assignment, response=DOG, key=new_key(), at=self.now())
