"""The site that is measured: customers, projects with every condition on, workers, and many tasks."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Organization, User
from bench.filling import fill
from labeling.models import WorkedFor
from projects import creating
from projects.models import (
    Enrollment,
    EnrollmentState,
    Pause,
    PausePolicy,
    PauseReason,
    PauseScope,
    Project,
    RequiredSkill,
    Requirement,
    RequirementKind,
    Wall,
    WallMember,
)
from workers.models import Skill, Worker, WorkerLanguage, WorkerSkill

CATEGORIES = ["cat", "dog", "bird", "fish"]
PARAMS = {"categories": CATEGORIES, "attachment_type": "text"}
BACKEND = "accounts.backends.EmailBackend"
RATE, PRICE, CAP = 50_000, 200_000, 10**15
OTHER_PROJECTS = 5
FEATURES = {
    "customers": 3,
    "projects_per_worker": 1 + 2 * OTHER_PROJECTS,
    "skills": "one required, every worker has it",
    "languages": "one of two required",
    "countries": "one of two required",
    "hours": "a limit per day and per week for each worker; time on task is recorded",
    "walls": "one in force; behind it are five projects with open work that nobody is handed",
    "pauses": "one of a customer in force, with five projects behind it; twenty that have ended",
    "spend_cap": "per day and in all, drawn from each worker's token",
    "pay": "a ledger transfer per submission",
    "events": "two per pair, and one per finished task",
    "reviews": "none: a pair is one attempt",
}


class World:
    """Three customers and the people who work for them; `person` n is signed in by `session(n)`."""

    def __init__(self, people: int) -> None:
        self.at = timezone.now()
        self.measured, self.competitor, self.paused = (
            Organization.objects.create(slug=slug, name=slug.title()) for slug in ("ahorn", "birke", "buche")
        )
        self.skill = Skill.objects.create(name="Reading", created_at=self.at)
        self.workers = [self.make_worker(number) for number in range(people)]
        self.others = [
            self.make_project(customer, f"{customer.slug} {number}")
            for customer in (self.competitor, self.paused)
            for number in range(OTHER_PROJECTS)
        ]
        for project in self.others:
            fill(project, 20)
            self.enroll(project)
        self.make_wall()
        self.make_pauses()

    def make_worker(self, number: int) -> Worker:
        user = User.objects.create(email=f"person{number}@example.org", name=f"Person {number}", password="!")  # noqa: S106 (nobody signs in by it)
        hours = {"day_limit_s": 24 * 3600, "week_limit_s": 7 * 24 * 3600}
        worker = Worker.objects.create(user=user, pseudonym=f"W{number:04d}", country="de", **hours)
        WorkerLanguage.objects.create(worker=worker, code="en")
        WorkerSkill.objects.create(worker=worker, skill=self.skill, granted_at=self.at)
        WorkedFor.objects.create(worker=worker, organization=self.measured, last_at=self.at)
        return worker

    def make_project(self, customer: Organization, name: str, *, places: int = 1) -> Project:
        terms = creating.Terms(
            params=PARAMS,
            pipeline=[{"kind": "attempt", "places": places}],
            rate_micros=RATE,
            price_micros=PRICE,
            day_cap_micros=CAP,
            total_cap_micros=CAP,
        )
        project = creating.create_project(customer, name=name, type="categorization", terms=terms, by=None, at=self.at)
        RequiredSkill.objects.create(project=project, skill=self.skill)
        for kind, codes in ((RequirementKind.LANGUAGE, ("de", "en")), (RequirementKind.COUNTRY, ("at", "de"))):
            for code in codes:
                Requirement.objects.create(project=project, kind=kind, code=code)
        return project

    def enroll(self, project: Project) -> None:
        Enrollment.objects.bulk_create(
            Enrollment(worker=worker, project=project, created_at=self.at) for worker in self.workers
        )

    def enroll_only(self, project: Project) -> None:
        """Of the measured customer's projects everybody works on this one."""
        own = Enrollment.objects.filter(project__organization=self.measured)
        own.update(state=EnrollmentState.ENDED)
        if not own.filter(project=project).update(state=EnrollmentState.ACTIVE):
            self.enroll(project)

    def make_wall(self) -> None:
        wall = Wall.objects.create(name="Trees", length=timedelta(days=30), created_at=self.at)
        for customer in (self.measured, self.competitor):
            WallMember.objects.create(wall=wall, organization=customer)

    def make_pauses(self) -> None:
        common = {"policy": PausePolicy.FINISH, "reason": PauseReason.DATA}
        before = self.at - timedelta(days=1)
        scope: dict[str, Any] = {"scope": PauseScope.ORGANIZATION, "organization": self.paused}
        Pause.objects.create(**common, **scope, starts_at=self.at, created_at=self.at)
        for hour in range(20):
            begin = before + timedelta(hours=hour)
            ended = begin + timedelta(minutes=30)
            Pause.objects.create(
                **common, scope=PauseScope.SITE, starts_at=begin, created_at=begin, ends_at=ended, ended_at=ended
            )
