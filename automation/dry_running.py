"""A rule over the past: what it would have stopped, by the history and the decision that it works with."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial, reduce
from itertools import accumulate
from operator import or_
from typing import Any

from django.db.models import Count, Q, Sum

from automation.deciding import STOPS, Found, Segment, decide
from automation.evaluating import terms_of
from automation.histories import history, watched_projects
from automation.measures import MEASURES
from automation.minutes import floor
from automation.models import BudgetLevel, PauseRule, Tally, TallyMark
from automation.standing import standing_over
from labeling.models import Assignment
from projects.models import Project

# Those with the most work are looked at: so many projects, and so many minutes of them together, which take a second.
# The first stops are counted out, a few projects are drawn.
MOST_PROJECTS = 50
MOST_MINUTES = 100_000
MOST_STOPS = 30
MOST_DAYS = 30


@dataclass(frozen=True)
class Stop:
    """A pause that would have been; `people` and `handed_out` of what was handed out within it."""

    project: Project
    at: datetime
    until: datetime
    found: Found
    people: int
    handed_out: int

    @property
    def length(self) -> timedelta:
        return self.until - self.at


@dataclass(frozen=True)
class Run:
    """One project over the time: what was measured, and what the rule would have done."""

    project: Project
    segments: list[Segment]
    found: list[Found]

    @property
    def stops(self) -> list[Found]:
        return [one for one in self.found if one.outcome == STOPS]

    @property
    def held_back(self) -> int:
        """How often it would have stopped but for another pause or its cool-down."""
        return len(self.found) - len(self.stops)


@dataclass(frozen=True)
class DryRun:
    """`left_out`: projects with work in that time that were not looked at: there are too many."""

    since: datetime
    until: datetime
    runs: list[Run]
    stops: list[Stop]
    all_stops: int
    held_back: int
    left_out: int


def dry_run(rule: PauseRule, *, days: int, at: datetime) -> DryRun:
    """Reads only; the rule need not be stored. The runs with the most stops come first."""
    until = TallyMark.objects.filter(pk=1).values_list("closed_until", flat=True).first() or floor(at)
    since = until - timedelta(days=days)
    projects, left_out = projects_with_work(rule, since=since, until=until)
    found = history(rule, since=since, until=until, projects=[one.pk for one in projects])
    standing = standing_over(rule, projects, since=since, until=until)
    runs = [
        Run(one, found[one.pk], decide(found[one.pk], terms_of(rule), standing=standing[one.pk]))
        for one in projects
        if one.pk in found
    ]
    runs.sort(key=lambda run: (-len(run.stops), -max((one.share or 0 for one in run.segments), default=0)))
    stops = [(run.project, one) for run in runs for one in run.stops]
    stops.sort(key=lambda pair: pair[1].at)
    return DryRun(
        since,
        until,
        runs,
        counted_out(rule, stops[:MOST_STOPS], until=until),
        len(stops),
        sum(run.held_back for run in runs),
        left_out,
    )


def projects_with_work(rule: PauseRule, *, since: datetime, until: datetime) -> tuple[list[Project], int]:
    """The watched projects with the most work, and how many more there are."""
    live = watched_projects(rule)
    rows: Any
    work: Any
    if span := MEASURES[rule.measure].span:
        name, work = "project", Count("pk")
        rows = BudgetLevel.objects.filter(span=span, project__in=live)
    else:
        name, work = "batch__project", Sum("handed_out") + Sum("reviewed")
        rows = Tally.objects.filter(batch__project__in=live)
        rows = rows if rule.batch_id is None else rows.filter(batch=rule.batch_id)
    within = rows.filter(minute__gte=since, minute__lt=until).order_by().values(name)
    sums = list(within.annotate(work=work, minutes=Count("pk")).order_by("-work", name).values_list(name, "minutes"))
    keys = [pk for pk, _minutes in sums[: fitting([minutes for _pk, minutes in sums])]]
    found = Project.objects.select_related("organization").in_bulk(keys)
    return [found[pk] for pk in keys], len(sums) - len(keys)


def fitting(minutes: Sequence[int]) -> int:
    """How many of the first projects may be looked at together; one in any case."""
    sums = list(accumulate(minutes[:MOST_PROJECTS]))
    return max(1, bisect_right(sums, MOST_MINUTES))


def counted_out(rule: PauseRule, stops: Sequence[tuple[Project, Found]], *, until: datetime) -> list[Stop]:
    """Two queries, whatever number of stops."""
    spans = [(project, found, min(found.until or until, until)) for project, found in stops]
    if not spans:
        return []
    own = Q() if rule.batch_id is None else Q(batch=rule.batch_id)
    within = [during("batch__project", "minute", *span) for span in spans]
    counted = sums_within(Tally.objects.filter(own), within, partial(Sum, "handed_out"))
    own = Q() if rule.batch_id is None else Q(work_item__task__batch=rule.batch_id)
    within = [during("work_item__task__project", "claimed_at", *span) for span in spans]
    people = sums_within(Assignment.objects.filter(own), within, partial(Count, "worker", distinct=True))
    return [
        Stop(project, found.at, found.until or end, found, people[number], counted[number])
        for number, (project, found, end) in enumerate(spans)
    ]


def during(project: str, moment: str, own: Project, found: Found, end: datetime) -> Q:
    return Q(**{project: own.pk, f"{moment}__gte": found.at, f"{moment}__lt": end})


def sums_within(rows: Any, conditions: Sequence[Q], sum_of: Callable[..., Any]) -> list[int]:
    """The sum or count over the rows of each condition."""
    either = reduce(or_, conditions)
    found = rows.filter(either).aggregate(**{f"n{n}": sum_of(filter=one) for n, one in enumerate(conditions)})
    return [found[f"n{n}"] or 0 for n in range(len(conditions))]
