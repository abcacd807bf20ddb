"""Who works on a project: put on it with a role, taken off it again."""

from datetime import datetime

from accounts.models import User
from core import gate
from core.actions import action
from events import recording, telling
from events.verbs import Verb
from projects.models import Enrollment, EnrollmentRole, EnrollmentState, GroupMember, Project
from workers.models import Worker


def enroll(
    worker: Worker, project: Project, *, role: str = EnrollmentRole.WORKER, by: User | None, at: datetime
) -> Enrollment:
    """Active with that role, whatever the standing was before; who is new on the project is told by its codename.

    What the role before was for is not handed out to them any more when this returns.
    """
    standing = write_enrollment(worker, project, role=role, by=by, at=at)
    gate.drain()
    return standing


@action
def write_enrollment(worker: Worker, project: Project, *, role: str, by: User | None, at: datetime) -> Enrollment:
    return enrolled(worker, project, role=role, by=by, at=at)


def enrolled(worker: Worker, project: Project, *, role: str, by: User | None, at: datetime) -> Enrollment:
    standing, made = Enrollment.objects.get_or_create(
        worker=worker, project=project, defaults={"role": role, "created_at": at}
    )
    was = "" if made or standing.state == EnrollmentState.ENDED else standing.role
    if was != role:
        Enrollment.objects.filter(pk=standing.pk).update(role=role, state=EnrollmentState.ACTIVE)
        standing.refresh_from_db()
        write_event(standing, by=by, at=at, before=was, after=role)
    if not was:
        telling.tell(
            [worker.user_id],
            code="enrolled",
            params={"codename": project.codename},
            dedupe_key=f"enrolled:{standing.pk}:{at.isoformat()}",
            at=at,
            mail=True,
        )
    return standing


def end_enrollment(standing: Enrollment, *, by: User | None, at: datetime) -> None:
    """When this returns nothing more of the project is handed out to the worker, and they are in none of its groups.

    Work in hand may be finished, what is earned stays.
    """
    write_end(standing, by=by, at=at)
    gate.drain()


@action
def write_end(standing: Enrollment, *, by: User | None, at: datetime) -> None:
    end(standing, by=by, at=at)


def end(standing: Enrollment, *, by: User | None, at: datetime) -> None:
    active = Enrollment.objects.filter(pk=standing.pk, state=EnrollmentState.ACTIVE)
    if active.update(state=EnrollmentState.ENDED):
        GroupMember.objects.filter(worker=standing.worker_id, group__project=standing.project_id).delete()
        write_event(standing, by=by, at=at, before=standing.role, after="")


def write_event(standing: Enrollment, *, by: User | None, at: datetime, before: str, after: str) -> None:
    recording.write(
        recording.event(
            Verb.ENROLLMENT_CHANGED,
            at=at,
            actor=recording.by_user_or_site(by),
            subject_type="worker",
            subject_id=standing.worker.public_id,
            organization_id=standing.project.organization_id,
            data={"project": standing.project.public_id, "before": before, "after": after},
        )
    )
