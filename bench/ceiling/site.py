"""A whole Django site in one file: sign-in by session, CSRF, and two calls."""

import os
from typing import Any

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path

from bench.ceiling.statements import CLAIM, SUBMIT
from core import env

CLAIM_SQL = CLAIM.format(project="%s", worker="%s")
SUBMIT_SQL = SUBMIT.format(answer="%s", assignment="%s", worker="%s")


def configure() -> None:
    database = env.database(os.environ["DATABASE_URL"])
    pool = {"min_size": 1, "max_size": 8, "timeout": 10}
    database["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": 1, "pool": pool}
    settings.configure(
        SECRET_KEY=os.environ["SECRET_KEY"],
        ALLOWED_HOSTS=["localhost"],
        ROOT_URLCONF="bench.ceiling.site",
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        DATABASES={"default": database},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()


def row(statement: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()


def take(request: HttpRequest, project: int) -> JsonResponse:
    worker = request.user.pk  # the one look-up by the ORM
    found = row(CLAIM_SQL, project, project, worker, worker) if worker else None
    return JsonResponse({"id": found[0], "body": found[1]} if found else {"state": "empty"})


def submit(request: HttpRequest, assignment: int) -> JsonResponse:
    found = row(SUBMIT_SQL, request.body.decode(), assignment, request.user.pk)
    return JsonResponse({"receipt": assignment}, status=200 if found else 409)


def insert(request: HttpRequest) -> JsonResponse:
    (key,) = row("INSERT INTO noted (body) VALUES (%s::jsonb) RETURNING id", request.body.decode())
    return JsonResponse({"id": key})


if not settings.configured:
    configure()
urlpatterns = [
    path("next/<int:project>", take),
    path("submit/<int:assignment>", submit),
    path("insert", insert),
]
application = WSGIHandler()
