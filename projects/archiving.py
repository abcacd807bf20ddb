"""Putting a project away: nothing is handed out and nothing can be added, everything stays readable."""

from datetime import datetime

from accounts.models import User
from core.actions import action
from events import recording
from events.verbs import Verb
from projects.creating import event_of
from projects.models import Project


@action
def archive(project: Project, *, by: User, at: datetime) -> None:
    """Work in hand may be finished; what is earned stays. Again changes nothing."""
    if Project.objects.filter(pk=project.pk, archived_at=None).update(archived_at=at):
        recording.write(event_of(Verb.PROJECT_ARCHIVED, project, by=by, at=at))


@action
def restore(project: Project, *, by: User, at: datetime) -> None:
    if Project.objects.filter(pk=project.pk, archived_at__isnull=False).update(archived_at=None):
        recording.write(event_of(Verb.PROJECT_RESTORED, project, by=by, at=at))
