"""The vendor's own client, with nothing but its public settings changed."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.utils import timezone
from scaleapi import ScaleClient
from scaleapi.exceptions import ScaleException, ScaleUnauthorized

from accounts import keys
from accounts.models import Organization


def key_of(organization: Organization, *, mode: str = "live", **terms: Any) -> str:
    _key, text = keys.make(organization, keys.KeyTerms(mode=mode, **terms), by=None, at=timezone.now())
    return text


def client_of(url: str, organization: Organization, **terms: Any) -> ScaleClient:
    return client_with(url, key_of(organization, **terms))


def client_with(url: str, key: str) -> ScaleClient:
    client = ScaleClient(key, api_instance_url=f"{url}/v1")
    client.v2.api_client.configuration.host = url
    return client


def refused_without_key_or_scope(calls: Sequence[Callable[[ScaleClient], Any]], client: ScaleClient) -> None:
    """403 for each call with the client's key, which may not administer, and 401 with one that was never made."""
    for call in calls:
        with pytest.raises(ScaleException, match="admin") as refused:
            call(client)
        assert refused.value.code == 403
    client.api._auth = ("live_0123456789_" + "0" * 48, "")
    for call in calls:
        with pytest.raises(ScaleUnauthorized):
            call(client)


BOXES: dict[str, Any] = {
    "callback_url": "https://example.org/hook",
    "instruction": "Draw a box around each cow.",
    "attachment": "https://example.org/cows.jpg",
    "attachment_type": "image",
    "geometries": {"box": {"min_height": 10, "min_width": "10", "objects_to_annotate": ["big cow", "baby cow"]}},
}
