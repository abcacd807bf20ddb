"""A new project in seven steps."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Mode
from files import uploading
from projects.models import Batch, DraftFile, Project, ProjectDraft, Task
from tests.factories import NOON, MembershipFactory, OrganizationFactory
from tests.projects.test_views import png

pytestmark = pytest.mark.django_db(transaction=True)
KIND = {"name": "Street furniture", "kind": "imageannotation", "content": "image"}
LABELS = {
    "one-min_side": "8",
    "labels-TOTAL_FORMS": "2",
    "labels-INITIAL_FORMS": "0",
    "labels-0-name": "Car",
    "labels-0-geometry": "box",
    "labels-0-hotkey": "c" * 0,
    "labels-1-name": "Sign",
    "labels-1-geometry": "polygon",
    "labels-1-color": "4",
    "labels-1-hotkey": "9",
    "attributes-TOTAL_FORMS": "1",
    "attributes-INITIAL_FORMS": "0",
    "attributes-0-name": "Hidden",
    "attributes-0-type": "category",
    "attributes-0-choices": "No\nPartly",
    "attributes-0-required": "on",
    "attributes-0-asked": "object",
    "attributes-0-labels": "Car",
}
PIPELINE = {"places": "2", "reviews": "1", "review_days": "5"}
PEOPLE = {"workforce": "own", "rate": "0.34", "price": "1,000.50", "lease_minutes": "45", "skips_per_day": "3"}


@pytest.fixture
def membership():
    return MembershipFactory.create(organization=OrganizationFactory.create(slug="basalt"))


@pytest.fixture
def member(client, membership):
    client.force_login(membership.user)
    return client


def begin(member: Client) -> ProjectDraft:
    answer = member.post(reverse("customer:new_project", args=["basalt"]), KIND)
    assert answer.status_code == 302
    return ProjectDraft.objects.get()


def step(draft: ProjectDraft, name: str) -> str:
    return reverse("customer:draft", args=["basalt", draft.public_id, name])


def test_seven_steps_make_a_project_with_its_first_batch(member, membership):
    draft = begin(member)
    upload = uploading.begin(
        organization=membership.organization,
        by=membership.user,
        mode=Mode.LIVE,
        name="a.png",
        size=len(png()),
        target_kind="draft",
        target_id=draft.public_id,
        at=NOON,
    )
    uploading.add_chunk(upload, BytesIO(png()), offset=0)
    uploading.finish(upload, at=NOON)

    for name, given in [("data", {}), ("taxonomy", LABELS), ("instructions", {"instruction": "# Draw"})]:
        assert member.post(step(draft, name), given).status_code == 302, name
    for name, given in [("pipeline", PIPELINE), ("people", PEOPLE)]:
        assert member.post(step(draft, name), given).status_code == 302, name
    answer = member.post(step(draft, "check"), {"day_cap": "20", "total_cap": "", "items": "1000"})

    project = Project.objects.get()
    assert answer["Location"] == reverse("customer:project", args=["basalt", project.public_id])
    version = project.current_version
    assert version.params == {
        "geometries": {
            "box": {"objects_to_annotate": ["Car"], "min_width": 8.0, "min_height": 8.0},
            "polygon": {"objects_to_annotate": ["Sign"]},
        },
        "annotation_attributes": {
            "Hidden": {
                "type": "category",
                "description": "",
                "required": True,
                "allow_multiple": False,
                "global": False,
                "choices": ["No", "Partly"],
                "conditions": {"label_condition": {"label": ["Car"]}},
            }
        },
    }
    assert [(one["name"], one["color"], one["hotkey"]) for one in version.taxonomy["labels"]] == [
        ("Car", 1, "1"),
        ("Sign", 4, "9"),
    ]
    assert version.pipeline == [{"kind": "attempt", "places": 2}, {"kind": "review"}]
    assert (version.rate_micros, version.price_micros, version.day_cap_micros) == (340_000, 1_000_500_000, 20_000_000)
    assert (version.lease_s, version.skips_per_day, version.review_days) == (2700, 3, 5)
    assert (project.workforce, version.instruction) == ("own", "# Draw")
    batch = Batch.objects.exclude(name=None).get()
    assert (batch.name, batch.status) == ("Street furniture 1", "staging")
    assert Task.objects.filter(batch=batch).count() == 1
    assert not ProjectDraft.objects.exists()
    assert not DraftFile.objects.exists()


def test_a_step_says_what_is_wrong_at_the_field_and_keeps_what_was_typed(member):
    draft = begin(member)
    twice = LABELS | {"labels-1-name": "Car", "labels-1-geometry": "box", "attributes-0-choices": ""}

    answer = member.post(step(draft, "taxonomy"), twice)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“Car” is there twice. Choose another name." in page
    assert "Give at least one choice." in page
    assert "2 things to fix" in page
    kept = ProjectDraft.objects.get().document
    assert [row["name"] for row in kept["rows"]["labels"]] == ["Car", "Car"]
    assert "taxonomy" not in kept["done"]


def test_rows_are_added_removed_and_moved_without_a_script(member):
    draft = begin(member)

    def names(deed: str) -> list[str]:
        rows = ProjectDraft.objects.get().document["rows"].get("labels", [])
        given: dict[str, Any] = {
            "labels-TOTAL_FORMS": len(rows) or 0,
            "labels-INITIAL_FORMS": 0,
            "attributes-TOTAL_FORMS": 0,
        }
        given |= {"attributes-INITIAL_FORMS": 0, "deed": deed}
        for number, row in enumerate(rows):
            given |= {f"labels-{number}-name": row["name"] or f"new {number}", f"labels-{number}-geometry": "box"}
        assert member.post(step(draft, "taxonomy"), given).status_code == 200
        return [row["name"] for row in ProjectDraft.objects.get().document["rows"]["labels"]]

    assert names("labels:add") == [""]
    assert names("labels:add") == ["new 0", ""]
    assert names("labels:add") == ["new 0", "new 1", ""]
    assert names("labels:up:1") == ["new 1", "new 0", "new 2"]
    assert names("labels:down:0") == ["new 0", "new 1", "new 2"]
    assert names("labels:remove:1") == ["new 0", "new 2"]
    assert names("labels:remove:77") == ["new 0", "new 2"]


def test_what_is_typed_is_kept_while_the_preview_follows(member):
    draft = begin(member)

    answer = member.post(step(draft, "taxonomy"), LABELS, headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert "payload" in answer.content.decode()
    assert "Draft saved" in answer.content.decode()
    assert answer.context["payload"]["view"]["geometries"]["box"]["labels"][0]["name"] == "Car"


def test_a_project_is_not_created_while_a_step_is_open(member):
    draft = begin(member)

    answer = member.post(step(draft, "check"), {"items": "10"})

    assert answer.status_code == 422
    assert [code for code, _title in answer.context["missing"]] == ["taxonomy", "instructions", "pipeline", "people"]
    assert not Project.objects.exists()


def test_a_draft_is_its_author_s_alone(member, membership):
    draft = begin(member)
    other = Client()
    other.force_login(MembershipFactory.create(organization=membership.organization).user)

    assert other.get(step(draft, "taxonomy")).status_code == 404
    assert other.get(reverse("customer:draft_preview", args=["basalt", draft.public_id])).status_code == 404
    assert member.get(step(draft, "nonsense")).status_code == 404


@pytest.mark.parametrize("name", ["kind", "data", "taxonomy", "instructions", "pipeline", "people", "check"])
def test_every_step_opens(name, member):
    assert member.get(step(begin(member), name)).status_code == 200


def test_leaving_keeps_the_draft(member):
    draft = begin(member)

    answer = member.post(step(draft, "pipeline"), {"places": "3", "reviews": "x", "keep": "1"})

    assert answer["Location"] == reverse("customer:projects", args=["basalt"])
    assert ProjectDraft.objects.get().document["places"] == 3
    assert "Street furniture" in member.get(reverse("customer:new_project", args=["basalt"])).content.decode()
