"""The vendor's own client, with nothing but its public settings changed."""

from typing import Any

from django.utils import timezone
from scaleapi import ScaleClient

from accounts import keys
from accounts.models import Organization


def key_of(organization: Organization, *, mode: str = "live", **terms: Any) -> str:
    _key, text = keys.make(organization, keys.KeyTerms(mode=mode, **terms), by=None, at=timezone.now())
    return text


def client_of(url: str, organization: Organization, **terms: Any) -> ScaleClient:
    client = ScaleClient(key_of(organization, **terms), api_instance_url=f"{url}/v1")
    client.v2.api_client.configuration.host = url
    return client


BOXES: dict[str, Any] = {
    "callback_url": "https://example.org/hook",
    "instruction": "Draw a box around each cow.",
    "attachment": "https://example.org/cows.jpg",
    "attachment_type": "image",
    "geometries": {"box": {"min_height": 10, "min_width": "10", "objects_to_annotate": ["big cow", "baby cow"]}},
}
