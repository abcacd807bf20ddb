"""The rules of those who decide: stop and go on, ask for more or less, add, move, put away, send back; the clock."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import rule

from labeling import moving, quieting
from labeling.batches import complete_batches
from labeling.beginning import begin_due_pauses, warn_of_pauses
from labeling.expiring import expire_assignments
from labeling.lanes import close_idle_lanes
from labeling.models import Assignment
from labeling.pausing import Order, pause, prolong
from labeling.recalling import offer_returned_first, recall_chunk, shorten_chunk
from labeling.resuming import end_due_pauses, forget_ramps, resume
from labeling.reviewing import Judgement
from labeling.scopes import Scope
from labeling.windows import Weekly
from projects.archiving import archive, restore
from projects.enrolling import end_enrollment, enroll
from projects.giving import Given, give_batch
from projects.grouping import GroupChange, change_group
from projects.models import (
    BatchStatus,
    Enrollment,
    EnrollmentRole,
    Hold,
    Pause,
    PausePolicy,
    PauseScope,
    ProjectVersion,
    QuietHours,
    Task,
    Wall,
    WallMember,
)
from projects.ordering import move_batch
from projects.publishing import publish_version, terms_of
from quality import auditing
from tests.factories import DOG, make_tasks
from tests.labeling.steps import REJECTED
from tests.proof.life.work import Work, people
from tests.proof.life.world import SHARE
from workers.models import Worker, WorkerLanguage, WorkerSkill

projects = st.integers(0, 2)
MOST_TASKS = 25


class Stops(Work):
    @rule(minutes=st.sampled_from([2, 5, 31, 26 * 60]))
    def time_passes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    @rule()
    def leases_end(self) -> None:
        expire_assignments(at=self.now())
        assert not Assignment.objects.filter(status__in=["active", "reserved"], lease_expires_at__lte=self.at).exists()

    @rule()
    def what_beat_does(self) -> None:
        quieting.write_ahead(at=self.now())
        warn_of_pauses(at=self.at)
        begin_due_pauses(at=self.at)
        end_due_pauses(at=self.at)
        forget_ramps(at=self.at)
        complete_batches(at=self.at)
        close_idle_lanes()

    @rule(
        scope=st.sampled_from(PauseScope.values),
        policy=st.sampled_from(PausePolicy.values),
        number=projects,
        reviews=st.booleans(),
        has_end=st.booleans(),
        later=st.sampled_from([None, None, "at a time", "drained"]),
    )
    def pauses(self, scope: str, policy: str, number: int, reviews: bool, has_end: bool, later: str | None) -> None:
        if Pause.objects.filter(ended_at=None, quiet_hours=None).count() >= 2:
            return
        project = self.project(number)
        batches = list(project.batches.order_by("pk"))
        subject: Any = {
            PauseScope.TYPE: project.type,
            PauseScope.SKILL: self.skill,
            PauseScope.COUNTRY: "KE",
            PauseScope.ORGANIZATION: project.organization,
            PauseScope.PROJECT: project,
            PauseScope.BATCH: batches[-1],
        }.get(PauseScope(scope))
        grace = timedelta(minutes=10) if policy == PausePolicy.GRACE else None
        at = self.now()
        order = Order(
            policy,
            "data",
            grace,
            ends_at=at + timedelta(minutes=20) if has_end else None,
            reviews_go_on=reviews,
            text_for_workers="Wait.",
            starts_at=at + timedelta(minutes=7) if later else None,
            warned=timedelta(minutes=5) if later else None,
            drains=later == "drained",
        )
        pause([Scope(scope, subject)], order, by=None, at=at)

    @rule(number=projects, policy=st.sampled_from(["finish", "save_only", "recall"]), hours=st.sampled_from([1, 20]))
    def has_quiet_hours(self, number: int, policy: str, hours: int) -> None:
        """From in three minutes, for one hour or twenty; within two months every day."""
        if QuietHours.objects.exists():
            return
        at = self.now()
        begins = (at + timedelta(minutes=3)).time()
        weekly = Weekly(ZoneInfo("UTC"), frozenset(range(7)), begins, (at + timedelta(hours=hours)).time())
        order = Order(policy, "data", text_for_workers="Quiet.")
        quieting.start([Scope.of(self.project(number))], weekly, order, by=None, at=at)

    @rule()
    def quiet_hours_end(self) -> None:
        for one in QuietHours.objects.filter(ended_at=None):
            quieting.end(one, by=None, at=self.now())

    @rule()
    def pauses_are_applied(self) -> None:
        for one in Pause.objects.all():
            if one.begun_at is None:
                continue
            if one.policy == PausePolicy.RECALL:
                recall_chunk(one, at=self.now())
            elif one.policy == PausePolicy.GRACE:
                shorten_chunk(one)

    @rule(data=st.data(), ends=st.booleans(), ramp=st.sampled_from([0, 0, 10, 45]))
    def resumes_or_prolongs(self, data: st.DataObject, ends: bool, ramp: int) -> None:
        standing = list(Pause.objects.filter(ended_at=None, quiet_hours=None).order_by("pk"))
        if not standing:
            return
        one = data.draw(st.sampled_from(standing))
        if not ends:
            prolong(one, ends_at=max(self.now(), one.starts_at) + timedelta(hours=1), by=None, at=self.at)
            return
        resume(one, ramp=timedelta(minutes=ramp), by=None, at=self.now())
        offer_returned_first(Scope.of_pause(one), at=self.at)

    @rule(number=people, everywhere=st.booleans())
    def is_held(self, number: int, everywhere: bool) -> None:
        Hold.objects.create(
            worker=self.worker(number),
            project=None if everywhere else self.reviewed,
            reason="quality",
            text="Too fast.",
            starts_at=self.now(),
            until=self.at + timedelta(minutes=20),
        )

    @rule()
    def holds_are_lifted(self) -> None:
        Hold.objects.filter(ended_at=None).update(ended_at=self.now())

    @rule(ends=st.booleans())
    def walls_come_and_go(self, ends: bool) -> None:
        """Between the first customer and the third."""
        if ends or Wall.objects.filter(ended_at=None).exists():
            Wall.objects.filter(ended_at=None).update(ended_at=self.now())
            return
        wall = Wall.objects.create(name="Wall", length=timedelta(hours=20), created_at=self.now())
        for project in (self.reviewed, self.picky):
            WallMember.objects.create(wall=wall, organization=project.organization)

    @rule(number=people, how=st.sampled_from(["granted", "for a while", "revoked"]))
    def skills_come_and_go(self, number: int, how: str) -> None:
        at = self.now()
        WorkerSkill.objects.update_or_create(
            worker=self.worker(number),
            skill=self.skill,
            defaults={
                "granted_at": at,
                "expires_at": at + timedelta(minutes=30) if how == "for a while" else None,
                "revoked_at": at if how == "revoked" else None,
            },
        )

    @rule(number=people, goes=st.booleans())
    def somebody_comes_into_the_group_or_leaves_it(self, number: int, goes: bool) -> None:
        worker, at = self.worker(number), self.now()
        if goes:
            change_group(self.group, GroupChange(remove=[worker]), by=self.staff, at=at)
        elif Enrollment.objects.active().filter(worker=worker, project=self.reviewed).exists():
            change_group(self.group, GroupChange(add=[worker]), by=self.staff, at=at)

    @rule(number=people, to=st.sampled_from(["all", "all", "group", "person", "both"]))
    def a_batch_is_given(self, number: int, to: str) -> None:
        """To the group of the first project, or to somebody on it."""
        worker = self.worker(number)
        is_on = Enrollment.objects.active().filter(worker=worker, project=self.reviewed).exists()
        people = (worker,) if to in {"person", "both"} and is_on else ()
        groups = (self.group,) if to in {"group", "both"} else ()
        give_batch(self.second, Given(groups, people), by=self.staff, at=self.now())

    @rule(number=people, country=st.sampled_from(["KE", "US", ""]), language=st.sampled_from(["sw", "en"]))
    def somebody_moves(self, number: int, country: str, language: str) -> None:
        Worker.objects.filter(pk=self.people[number]).update(country=country)
        WorkerLanguage.objects.filter(worker=self.people[number]).update(code=language)

    @rule(number=people, day_s=st.sampled_from([None, 1, 60]), week_s=st.sampled_from([None, None, 30]))
    def hours_are_limited(self, number: int, day_s: int | None, week_s: int | None) -> None:
        Worker.objects.filter(pk=self.people[number]).update(day_limit_s=day_s, week_limit_s=week_s)

    @rule(number=people, project=projects, role=st.sampled_from([None, *EnrollmentRole.values]))
    def roles_change(self, number: int, project: int, role: str | None) -> None:
        worker = self.worker(number)
        if role is not None:
            enroll(worker, self.project(project), role=role, by=self.staff, at=self.now())
        elif standing := Enrollment.objects.filter(worker=worker, project=self.projects[project]).first():
            end_enrollment(standing, by=self.staff, at=self.now())

    @rule(project=projects)
    def a_project_is_put_away_or_back(self, project: int) -> None:
        one = self.project(project)
        verb = restore if one.archived_at else archive
        verb(one, by=self.staff, at=self.now())

    @rule(data=st.data(), priority=st.sampled_from([20, 30]), count=st.integers(1, 2))
    def tasks_are_added(self, data: st.DataObject, priority: int, count: int) -> None:
        batch = data.draw(st.sampled_from(self.batches()))
        is_open = batch.project.archived_at is None and batch.status == BatchStatus.IN_PROGRESS
        if is_open and Task.objects.count() < MOST_TASKS:
            self.now()
            make_tasks(batch.project, count, batch=batch, priority=priority)

    @rule(data=st.data(), above=st.booleans())
    def a_batch_is_moved(self, data: st.DataObject, above: bool) -> None:
        batch = data.draw(st.sampled_from(self.batches()))
        of_the_same = [one for one in self.batches() if one.organization_id == batch.organization_id]
        beside = data.draw(st.sampled_from(of_the_same))
        place = {"before": beside} if above else {"after": beside}
        move_batch(batch, **place, by=None, at=self.now())

    @rule(ever=st.integers(1, 9), a_day=st.integers(1, 4))
    def caps_change(self, ever: int, a_day: int) -> None:
        """A new version; what nobody has begun moves to it."""
        project = self.project(1)
        version = project.current_version
        if project.archived_at is not None or version is None:
            return
        terms = replace(terms_of(version), total_cap_micros=ever * SHARE, day_cap_micros=a_day * SHARE)
        new: ProjectVersion = publish_version(project, terms, based_on=version.number, by=None, at=self.now())
        pending = moving.movable(project.pk, new).values_list("pk", flat=True)
        moving.move(list(pending), new, at=self.at)

    @rule(project=projects, verdict=st.sampled_from([Judgement("accepted"), Judgement("fixed", DOG), REJECTED]))
    def the_customer_audits(self, project: int, verdict: Judgement) -> None:
        one = self.project(project)
        if auditing.unaudited(one).exists():
            sample = auditing.draw(one, size=1, by=self.staff, at=self.now())
            task = auditing.take_next(sample, by=self.staff, at=self.at)
            assert task is not None
            auditing.audit(sample, task, verdict, by=self.staff, at=self.at)
