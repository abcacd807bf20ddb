"""The first page of a project: how far it is, what stops it, its batches."""

from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, member_required
from accounts.permissions import may
from core import formats
from labeling.pause_forms import ResumeForm
from labeling.standing import Standing, standing_of
from projects import counting, stopping, waiting
from projects.counting import Counts
from projects.models import Batch, Pause, Project
from projects.views.finding import find_project, may_change
from projects.wording import kind_name
from task_types import registry

MOST_BATCHES = 20


@dataclass(frozen=True)
class BatchRow:
    batch: Batch
    counts: Counts
    in_review: int
    pauses: list[Pause]

    @property
    def state(self) -> str:
        return stopping.batch_state(self.batch, is_paused=bool(self.pauses))


@require_safe
@member_required
def overview(request: MemberRequest, slug: str, project_id: str) -> HttpResponse:
    project = find_project(request, project_id)
    now = timezone.now()
    standing = standing_of(project)
    rows = batch_rows(project, standing, at=now)
    counts = counting.of_projects([project])[project.pk]
    context = {
        "slug": slug,
        "project": project,
        "here": "overview",
        "pauses": [
            *stopping.over_projects([project], at=now)[project.pk],
            *chain.from_iterable(row.pauses for row in rows),
        ],
        "tiles": tiles(project, counts, standing),
        "batches": rows[:MOST_BATCHES],
        "more_batches": len(rows) > MOST_BATCHES,
        "counts": counts,
        "counted_at": now,
        "waiting": waiting_note(project),
        "may_change": may_change(request),
        "resume": ResumeForm(),
        "may_resume": may(request.user, "organization.resume", request.organization),
    }
    return render(request, "labeling/project_overview.html", context)


def waiting_note(project: Project) -> dict[str, str] | None:
    """What the workbench cannot show yet, in words; None where it can show all that is there."""
    count = waiting.waiting_in(project)
    words = {"kind": kind_name(project.type), "count": formats.number(count)}
    wait = ngettext("One task waits, pending.", "%(count)s tasks wait, pending.", count) % words
    later = _("What it cannot show is checked and kept, and is put on offer as soon as it can.")
    if not registry.is_shown(project.type):
        title = _("The workbench cannot show this kind of work yet: %(kind)s.") % words
        return {"title": title, "text": f"{later} {wait}" if count else later}
    if not count:
        return None
    return {"title": wait, "text": _("They ask for something that the workbench cannot show yet.") + " " + later}


def batch_rows(project: Project, standing: Standing, *, at: datetime) -> list[BatchRow]:
    """Those that have tasks, or a name, in the order in which they are handed out."""
    batches = list(Batch.objects.filter(project=project).order_by("order_key", "pk")[: MOST_BATCHES + 1])
    counts = counting.of_batches([batch.pk for batch in batches])
    stopped = stopping.of_batches([batch.pk for batch in batches], at=at)
    return [
        BatchRow(
            batch,
            counts[batch.pk],
            standing.in_review_by_batch.get(batch.pk, 0),
            stopped.get(batch.pk, []),
        )
        for batch in batches
        if batch.name is not None or counts[batch.pk].total
    ]


def tiles(project: Project, counts: Counts, standing: Standing) -> list[dict[str, Any]]:
    version = project.current_version
    assert version is not None  # written with the project
    words = {"done": formats.number(counts.completed), "total": formats.number(counts.total)}
    meter = {
        "total": counts.total,
        "done": counts.completed,
        "held": standing.in_review,
        "mark": None,
        "label": _("%(done)s of %(total)s") % words,
    }
    return [
        {
            "label": _("Completed"),
            "value": words["done"],
            "small": _("of %(total)s") % words if counts.total else "",
            "meter": meter if counts.total else None,
            "note": formats.percent(counts.share) if counts.total else _("no tasks yet"),
        },
        {
            "label": _("In review"),
            "value": formats.number(standing.in_review),
            "note": review_note(project),
        },
        {
            "label": _("Open"),
            "value": formats.number(counts.pending - standing.in_review),
            "note": _("%(count)s in somebody’s hands now") % {"count": formats.number(standing.in_hand)},
        },
        {
            "label": _("Cost so far"),
            "value": formats.money(counts.cost_micros, version.currency),
            "meter": cost_meter(counts, version.total_cap_micros, version.currency),
            "note": cost_note(version.price_micros, version.total_cap_micros, version.currency),
        },
    ]


def review_note(project: Project) -> str:
    assert project.current_version is not None  # written with the project
    reviews = len(project.current_version.pipeline) - 1
    if not reviews:
        return _("nothing is reviewed before it is completed")
    return _("accepted by itself %(days)s days after it was handed in") % {"days": project.current_version.review_days}


def cost_meter(counts: Counts, cap_micros: int | None, currency: str) -> dict[str, Any] | None:
    if cap_micros is None:
        return None
    words = {"cost": formats.money(counts.cost_micros, currency), "cap": formats.money(cap_micros, currency)}
    label = _("%(cost)s of %(cap)s") % words
    return {"total": cap_micros, "done": counts.cost_micros, "held": None, "mark": None, "label": label}


def cost_note(price_micros: int, cap_micros: int | None, currency: str) -> str:
    words = {"price": formats.money(price_micros, currency)}
    if cap_micros is None:
        return _("%(price)s for each completed task; no cap") % words
    return _("%(price)s for each completed task; stops at %(cap)s") % {
        **words,
        "cap": formats.money(cap_micros, currency),
    }
