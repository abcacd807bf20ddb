"""`/v1` and `/v2`: no trailing slashes, no redirects, names in paths as they are."""

from django.urls import URLPattern, URLResolver, path, re_path

from api import docs, views
from api.tree import tree
from api.v1 import (
    batches,
    bulk,
    callback_settings,
    callbacks,
    costs,
    events,
    exports,
    files,
    groups,
    pauses,
    projects,
    quality_tasks,
    studio,
    tasks,
    teams,
    webhooks,
    workers,
)
from api.v2 import answers, handing_over
from api.v2 import batches as batches2
from api.v2 import projects as projects2
from api.v2 import tasks as tasks2

v1 = tree("v1", description="What Scale's Python client speaks, and what Plumbline adds in the same dialect.")
# Paths of pauses and exports end in more than a name: they stand before those that end in one. So do the settings of
# callbacks, which are no callback's id.
beyond = (exports, callback_settings, callbacks, webhooks, events, costs, workers)
for resource in (pauses, *beyond, tasks, bulk, projects, batches, files, quality_tasks, teams, studio, groups):
    v1.add_router("", resource.router)

v2 = tree("v2", description="What the `v2` of Scale's Python client speaks.")
for part in (projects2, batches2, tasks2, handing_over, answers):
    v2.add_router("", part.router)

TREES = [v1, v2]

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", v1.urls),
    path("v2/", v2.urls),
    path("api/docs", docs.page, name="api_docs"),
    path("api/openapi/<str:version>.json", docs.openapi, name="api_openapi"),
    re_path(r"^v[12](?:/[\s\S]*)?$", views.unknown, name="api_unknown"),
]
