"""The workbench on what is being written: real tools on a sample, nothing is sent."""

from datetime import datetime
from typing import Any

from django.templatetags.static import static
from django.utils.translation import gettext as _

from accounts.models import User
from files.models import File, RenditionKind
from files.signing import sign
from projects.instructions import READ_FOR
from task_types import registry

Json = dict[str, Any]
SAMPLE_SIZE = (640, 400)


def payload(kind: str, params: Json, taxonomy: Json, *, html: str, media: Json | None) -> Json | None:
    """The payload of the mode preview; None where the params cannot be worked on yet."""
    if not registry.can_be_worked_on(kind, params):
        return None
    found = registry.get(kind)
    complete = found.complete_taxonomy(params, taxonomy, {})
    shown = with_sample_text(kind, params)
    return {
        "type": kind,
        "mode": "preview",
        "codename": _("Preview"),
        "instruction": {"number": 0, "html": html},
        "view": found.worker_view(shown, complete),
        "media": [] if shown is not params else [media or sample()],
    }


def with_sample_text(kind: str, params: Json) -> Json:
    """The params with a text where texts are worked on; the same object where pictures are."""
    text = _("“The article about the harbour was fair, but it came too late for those who lost their boats.”")
    if params.get("attachment_type") == "text":
        return {**params, "attachment": text}
    if "attachments" in registry.get(kind).params_model.model_fields:
        return {**params, "attachments": [{"type": "text", "content": text}]}
    return params


def sample() -> Json:
    """A drawn street."""
    return medium(static("projects/sample.png"), *SAMPLE_SIZE, *SAMPLE_SIZE)


def medium(url: str, width: int, height: int, shown_width: int, shown_height: int) -> Json:
    return {
        "role": "attachment",
        "kind": "image",
        "url": url,
        "width": width,
        "height": height,
        "shown_width": shown_width,
        "shown_height": shown_height,
    }


def medium_of(file: File | None, *, user: User, at: datetime) -> Json | None:
    """The person's own picture, for the same preview; None until it has been read."""
    if file is None or not file.width or not file.height:
        return None
    full = next((made for made in file.renditions.all() if made.kind == RenditionKind.FULL), None)
    if full is None:
        return None
    url = sign(full, user=user, expires_at=at + READ_FOR)
    return medium(url, file.width, file.height, full.width or file.width, full.height or file.height)
