"""What a measure was over time, by project: one query over the closed minutes, whatever number of projects."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, chain, pairwise
from typing import Any

from django.db.models import Case, DateTimeField, F, Q, QuerySet, Sum, Value, When

from automation.deciding import Segment
from automation.levels import REPEATED
from automation.measures import MEASURES
from automation.minutes import MINUTE
from automation.models import BudgetLevel, PauseRule, Tally, Watched
from projects.models import Batch, Project

# What is usual for a project is its share over so long before the window.
USUAL = timedelta(days=7)
# minute, part, whole: in the order of the minutes.
Rows = Sequence[tuple[datetime, int, int]]
History = dict[int, list[Segment]]


def history(rule: PauseRule, *, since: datetime, until: datetime, projects: Iterable[int] | None = None) -> History:
    """By project: its measure at every full minute from `since` until before `until`, in segments without a change.

    A project of which nothing was counted is not there. `projects`: only of these.
    """
    measure = MEASURES[rule.measure]
    if measure.is_level:
        rows = level_rows(rule, measure.span, since=since, until=until, projects=projects)
        return {pk: level_segments(own, since=since, until=until) for pk, own in rows.items()}
    usual = USUAL if rule.times_usual else timedelta()
    spans = Spans(rule.window, usual)
    counted = tally_rows(rule, spans, since=since, until=until, projects=projects)
    return {pk: segments(own, spans, since=since, until=until) for pk, own in counted.items()}


@dataclass(frozen=True)
class Spans:
    """At a full minute t the window is [t − window, t), and what is usual is over [t − window − usual, t − window)."""

    window: timedelta
    usual: timedelta


def watched_projects(rule: PauseRule) -> QuerySet[Project]:
    """The live projects that the rule looks at."""
    live = Project.objects.live()
    match rule.watches:
        case Watched.SITE:
            return live
        case Watched.ORGANIZATION:
            return live.filter(organization=rule.organization)
        case Watched.PROJECT:
            return live.filter(pk__in=[rule.project_id])
    return live.filter(batches__in=[rule.batch_id])


def tally_rows(
    rule: PauseRule, spans: Spans, *, since: datetime, until: datetime, projects: Iterable[int] | None
) -> dict[int, Rows]:
    """Of one minute alone the sums of its two spans are made by the database: no more rows than two a project."""
    measure = MEASURES[rule.measure]
    batches = Batch.objects.filter(project__in=watched_projects(rule) if projects is None else list(projects))
    if rule.batch_id is not None:
        batches = batches.filter(pk=rule.batch_id)
    begin = since - spans.window - spans.usual
    tallies = Tally.objects.filter(batch__in=batches, minute__gte=begin, minute__lt=until)
    at: Any = F("minute")
    if until - since <= MINUTE:
        within = When(minute__gte=since - spans.window, then=Value(since - spans.window, output_field=DateTimeField()))
        at = Case(within, default=Value(begin, output_field=DateTimeField()), output_field=DateTimeField())
        tallies = tallies.filter(minute__lt=since)
    summed = tallies.order_by().annotate(at=at).values("batch__project", "at")
    sums = summed.annotate(a=Sum(measure.part), b=Sum(measure.whole)).order_by("batch__project", "at")
    found: dict[int, list[tuple[datetime, int, int]]] = defaultdict(list)
    for project_id, minute, part, whole in sums.values_list("batch__project", "at", "a", "b"):
        found[project_id].append((minute, part, whole))
    return dict(found)


def segments(rows: Rows, spans: Spans, *, since: datetime, until: datetime) -> list[Segment]:
    """The sums change where a minute enters the window, leaves it, or leaves what is usual."""
    parts = [0, *accumulate(part for _minute, part, _whole in rows)]
    wholes = [0, *accumulate(whole for _minute, _part, whole in rows)]
    enters = [minute + MINUTE for minute, _part, _whole in rows]
    leaves = [at + spans.window for at in enters]
    fades = [at + spans.usual for at in leaves] if spans.usual else leaves
    edges = sorted({since, until, *(at for at in chain(enters, leaves, fades) if since < at < until)})
    found, (now, start, old) = [], (0, 0, 0)
    for begin, end in pairwise(edges):
        now, start, old = passed(enters, now, begin), passed(leaves, start, begin), passed(fades, old, begin)
        usual = parts[start] - parts[old], wholes[start] - wholes[old]
        found.append(Segment(begin, end, parts[now] - parts[start], wholes[now] - wholes[start], *usual))
    return found


def passed(moments: Sequence[datetime], known: int, at: datetime) -> int:
    """How many of them have come by then, when so many had before."""
    while known < len(moments) and moments[known] <= at:
        known += 1
    return known


def level_rows(
    rule: PauseRule, span: str, *, since: datetime, until: datetime, projects: Iterable[int] | None
) -> dict[int, Rows]:
    own = Q(project__in=watched_projects(rule) if projects is None else list(projects))
    levels = BudgetLevel.objects.filter(own, span=span, minute__gte=since - REPEATED - MINUTE, minute__lt=until)
    found: dict[int, list[tuple[datetime, int, int]]] = defaultdict(list)
    rows = levels.order_by("project", "minute").values_list("project", "minute", "used_micros", "cap_micros")
    for project_id, minute, used, cap in rows:
        found[project_id].append((minute, used, cap))
    return dict(found)


def level_segments(rows: Rows, *, since: datetime, until: datetime) -> list[Segment]:
    """A level holds from the end of its minute until the next one's, and no longer than it is believed without."""
    found = []
    ends = [minute + MINUTE for minute, _used, _cap in rows[1:]] + [until]
    for (minute, used, cap), end in zip(rows, ends, strict=True):
        begin = minute + MINUTE
        first, last = max(begin, since), min(end, begin + REPEATED + MINUTE, until)
        if first < last:
            found.append(Segment(first, last, used, cap))
    return found
