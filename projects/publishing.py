"""A new version of a project: immutable, one number higher. Work that nobody has begun moves to it."""

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from core.actions import action
from core.errors import BusinessError
from events import recording
from events.verbs import Verb
from projects import signals
from projects.creating import Terms, check_terms, event_of, write_version
from projects.models import Project, ProjectVersion


class OutdatedError(BusinessError):
    """Somebody published meanwhile; `details["current"]` is the number that is in force."""


def terms_of(version: ProjectVersion) -> Terms:
    """All that the version decides, to be changed in part."""
    return Terms(**{one.name: getattr(version, one.name) for one in fields(Terms)})


def publish_version(project: Project, terms: Terms, *, based_on: int, by: User | None, at: datetime) -> ProjectVersion:
    """Publish the terms; `based_on` is the number of the version that was edited.

    Raises OutdatedError (`version_conflict`) where another one is in force, and BusinessError as create_project does.
    """
    check_terms(project.type, terms)
    return write_next(project, terms, based_on=based_on, by=by, at=at)


@action
def write_next(project: Project, terms: Terms, *, based_on: int, by: User | None, at: datetime) -> ProjectVersion:
    # Of two who publish at once the second finds the first one's number here. Nothing is joined: PostgreSQL reads only
    # the row for which it waited anew, and would find no version for it.
    locked = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    assert locked.current_version is not None  # written with the project
    refuse_archived(locked)
    current = locked.current_version.number
    if current != based_on:
        sentence = _("Somebody published version %(current)s while you edited version %(edited)s.")
        raise OutdatedError(
            sentence % {"current": current, "edited": based_on}, code="version_conflict", current=current
        )
    version = append(locked, terms, by=by, at=at)
    project.current_version = version
    return version


def append(locked: Project, terms: Terms, *, by: User | None, at: datetime) -> ProjectVersion:
    """One number higher than the current one of the locked project, and in force."""
    assert locked.current_version is not None  # written with the project
    version = write_version(locked, terms, number=locked.current_version.number + 1, by=by, at=at)
    recording.write(event_of(Verb.VERSION_PUBLISHED, locked, by=by, at=at, number=version.number))
    signals.version_published.send(Project, project=locked, version=version, by=by, at=at)
    return version


@action
def set_params(
    project: Project, params: dict[str, Any], instruction: str | None, *, patch: bool, by: User | None, at: datetime
) -> ProjectVersion:
    """A version with these params in the place of the old ones; with `patch`, over them. All other terms stay.

    instruction: None where nothing was said of it, which with `patch` leaves it as it is. Two who do this at once come
    one after the other. Raises BusinessError as create_project does, and `archived`.
    """
    locked = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    assert locked.current_version is not None  # written with the project
    refuse_archived(locked)
    before = terms_of(locked.current_version)
    said = before.instruction if patch and instruction is None else instruction or ""
    terms = replace(before, params={**before.params, **params} if patch else params, instruction=said)
    check_terms(locked.type, terms)
    project.current_version = append(locked, terms, by=by, at=at)
    return project.current_version


def refuse_archived(project: Project) -> None:
    if project.archived_at is not None:
        raise BusinessError(_("This project is archived."), code="archived")
