"""How much of the spend caps is used, noted from minute to minute: elsewhere only what is used now is kept."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import Q, Sum

from automation.minutes import MINUTE
from automation.models import BudgetLevel, BudgetSpan, TallyMark
from core.actions import action
from labeling.spending import budget_day
from projects.models import BudgetToken, Project

# A level that has not changed is written again so often: nobody has to look back further for it.
REPEATED = timedelta(hours=1)
Key = tuple[int, str]


@action
def note_levels(*, closed: datetime, at: datetime) -> int:
    """Write what has changed by the end of the last closed minute; the number of levels. A second call adds nothing."""
    TallyMark.objects.select_for_update(no_key=True).get(pk=1)
    minute = closed - MINUTE
    last = last_levels(since=closed - REPEATED)
    found = []
    for key, (used, cap) in levels_now(at=at, known=last).items():
        before = last.get(key)
        if before is None or (before.minute < minute and (before.used_micros, before.cap_micros) != (used, cap)):
            project_id, span = key
            found.append(BudgetLevel(project_id=project_id, span=span, minute=minute, used_micros=used, cap_micros=cap))
    return len(BudgetLevel.objects.bulk_create(found))


def last_levels(*, since: datetime) -> dict[Key, BudgetLevel]:
    rows = BudgetLevel.objects.filter(minute__gte=since).order_by("minute")
    return {(row.project_id, row.span): row for row in rows}


def levels_now(*, at: datetime, known: dict[Key, BudgetLevel]) -> dict[Key, tuple[int, int]]:
    """Used and cap in micros; 0 and 0 of a cap that is no more."""
    caps = {key: (day, cap) for key, day, cap in caps_now(at=at)}
    projects = {project_id for project_id, _span in caps}
    days = {day for day, _cap in caps.values() if day is not None}
    tokens = BudgetToken.objects.filter(Q(day__in=days) | Q(day=None), project__in=projects)
    sums = tokens.order_by().values("project", "day").annotate(used=Sum("used_micros"))
    used = {(row["project"], row["day"]): row["used"] for row in sums}
    gone = {key: (0, 0) for key, row in known.items() if row.cap_micros and key not in caps}
    return gone | {key: (used.get((key[0], day), 0), cap) for key, (day, cap) in caps.items()}


def caps_now(*, at: datetime) -> Iterator[tuple[Key, date | None, int]]:
    """Of each live project that has one: whose, of which day (None: of all), and how much."""
    capped = Q(current_version__day_cap_micros__isnull=False) | Q(current_version__total_cap_micros__isnull=False)
    rows = Project.objects.live().filter(capped).order_by("pk")
    columns = ["pk", "organization__time_zone", "current_version__day_cap_micros", "current_version__total_cap_micros"]
    for pk, zone, of_day, of_all in rows.values_list(*columns):
        if of_day is not None:
            yield (pk, BudgetSpan.DAY), budget_day(zone, at=at), of_day
        if of_all is not None:
            yield (pk, BudgetSpan.ALL), None, of_all
