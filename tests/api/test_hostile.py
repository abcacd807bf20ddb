"""Every file of the hostile corpus as the body of every operation that takes one: refused with a sentence, or kept."""

import base64

import pytest
from django.test import Client

from core import jsonio
from projects.models import Task
from tests.api.asking import key_of
from tests.api.test_access import operations
from tests.api.things import make_things
from tests.hostile import corpus

pytestmark = pytest.mark.django_db
JSON = (".json", ".jsonl", ".csv", ".png", ".bin", ".zip")
MADE = {
    "null": b"null",
    "list": b"[]",
    "text": b'"x"',
    "nul": b'{"attachment": "a\\u0000b", "metadata": {"a": "\\u0000"}}',
    "half": b'{"metadata": {"\\ud800": 1}}',
    "deep": b'{"a":' * 100 + b"1" + b"}" * 100,
    "number": b'{"metadata": {"a": 1e999}, "priority": 10000000000000000000000}',
    "twice": b'{"unique_id": "a", "unique_id": "b"}',
    "prototype": b'{"__proto__": {"is_admin": true}, "constructor": 1, "metadata": {"__class__": "x"}}',
    "wrong types": b'{"unique_id": {}, "tags": {"a": 1}, "metadata": [1], "priority": "high", "accepted": []}',
}


@pytest.mark.parametrize(
    ("method", "path"), [one for one in sorted(operations()) if one[0] in {"post", "put", "delete"}]
)
def test_hostile_bodies_do_no_harm(method: str, path: str):
    things = make_things()
    headers = {"Authorization": "Basic " + base64.b64encode(f"{key_of(things.organization)}:".encode()).decode()}
    before = Task.objects.count()
    place = path.format(**things.in_paths)
    for name, raw in (MADE | {name: raw for name, raw in corpus.files().items() if name.endswith(JSON)}).items():
        answer = getattr(Client(), method)(place, raw, content_type="application/json", headers=headers)
        assert answer.status_code in {200, 400, 401, 404, 405, 409, 413}, f"{name}: {answer.content[:300]!r}"
        said = jsonio.parse(answer.content)
        assert answer.status_code == 200 or (said["status_code"] == answer.status_code and said["error"]), name
    assert Task.objects.count() == before
