"""One customer with one of everything that a path of the API can name."""

import json
from dataclasses import dataclass, field
from typing import Any

from accounts.models import Mode, Organization
from delivery import exporting, webhooks
from delivery.models import Delivery, Webhook
from events import running
from events.models import Job
from projects import adding, creating
from projects.models import Group, GroupMember, Project, Task, Workforce
from projects.task_rows import NewTask
from tests.api.asking import BOXES
from tests.factories import (
    NOON,
    EnrollmentFactory,
    OrganizationFactory,
    UserFactory,
    WorkerFactory,
    make_project,
)
from workers.models import Worker

SECRET = "Quartz vein 7"
# Named in bodies, and so in the sentence of a 404: it says nothing that was not sent.
OWN_PROJECT = "Done by our own people"
NAME = "Seam / 3"


@dataclass
class Things:
    """`in_paths`: what stands in paths by the parameter's name; `bodies`: a good body by (method, path)."""

    organization: Organization
    in_paths: dict[str, str]
    bodies: dict[tuple[str, str], str] = field(default_factory=dict)
    # Paths whose parameters name nothing of the customer's.
    open_paths: frozenset[tuple[str, str]] = frozenset(
        ("post", f"/v1/{name}/{{key}}") for name in ("task", "evaluation_tasks", "training_tasks")
    )
    secret: str = SECRET


def own_worker_of(organization: Organization) -> Worker:
    """One of the own workforce, on a project that is secret."""
    user = UserFactory.create(email="own@basalt.example")
    worker = WorkerFactory.create(user=user, organization=organization)
    make_project(organization=organization, name=OWN_PROJECT)
    project = make_project(organization=organization, name=f"{SECRET} of our own")
    Project.objects.filter(organization=organization).update(workforce=Workforce.OWN)
    EnrollmentFactory.create(worker=worker, project=project)
    return worker


def group_of(project: Project, worker: Worker) -> Group:
    EnrollmentFactory.create(worker=worker, project=project)
    group = Group.objects.create(project=project, name="Night / 3", created_at=NOON)
    GroupMember.objects.create(group=group, worker=worker)
    return group


def export_of(project: Project) -> Job:
    """One whose file is there."""
    job = exporting.start_export(project, format_code="scale_jsonl", by=None, at=NOON)
    running.run(job.pk)
    return job


def callback_of(task: Task) -> Delivery:
    return Delivery.objects.create(
        key=task.public_id,
        organization=task.organization,
        kind="task.completed",
        subject_id=task.public_id,
        address=f"https://basalt.example/{SECRET}",
        at=NOON,
    )


def webhook_of(organization: Organization) -> Webhook:
    address = f"https://basalt.example/{SECRET}"
    return webhooks.start_webhook(
        organization, address=address, kinds=["export.ready"], mode=Mode.LIVE, by=None, at=NOON
    )


def make_things() -> Things:
    organization = OrganizationFactory.create(name="Basalt")
    terms = creating.Terms(params={"geometries": BOXES["geometries"]}, instruction=SECRET)
    project = creating.create_project(organization, name=NAME, type="imageannotation", terms=terms, by=None, at=NOON)
    batch = creating.create_batch(project, name=NAME, metadata={"a": SECRET}, by=None, at=NOON)
    (task,) = adding.add_tasks(batch, [NewTask(params=BOXES)], by=None, at=NOON)
    worker = own_worker_of(organization)
    bodies: dict[tuple[str, str], Any] = {
        ("post", "/v1/projects/{project}/pause"): {"text_for_workers": "Wait."},
        ("post", "/v1/pause"): {"text_for_workers": "Wait."},
        ("post", "/v1/task/{key}/audit"): {"accepted": True},
        ("post", "/v1/task/{key}/unique_id"): {"unique_id": "x"},
        ("post", "/v1/teams/invite"): {"emails": ["new@basalt.example"], "team_role": "member"},
        ("post", "/v1/teams/set_role"): {"emails": [worker.user.email], "team_role": "manager"},
        ("post", "/v1/studio/assignments/add"): {"emails": [worker.user.email], "projects": [OWN_PROJECT]},
        ("post", "/v1/studio/assignments/remove"): {"emails": [worker.user.email], "projects": [OWN_PROJECT]},
        ("post", "/v1/studio/projects/{project}/groups"): {"name": "New"},
        ("put", "/v1/studio/projects/{project}/groups/{group}"): {"add_emails": []},
        ("put", "/v1/studio/batches/{batch}"): {"groups": []},
        ("post", "/v1/workers/put_on"): {"email": worker.user.email, "project": OWN_PROJECT},
        ("post", "/v1/workers/take_off"): {"worker": worker.pseudonym, "project": OWN_PROJECT},
        ("post", "/v1/studio/batches/set_priorities"): {"batches": []},
        ("post", "/v1/projects"): {"name": "New", "type": "imageannotation"},
        ("post", "/v1/files/import"): {"file_url": "https://example.org/new.png"},
        ("post", "/v1/evaluation_tasks/{key}"): {"expected_response": {}},
        ("post", "/v1/training_tasks/{key}"): {"expected_response": {}},
        ("post", "/v1/batches"): {"project": project.name, "name": "New"},
        ("post", "/v1/projects/{project}/exports"): {"format": "scale_jsonl"},
        ("post", "/v1/callbacks/settings"): {"address": "https://basalt.example/all"},
        ("post", "/v1/webhooks"): {"address": "https://basalt.example/", "events": ["export.ready"]},
        ("post", "/v1/webhooks/{webhook_id}"): {"events": ["export.ready"]},
        ("post", "/v1/callbacks/send_again"): {"since": "2026-01-01", "until": "2027-01-01"},
    }
    return Things(
        organization,
        in_paths={
            "key": task.public_id,
            "taskId": task.public_id,
            "attachmentId": "0",
            "project": project.name,
            "batch": batch.name or "",
            "group": group_of(project, worker).name,
            "upload_id": "unknown",
            "export_id": export_of(project).public_id,
            "webhook_id": webhook_of(organization).public_id,
            "callback_id": callback_of(task).public_id,
        },
        bodies={name: json.dumps(body) for name, body in bodies.items()},
    )
