"""The classes of attack that products of this kind were told of, tried on what exists here.

Objects of others (tests/access/) and the decoding of files (tests/files/) have tests of their own.
"""

import re
from html import escape

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse

from core.markdown import render
from core.tables import harmless
from labeling import claiming
from labeling.payload import payload
from labeling.situation import Shown, surroundings_of
from projects.models import Batch, ImportRefusal, Task
from tests.access.matrix import MATRIX
from tests.access.test_matrix import address
from tests.access.world import make_world
from tests.factories import NOON, PASSWORD, UserFactory, make_project, make_worker
from tests.hostile import corpus, steps

pytestmark = pytest.mark.django_db
PLANTED = ['"><img src=x onerror=alert(1)>', "</script><script>alert(1)</script>", "<svg/onload=alert(1)>"]
LINKS = ["[x](javascript:alert(1))", "![x](http://127.0.0.1/x.png)", "[x](data:text/html,x)"]
FORMULAS = ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1"]


def test_planted_text_is_text_for_the_customer_and_the_worker(member, organization, texts):
    """XSS by data: the customer's list and page, and what the workbench gets."""
    rows = corpus.lines("xss.jsonl") or [{"text": text} for text in PLANTED]
    worker = make_worker(texts)
    batch = Batch.objects.get(project=texts, name=None)
    for number, row in enumerate(rows):
        steps.by_pieces(member, organization, batch, f"{number}.txt", f"a {row['text']}".encode())

    listed = member.get(steps.address("project_tasks", texts)).content.decode()
    for task in Task.objects.filter(project=texts).select_related("content"):
        text = task.content.params["attachment"]
        page = member.get(steps.address("task", texts, task.public_id)).content.decode()
        assert escape(text[:120]) in listed
        assert "<" not in text or text not in page + listed
    assignment = claiming.claim(worker, at=NOON)
    client = Client()
    client.force_login(worker.user)
    bench = client.get(reverse("my:bench")).content.decode()
    assert payload(Shown(assignment, surroundings_of(assignment, at=NOON)), at=NOON)["view"]
    assert "<script>alert(1)" not in bench


def test_planted_labels_and_names_are_text(client, organization, member):
    project = make_project(organization=organization, name='<b onmouseover="alert(1)">')
    for name in ("project", "project_data", "project_tasks", "project_batches"):
        page = member.get(steps.address(name, project)).content.decode()
        assert "<b onmouseover" not in page
        assert "&lt;b onmouseover" in page


@pytest.mark.parametrize(
    "text", [*PLANTED, "[x](javascript:alert(1))", "![x](http://127.0.0.1/x.png)", "[x](data:text/html,x)"]
)
def test_instructions_run_and_fetch_nothing(text):
    html = str(render(text))

    assert not re.search(r"<(?:script|svg|iframe|img[^>]*src=)|href=\"(?:javascript|data):", html)


@pytest.mark.parametrize("cell", FORMULAS)
def test_cells_of_a_downloaded_list_are_no_formulas(cell, member, pictures, organization):
    assert harmless(cell) == f"'{cell}"
    batch = Batch.objects.get(project=pictures, name=None)
    inside = corpus.zipped({f"{cell.strip()}.png": b"no picture"})
    steps.by_pieces(member, organization, batch, "all.zip", inside)
    (found,) = steps.run_imports(pictures)
    ImportRefusal.objects.filter(of_import=found).update(name=cell)

    body = member.get(steps.address("import_refusals", pictures, found.public_id)).getvalue().decode()

    assert f"'{cell}" in body


def test_sign_in_sends_nobody_to_another_site(client):
    user = UserFactory.create()
    user.set_password(PASSWORD)
    user.save()
    for target in ("https://evil.example/", "//evil.example/", "\\\\evil.example", "javascript:alert(1)"):
        given = {"login": user.email, "password": PASSWORD, "next": target}
        answer = Client().post(reverse("account_login") + f"?next={target}", given)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/")
        assert not answer["Location"].startswith("//")


def test_a_foreign_host_is_refused_and_poisons_no_mail(client):
    user = UserFactory.create()
    foreign = Client(headers={"host": "evil.example", "x-forwarded-host": "evil.example"})
    assert foreign.post(reverse("account_reset_password"), {"email": user.email}).status_code == 400
    assert mail.outbox == []

    headers = {"host": "localhost:6666", "x-forwarded-host": "evil.example"}
    Client(headers=headers).post(reverse("account_reset_password"), {"email": user.email})

    assert [message.to for message in mail.outbox] == [[user.email]]
    assert "http://localhost:8000/" in mail.outbox[0].body
    assert not re.search(r"evil\.example|:6666", mail.outbox[0].body)


def test_every_form_asks_for_its_token():
    """CSRF: each route that the matrix tries by POST or PUT, by somebody who may."""
    world = make_world()
    for route, row in MATRIX.items():
        if row.method == "get":
            continue
        for who in ("owner", "contractor", "site_admin"):
            client = Client(enforce_csrf_checks=True)
            client.force_login(world.person(who))
            answer = getattr(client, row.method)(address(route, world))
            assert answer.status_code == 403, f"{route} by {who}: {answer.status_code}"


def test_every_page_has_its_headers():
    """CSP, clickjacking, sniffing, referrer: whoever asks, whatever the answer."""
    world = make_world()
    for route, row in MATRIX.items():
        if row.method != "get":
            continue
        for who in ("anonymous", "owner", "contractor", "site_admin"):
            client = Client()
            if user := world.person(who):
                client.force_login(user)
            answer = client.get(address(route, world))
            policy = answer["Content-Security-Policy"]
            assert "default-src" in policy, route
            assert "'unsafe-" not in policy, route
            assert answer["X-Frame-Options"] == "DENY", route
            assert answer["X-Content-Type-Options"] == "nosniff", route
            if answer.streaming:
                b"".join(answer)


def test_cookies_are_out_of_reach_of_scripts():
    user = UserFactory.create()
    user.set_password(PASSWORD)
    user.save()
    client = Client()

    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], bool(cookie["secure"])) == (True, "Lax", settings.IS_HTTPS)
    assert settings.CSRF_COOKIE_SECURE == settings.IS_HTTPS
