"""`/v1` and `/v2`: no trailing slashes, no redirects, names in paths as they are."""

from django.urls import URLPattern, URLResolver, path, re_path

from api import docs, views
from api.tree import tree
from api.v1 import studio, tasks, teams

v1 = tree("v1", description="What Scale's Python client speaks, and what Plumbline adds in the same dialect.")
v1.add_router("", tasks.router)
v1.add_router("", teams.router)
v1.add_router("", studio.router)

TREES = [v1]

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", v1.urls),
    path("api/docs", docs.page, name="api_docs"),
    path("api/openapi/<str:version>.json", docs.openapi, name="api_openapi"),
    re_path(r"^v[12](?:/.*)?$", views.unknown, name="api_unknown"),
]
