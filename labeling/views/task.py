"""One task, for its customer: the answer, how it was reached, and all that happened to it."""

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, member_required
from labeling import history
from labeling.models import Resolution
from labeling.payload import shown
from projects.models import Task
from projects.reasons import fault
from projects.views.finding import find_project
from task_types import registry


@require_safe
@member_required
def task(request: MemberRequest, slug: str, project_id: str, task_id: str) -> HttpResponse:
    """`?version=` shows an earlier answer; without one the current."""
    project = find_project(request, project_id)
    own = Task.objects.visible_to(request.user).filter(project=project)
    found = get_object_or_404(own.select_related("project", "batch", "version", "content"), public_id=task_id)
    resolutions = list(Resolution.objects.filter(task=found).order_by("-number"))
    answer = chosen(resolutions, request.GET.get("version", ""))
    turns = history.turns_of(found, project)
    context: dict[str, Any] = {
        "slug": slug,
        "project": project,
        "here": "tasks",
        "task": found,
        "tags": [row.tag for row in found.tags.order_by("tag")],
        "resolutions": resolutions,
        "answer": answer,
        "fault": fault(found),
        **(answer_context(request, found, answer) if answer is not None else {}),
        "turns": turns,
        "timeline": history.timeline_of(found, turns, project),
        "cost": history.cost_note(found),
    }
    return render(request, "labeling/task.html", context)


def answer_context(request: MemberRequest, found: Task, answer: Resolution) -> dict[str, Any]:
    """The answer in the workbench; what that cannot show is shown as it is stored."""
    if not found.is_shown:
        return {"document": json.dumps(answer.response, indent=2, ensure_ascii=False)}
    return {
        "summary": registry.get(found.type).summarise(answer.response),
        "payload": shown(found, found.version, answer.response, user=request.user, at=timezone.now()),
    }


def chosen(resolutions: list[Resolution], number: str) -> Resolution | None:
    asked = next((one for one in resolutions if str(one.number) == number), None)
    return asked or next((one for one in resolutions if one.current), None)
