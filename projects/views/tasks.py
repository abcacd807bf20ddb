"""The tasks of a project."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, member_required
from core.paging import count_matches, keyset_page
from files.signing import thumb_url
from projects.forms import TaskFilter
from projects.models import Attachment, Project, Task
from projects.reasons import fault
from projects.views.finding import find_project


@dataclass(frozen=True)
class TaskRow:
    task: Task
    thumb: str
    excerpt: str
    fault: str


@require_safe
@member_required
def tasks(request: MemberRequest, slug: str, project_id: str) -> HttpResponse:
    project = find_project(request, project_id)
    form = TaskFilter(request.GET, project=project)
    rows = chosen(request, project, form)
    page = keyset_page(with_pictures(rows), request)
    context = {
        "slug": slug,
        "project": project,
        "here": "tasks",
        "form": form,
        "page": page,
        "rows": [row_of(task, request, at=timezone.now()) for task in page.rows],
        "count": count_matches(rows),
    }
    return render(request, "projects/tasks.html", context)


def chosen(request: MemberRequest, project: Project, form: TaskFilter) -> QuerySet[Task]:
    rows = Task.objects.visible_to(request.user).filter(project=project)
    if not form.is_valid():
        return rows
    given = form.cleaned_data
    if given["status"]:
        rows = rows.filter(status=given["status"])
    if given["batch"]:
        rows = rows.filter(batch=given["batch"])
    if given["search"]:
        rows = rows.filter(Q(public_id=given["search"]) | Q(unique_id=given["search"]))
    return rows


def with_pictures(rows: QuerySet[Task]) -> QuerySet[Task]:
    attached = Attachment.objects.select_related("file").prefetch_related("file__renditions").order_by("position")
    return rows.select_related("batch", "content").prefetch_related(Prefetch("attachments", queryset=attached))


def row_of(task: Task, request: MemberRequest, *, at: datetime) -> TaskRow:
    files = [attachment.file for attachment in task.attachments.all() if attachment.file is not None]
    thumb = thumb_url(files[0], request.user, at=at) if files else ""
    return TaskRow(task, thumb, "" if files else excerpt_of(task), fault(task))


def excerpt_of(task: Task) -> str:
    """The beginning of the task's text, for a list."""
    params = task.content.params
    parts = params.get("attachments")
    first = parts[0] if isinstance(parts, list) and parts else params.get("attachment") or params.get("text")
    text = first.get("content") if isinstance(first, dict) else first
    return text[:120] if isinstance(text, str) else ""
