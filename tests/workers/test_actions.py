from datetime import timedelta

import pytest

from core.errors import BusinessError, StaleState
from events.models import Event, Notice
from tests.factories import NOON, OrganizationFactory, UserFactory, WorkerFactory
from workers import actions
from workers.actions import Profile
from workers.models import Skill, Worker, WorkerLanguage, WorkerSkill

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(days=1)


@pytest.fixture
def admin():
    return UserFactory.create(is_site_admin=True)


@pytest.fixture
def skill(admin):
    return actions.create_skill("Medical terms", by=admin, at=NOON)


def events():
    return list(Event.objects.order_by("pk").values_list("verb", "subject_type", "data"))


def test_create_skill_refuses_a_name_that_is_taken_however_it_is_written(admin, skill):
    with pytest.raises(BusinessError, match="“medical terms”"):
        actions.create_skill("medical terms", by=admin, at=NOON)
    of_a_customer = actions.create_skill("Medical terms", organization=OrganizationFactory.create(), by=admin, at=NOON)

    assert list(Skill.objects.order_by("pk")) == [skill, of_a_customer]


def test_rename_skill_keeps_it_and_says_that_the_name_changed(admin, skill):
    other = actions.create_skill("Latin", by=admin, at=NOON)
    actions.rename_skill(skill, name="Medicine", by=admin, at=NOON)
    actions.rename_skill(skill, name="Medicine", by=admin, at=NOON)
    with pytest.raises(BusinessError):
        actions.rename_skill(other, name="medicine", by=admin, at=NOON)

    assert set(Skill.objects.values_list("name", flat=True)) == {"Medicine", "Latin"}
    assert events()[2:] == [("skill_changed", "skill", {"fields": ["name"]})]


def test_a_retired_skill_is_not_granted_until_it_is_in_use_again(admin, skill):
    worker = WorkerFactory.create()
    actions.retire_skill(skill, by=admin, at=NOON)
    actions.retire_skill(skill, by=admin, at=LATER)
    with pytest.raises(BusinessError):
        actions.grant_skill(worker, skill, by=admin, at=NOON)
    actions.restore_skill(skill, by=admin, at=NOON)
    actions.grant_skill(worker, skill, by=admin, at=NOON)

    assert [verb for verb, _type, _data in events()] == [
        "skill_created",
        "skill_changed",
        "skill_changed",
        "skill_granted",
    ]


def test_grant_skill_again_begins_anew(admin, skill):
    worker = WorkerFactory.create()
    grant = actions.grant_skill(worker, skill, expires_at=LATER, by=admin, at=NOON)
    actions.revoke_skill(grant, by=admin, at=NOON)
    again = actions.grant_skill(worker, skill, by=admin, at=LATER)

    row = WorkerSkill.objects.get()
    assert (again.pk, row.granted_at, row.expires_at, row.revoked_at) == (grant.pk, LATER, None, None)
    assert list(Notice.objects.order_by("pk").values_list("user", "code")) == [
        (worker.user.pk, "skill_granted"),
        (worker.user.pk, "skill_revoked"),
        (worker.user.pk, "skill_granted"),
    ]
    assert events()[1:3] == [
        ("skill_granted", "worker", {"skill": skill.public_id, "until": LATER.isoformat()}),
        ("skill_revoked", "worker", {"skill": skill.public_id}),
    ]


def test_grant_skill_refuses_an_end_that_is_over_and_another_organization_s_skill(admin, skill):
    foreign = actions.create_skill("Theirs", organization=OrganizationFactory.create(), by=admin, at=NOON)
    with pytest.raises(BusinessError, match="future"):
        actions.grant_skill(WorkerFactory.create(), skill, expires_at=NOON, by=admin, at=NOON)
    with pytest.raises(BusinessError):
        actions.grant_skill(WorkerFactory.create(), foreign, by=admin, at=NOON)

    assert WorkerSkill.objects.count() == 0


def test_people_of_an_organization_are_granted_its_own_skills_and_the_site_s(admin, skill):
    own = OrganizationFactory.create()
    worker = WorkerFactory.create(organization=own)
    theirs = actions.create_skill("Theirs", organization=own, by=admin, at=NOON)

    for one in (skill, theirs):
        actions.grant_skill(worker, one, by=admin, at=NOON)

    assert list(WorkerSkill.objects.order_by("pk").values_list("skill", flat=True)) == [skill.pk, theirs.pk]


def test_revoke_skill_twice_is_stale(admin, skill):
    grant = actions.grant_skill(WorkerFactory.create(), skill, by=admin, at=NOON)
    actions.revoke_skill(grant, by=admin, at=NOON)

    with pytest.raises(StaleState):
        actions.revoke_skill(grant, by=admin, at=NOON)


def test_change_profile_writes_what_differs_and_no_private_value_into_the_event(admin):
    worker = WorkerFactory.create()
    first = Profile("KE", ("sw", "en"), day_limit_s=3600)

    assert actions.change_profile(worker, first, by=admin, at=NOON) == ["country", "day_limit_s", "languages"]
    assert actions.change_profile(worker, first, by=admin, at=NOON) == []
    assert actions.change_profile(worker, Profile("KE", ("sw",)), by=admin, at=NOON) == ["day_limit_s", "languages"]

    stored = Worker.objects.get()
    assert Profile.of(stored) == Profile("KE", ("sw",)) == Profile.of(worker)
    assert set(WorkerLanguage.objects.values_list("code", flat=True)) == {"sw"}
    assert events() == [
        (
            "worker_changed",
            "worker",
            {"fields": ["country", "day_limit_s", "languages"], "day_limit_s": [None, 3600]},
        ),
        ("worker_changed", "worker", {"fields": ["day_limit_s", "languages"], "day_limit_s": [3600, None]}),
    ]
