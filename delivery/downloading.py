"""The file of an export, for a page and for the API."""

import re

from django.core.files.storage import default_storage
from django.http import Http404, StreamingHttpResponse
from django.utils.http import content_disposition_header

from delivery import exporting
from events.models import Job
from files.serving import Pieces
from projects.models import Project


def download(job: Job, project: Project) -> StreamingHttpResponse:
    """Never shown as a page of ours, since it holds a customer's text; it ends early when the customer is cut off.

    Raises Http404 where there is no file yet, or no more.
    """
    if not job.result_key or not default_storage.exists(job.result_key):
        raise Http404
    chosen = exporting.format_of(job)
    size = default_storage.size(job.result_key)
    pieces = Pieces(job.result_key, 0, size, organization_id=job.organization_id)
    response = StreamingHttpResponse(pieces, content_type=chosen.content_type)
    name = f"{safe_name(project.name)}-{job.created_at:%Y-%m-%d}.{chosen.extension}"
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Content-Length"] = str(size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def safe_name(name: str) -> str:
    """ASCII letters, digits and dashes only: for every file system, and for the header."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:80] or "export"
