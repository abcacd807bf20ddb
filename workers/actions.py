"""Changes of what is known about workers: their skills, country, languages and hours.

What closes work to somebody drains the gate after its commit: nothing is handed out by the old state once it returns.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from core import gate
from core.actions import action, savepoint
from core.errors import BusinessError, StaleState
from events import recording, telling
from events.models import Event
from events.verbs import Verb
from workers.models import Skill, Worker, WorkerLanguage, WorkerSkill


@dataclass(frozen=True)
class Profile:
    """What projects may ask about a worker, as codes (`KE`, `pt-br`), and the limits of recorded time; None: none."""

    country: str = ""
    languages: tuple[str, ...] = ()
    day_limit_s: int | None = None
    week_limit_s: int | None = None

    @classmethod
    def of(cls, worker: Worker) -> "Profile":
        languages = worker.languages.order_by("code").values_list("code", flat=True)
        return cls(worker.country, tuple(languages), worker.day_limit_s, worker.week_limit_s)


@action
def create_skill(name: str, *, organization: Organization | None = None, by: User, at: datetime) -> Skill:
    """The site's, where no organization is given. Raises BusinessError where the name is taken."""
    refuse_taken(name, Skill(organization=organization))
    try:
        with savepoint():
            skill = Skill.objects.create(name=name, organization=organization, created_at=at)
    except IntegrityError as error:
        raise taken(name) from error
    recording.write(skill_event(Verb.SKILL_CREATED, skill, by=by, at=at))
    return skill


@action
def rename_skill(skill: Skill, *, name: str, by: User, at: datetime) -> Skill:
    """Who has it has it under the new name. Raises BusinessError where the name is taken."""
    if name == skill.name:
        return skill
    refuse_taken(name, skill)
    try:
        with savepoint():
            Skill.objects.filter(pk=skill.pk).update(name=name)
    except IntegrityError as error:
        raise taken(name) from error
    skill.name = name
    recording.write(skill_event(Verb.SKILL_CHANGED, skill, by=by, at=at, fields=["name"]))
    return skill


def refuse_taken(name: str, skill: Skill) -> None:
    """Another one of the same owner, however it is written."""
    same = Skill.objects.filter(organization=skill.organization_id, name__iexact=name).exclude(pk=skill.pk)
    if same.exists():
        raise taken(name)


def taken(name: str) -> BusinessError:
    return BusinessError(_("There is a skill “%(name)s” already.") % {"name": name}, code="name_taken")


@action
def retire_skill(skill: Skill, *, by: User, at: datetime) -> None:
    """It is neither granted nor asked for anew; what stands goes on. Again changes nothing."""
    if Skill.objects.filter(pk=skill.pk, retired_at=None).update(retired_at=at):
        recording.write(skill_event(Verb.SKILL_CHANGED, skill, by=by, at=at, retired=True))


@action
def restore_skill(skill: Skill, *, by: User, at: datetime) -> None:
    if Skill.objects.filter(pk=skill.pk, retired_at__isnull=False).update(retired_at=None):
        recording.write(skill_event(Verb.SKILL_CHANGED, skill, by=by, at=at, retired=False))


def skill_event(verb: Verb, skill: Skill, *, by: User, at: datetime, **data: object) -> Event:
    return recording.event(
        verb,
        at=at,
        actor=recording.by_user(by),
        subject_type="skill",
        subject_id=skill.public_id,
        organization_id=skill.organization_id,
        data=data,
    )


def grant_skill(
    worker: Worker, skill: Skill, *, expires_at: datetime | None = None, by: User, at: datetime
) -> WorkerSkill:
    """Valid until then, for ever for None; granted again, it begins anew.

    Raises BusinessError for a retired skill, another organization's, or an end that is over.
    """
    grant = write_granted(worker, skill, expires_at=expires_at, by=by, at=at)
    if expires_at is not None:
        # It may have been valid for longer before.
        gate.drain()
    return grant


@action
def write_granted(worker: Worker, skill: Skill, *, expires_at: datetime | None, by: User, at: datetime) -> WorkerSkill:
    if expires_at is not None and expires_at <= at:
        raise BusinessError(_("A skill ends in the future."), code="expires_at", status=400)
    if not Skill.objects.in_use().for_people_of(worker.organization).filter(pk=skill.pk).exists():
        raise BusinessError(_("This skill is not granted any more."), code="skill_retired")
    new = {"granted_by": by, "granted_at": at, "expires_at": expires_at, "revoked_at": None}
    grant, _made = WorkerSkill.objects.update_or_create(worker=worker, skill=skill, defaults=new)
    until = expires_at.isoformat() if expires_at else ""
    recording.write(worker_event(Verb.SKILL_GRANTED, worker, by=by, at=at, skill=skill.public_id, until=until))
    tell_of_skill(grant, "skill_granted", at=at)
    return grant


def revoke_skill(grant: WorkerSkill, *, by: User, at: datetime) -> None:
    """When this returns nothing is handed out any more that needs it. Work in hand may be finished.

    Raises StaleState where it is revoked already.
    """
    write_revoked(grant, by=by, at=at)
    gate.drain()


@action
def write_revoked(grant: WorkerSkill, *, by: User, at: datetime) -> None:
    if not WorkerSkill.objects.filter(pk=grant.pk, revoked_at=None).update(revoked_at=at):
        raise StaleState(_("This skill is revoked already."), code="already_revoked")
    recording.write(worker_event(Verb.SKILL_REVOKED, grant.worker, by=by, at=at, skill=grant.skill.public_id))
    tell_of_skill(grant, "skill_revoked", at=at)


def tell_of_skill(grant: WorkerSkill, code: str, *, at: datetime) -> None:
    telling.tell(
        [grant.worker.user_id],
        code=code,
        params={"name": grant.skill.name},
        dedupe_key=f"{code}:{grant.pk}:{at.isoformat()}",
        at=at,
        mail=False,
    )


def change_profile(worker: Worker, new: Profile, *, by: User, at: datetime) -> list[str]:
    """The names of what changed. When this returns nothing is handed out by what was on file before."""
    changed = write_profile(worker, new, by=by, at=at)
    if changed:
        gate.drain()
    return changed


@action
def write_profile(worker: Worker, new: Profile, *, by: User, at: datetime) -> list[str]:
    # Two admins who save at once come here one after the other.
    locked = Worker.objects.select_for_update(no_key=True).get(pk=worker.pk)
    before = asdict(Profile.of(locked))
    after = asdict(new) | {"languages": tuple(sorted(new.languages))}
    changed = sorted(name for name in after if after[name] != before[name])
    if not changed:
        return []
    columns = {name: value for name, value in after.items() if name != "languages"}
    Worker.objects.filter(pk=worker.pk).update(**columns)
    for name, value in columns.items():
        setattr(worker, name, value)
    if "languages" in changed:
        WorkerLanguage.objects.filter(worker=worker).delete()
        WorkerLanguage.objects.bulk_create(WorkerLanguage(worker=worker, code=code) for code in after["languages"])
    # Where somebody lives and what they speak stays out of what is never deleted; limits are the site's own doing.
    limits = {name: [before[name], after[name]] for name in changed if name.endswith("_s")}
    recording.write(worker_event(Verb.WORKER_CHANGED, worker, by=by, at=at, fields=changed, **limits))
    return changed


def worker_event(verb: Verb, worker: Worker, *, by: User, at: datetime, **data: object) -> Event:
    return recording.event(
        verb,
        at=at,
        actor=recording.by_user(by),
        subject_type="worker",
        subject_id=worker.public_id,
        organization_id=worker.organization_id,
        data=data,
    )
