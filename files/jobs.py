"""Celery's side of this app. Each may run twice and late: rows decide."""

from celery import shared_task
from django.utils import timezone

from files import bringing, ingesting, uploading


@shared_task
def ingest_file(file_id: int) -> None:
    ingesting.ingest(file_id, at=timezone.now())


@shared_task
def sweep_files() -> None:
    ingesting.sweep(at=timezone.now())


@shared_task
def bring_files() -> None:
    bringing.bring_due(clock=timezone.now)


@shared_task
def sweep_fetches() -> None:
    bringing.sweep(at=timezone.now())


@shared_task
def sweep_uploads() -> None:
    uploading.sweep(at=timezone.now())
