"""One customer with one of everything that a path of the API can name."""

import json
from dataclasses import dataclass, field
from typing import Any

from accounts.models import Organization
from projects import adding, creating
from tests.api.asking import BOXES
from tests.factories import NOON, OrganizationFactory

SECRET = "Quartz vein 7"


@dataclass
class Things:
    """`in_paths`: what stands in paths by the parameter's name; `bodies`: a good body by (method, path)."""

    organization: Organization
    in_paths: dict[str, str]
    bodies: dict[tuple[str, str], str] = field(default_factory=dict)
    # Paths whose parameters name nothing of the customer's.
    open_paths: frozenset[tuple[str, str]] = frozenset({("post", "/v1/task/{key}")})
    secret: str = SECRET


def make_things() -> Things:
    organization = OrganizationFactory.create(name="Basalt")
    terms = creating.Terms(params={"geometries": BOXES["geometries"]}, instruction=SECRET)
    project = creating.create_project(organization, name=SECRET, type="imageannotation", terms=terms, by=None, at=NOON)
    batch = creating.create_batch(project, name=f"{SECRET} batch", by=None, at=NOON)
    (task,) = adding.add_tasks(batch, [adding.NewTask(params=BOXES)], by=None, at=NOON)
    bodies: dict[tuple[str, str], Any] = {
        ("post", "/v1/task/{key}/audit"): {"accepted": True},
        ("post", "/v1/task/{key}/unique_id"): {"unique_id": "x"},
    }
    return Things(
        organization,
        in_paths={"key": task.public_id},
        bodies={name: json.dumps(body) for name, body in bodies.items()},
    )
