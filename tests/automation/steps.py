"""What tests of rules do first: work of a day, counted; `at` is noon unless it matters."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from automation import evaluating, levels, tallying
from automation.models import PauseRule, RuleFiring, Tally
from events.sealing import seal
from labeling.returning import report, skip
from projects.models import Project
from tests.factories import NOON, UserFactory, make_tasks, make_worker
from tests.labeling.steps import taken

MINUTE = timedelta(minutes=1)


def make_rule(subject: Any = None, **terms: Any) -> PauseRule:
    """Reports from 50 % of at least 2 within ten minutes; a pause of 30 minutes, a cool-down of 15. It acts."""
    kind = {"Organization": "organization", "Project": "project", "Batch": "batch"}.get(type(subject).__name__, "site")
    own = {kind: subject} if subject is not None else {}
    terms = {"owner": None, "measure": "reports"} | terms
    return PauseRule.objects.create(
        name="Broken data",
        threshold_percent=terms.pop("threshold_percent", 50),
        least_count=terms.pop("least_count", 2),
        window_minutes=terms.pop("window_minutes", 10),
        length_minutes=terms.pop("length_minutes", 30),
        cool_down_minutes=terms.pop("cool_down_minutes", 15),
        watches=kind,
        text_for_workers="The data is being checked.",
        owner=terms.pop("owner") or UserFactory.create(is_site_admin=True, name="Ada Mensah"),
        acts=terms.pop("acts", True),
        created_at=NOON,
        **own,
        **terms,
    )


def work(project: Project, *, reports: int = 0, skips: int = 0, others: int = 0, at: datetime = NOON) -> None:
    """So many are handed out in that minute: some reported, some skipped, the others kept."""
    make_tasks(project, reports + skips + others)
    for number in range(reports + skips + others):
        assignment = taken(make_worker(project), at=at, project=project)
        if number < reports:
            report(assignment, reason="broken", at=at)
        elif number < reports + skips:
            skip(assignment, reason="unclear", at=at)


def counted(*, at: datetime) -> datetime:
    """Seal and count what has happened; the minute up to which all is closed."""
    seal()
    closed = tallying.tally(at=at)
    assert closed is not None
    levels.note_levels(closed=closed, at=at)
    return closed


def beat(*, at: datetime) -> list[RuleFiring]:
    """What the schedule does in that minute; what has fired in it."""
    known = set(RuleFiring.objects.values_list("pk", flat=True))
    evaluating.evaluate_rules(closed=counted(at=at), at=at)
    return list(RuleFiring.objects.exclude(pk__in=known).order_by("pk"))


def tallies(project: Project, rows: Sequence[tuple[int, int, int]], *, since: datetime = NOON) -> None:
    """Minutes after `since` with what was handed out and what was reported in them; nothing else happens."""
    batch = project.batches.get(name=None)
    Tally.objects.bulk_create(
        Tally(batch=batch, minute=since + number * MINUTE, handed_out=out, reported=reported)
        for number, out, reported in rows
    )
