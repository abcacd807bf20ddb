"""Groups of a project's own people: made, changed, deleted; and what becomes of them with their people."""

import pytest

from core.errors import BusinessError, StaleState
from events.models import Event
from projects import enrolling, giving, grouping
from projects.giving import Given
from projects.grouping import GroupChange
from projects.models import Batch, BatchStatus, Enrollment, Group, GroupMember, Project, Workforce
from tests.factories import NOON, UserFactory, make_project, make_worker
from workers.models import Worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return UserFactory.create()


@pytest.fixture
def project():
    return make_project(workforce=Workforce.OWN)


def members(group: Group) -> set[Worker]:
    return set(Worker.objects.filter(groups__group=group))


def written() -> list[tuple[str, str, object]]:
    found = Event.objects.filter(subject_type="group").order_by("pk")
    return [(one.verb, one.subject_id, one.data) for one in found]


def ids(*people: Worker) -> list[str]:
    return sorted(one.public_id for one in people)


def test_a_group_is_made_changed_and_deleted(project, by):
    ida, jon, eva = (make_worker(project) for _n in range(3))

    group = grouping.create_group(project, " Night / 夜 🌙 ", [ida, jon], by=by, at=NOON)
    assert (group.name, members(group)) == ("Night / 夜 🌙", {ida, jon})
    # Jon is in it already, Eva is not there to be taken out.
    grouping.change_group(group, GroupChange("Late", add=[jon], remove=[eva, ida]), by=by, at=NOON)
    grouping.change_group(group, GroupChange(add=[eva]), by=by, at=NOON)
    assert (Group.objects.get().name, members(group)) == ("Late", {jon, eva})
    grouping.change_group(group, GroupChange("Late", add=[eva], remove=[ida]), by=by, at=NOON)
    key = group.public_id
    grouping.delete_group(group, by=by, at=NOON)

    of = {"project": project.public_id}
    assert (Group.objects.count(), GroupMember.objects.count()) == (0, 0)
    assert written() == [
        ("group_created", key, {**of, "added": ids(ida, jon)}),
        ("group_changed", key, {**of, "added": [], "removed": ids(ida), "renamed": True}),
        ("group_changed", key, {**of, "added": ids(eva), "removed": [], "renamed": False}),
        ("group_deleted", key, of),
    ]
    assert set(Event.objects.filter(subject_type="group").values_list("organization", "actor_id")) == {
        (project.organization_id, by.public_id)
    }


@pytest.mark.parametrize(
    "name", ["", " ", "a\nb", "ida@basalt.example", "groups", "groups/a", "a/groups", "a/groups/b", "x" * 201, ".."]
)
def test_a_name_that_cannot_be_addressed_or_is_a_person_s_is_refused(project, by, name):
    group = grouping.create_group(project, "Groups of 1@night, a/groupsy", [], by=by, at=NOON)
    verbs = [
        lambda: grouping.create_group(project, name, [], by=by, at=NOON),
        lambda: grouping.change_group(group, GroupChange(name), by=by, at=NOON),
    ]
    for verb in verbs:
        with pytest.raises(BusinessError) as refused:
            verb()
        assert (refused.value.code, refused.value.status) == ("bad_name", 400)
    assert list(Group.objects.values_list("name", flat=True)) == [group.name]


def test_a_name_is_there_once_in_a_project(project, by):
    elsewhere = make_project(workforce=Workforce.OWN)
    first, second = (grouping.create_group(project, name, [], by=by, at=NOON) for name in ("Day", "Night"))
    grouping.create_group(elsewhere, "Day", [], by=by, at=NOON)

    for verb in (
        lambda: grouping.create_group(project, "Day", [], by=by, at=NOON),
        lambda: grouping.change_group(second, GroupChange("Day"), by=by, at=NOON),
    ):
        with pytest.raises(BusinessError) as refused:
            verb()
        assert (refused.value.code, refused.value.status) == ("name_taken", 409)
    assert list(project.groups.order_by("pk")) == [first, second]


def test_only_who_is_on_the_project_comes_into_a_group(project, by):
    inside, outside, gone = make_worker(project), make_worker(make_project()), make_worker(project)
    Enrollment.objects.filter(worker=gone).update(state="ended")
    group = grouping.create_group(project, "Day", [inside], by=by, at=NOON)

    for worker in (outside, gone):
        for verb in (
            lambda worker=worker: grouping.create_group(project, "Night", [inside, worker], by=by, at=NOON),
            lambda worker=worker: grouping.change_group(group, GroupChange(add=[worker]), by=by, at=NOON),
        ):
            with pytest.raises(BusinessError, match=worker.user.email) as refused:
                verb()
            assert (refused.value.code, refused.value.status) == ("not_on_it", 400)
    assert (list(Group.objects.all()), members(group)) == ([group], {inside})


def test_projects_of_the_site_s_contractors_have_no_groups(by):
    managed = make_project()
    worker, group = make_worker(managed), Group.objects.create(project=managed, name="Day", created_at=NOON)

    verbs = [
        lambda: grouping.create_group(managed, "Night", [], by=by, at=NOON),
        lambda: giving.give_batch(managed.batches.get(), Given((group,)), by=by, at=NOON),
        lambda: giving.give_batch(managed.batches.get(), Given((), (worker,)), by=by, at=NOON),
    ]
    for verb in verbs:
        with pytest.raises(BusinessError) as refused:
            verb()
        assert refused.value.code == "not_own"
    assert giving.give_batch(managed.batches.get(), Given(), by=by, at=NOON) is False


def test_what_was_deleted_meanwhile_is_not_changed(project, by):
    group = grouping.create_group(project, "Day", [], by=by, at=NOON)
    stale = Group.objects.select_related("project").get()
    grouping.delete_group(group, by=by, at=NOON)

    for verb in (
        lambda: grouping.change_group(stale, GroupChange("Night"), by=by, at=NOON),
        lambda: giving.give_batch(project.batches.get(), Given((stale,)), by=by, at=NOON),
    ):
        with pytest.raises(StaleState, match="Day"):
            verb()


def test_who_leaves_the_project_leaves_its_groups_and_no_other_ones(project, by):
    other = make_project(workforce=Workforce.OWN)
    ida, jon = make_worker(project, other), make_worker(project)
    group = grouping.create_group(project, "Day", [ida, jon], by=by, at=NOON)
    elsewhere = grouping.create_group(other, "Day", [ida], by=by, at=NOON)
    standing = Enrollment.objects.select_related("worker", "project").get(worker=ida, project=project)

    enrolling.end_enrollment(standing, by=by, at=NOON)
    assert (members(group), members(elsewhere)) == ({jon}, {ida})
    enrolling.enroll(ida, project, by=by, at=NOON)
    assert members(group) == {jon}


def named(project: Project, *names: str) -> list[Batch]:
    return [
        Batch.objects.create(organization=project.organization, project=project, name=name, created_at=NOON)
        for name in names
    ]


def changes() -> list[object]:
    return list(Event.objects.filter(verb="batch_changed").order_by("pk").values_list("data", flat=True))


def test_a_batch_is_given_and_taken_back(project, by):
    (batch,) = named(project, "a")
    ida, jon = make_worker(project), make_worker(project)
    day, night = (grouping.create_group(project, name, [], by=by, at=NOON) for name in ("Day", "Night"))

    assert giving.give_batch(batch, Given((night, day), (jon,)), by=by, at=NOON) is True
    assert Given.of(batch) == Given((day, night), (jon,))
    assert giving.give_batch(batch, Given((day, night), (jon,)), by=by, at=NOON) is False
    giving.give_batch(batch, Given((), (ida, jon)), by=by, at=NOON)
    assert giving.give_batch(batch, Given(), by=by, at=NOON) is True

    assert Given.of(batch) == Given()
    groups, what = sorted([day.public_id, night.public_id]), {"what": "given_to"}
    assert changes() == [
        {**what, "groups": {"before": [], "after": groups}, "people": {"before": [], "after": ids(jon)}},
        {**what, "groups": {"before": groups, "after": []}, "people": {"before": ids(jon), "after": ids(ida, jon)}},
        {**what, "people": {"before": ids(ida, jon), "after": []}},
    ]  # fmt: skip


def test_a_batch_is_given_to_groups_and_people_of_its_project_alone(project, by):
    (batch,) = named(project, "a")
    stranger = make_worker()
    foreign = grouping.create_group(make_project(workforce=Workforce.OWN), "Day", [], by=by, at=NOON)

    for to, code in ((Given((foreign,)), "elsewhere"), (Given((), (stranger,)), "not_on_it")):
        with pytest.raises(BusinessError) as refused:
            giving.give_batch(batch, to, by=by, at=NOON)
        assert (refused.value.code, refused.value.status) == (code, 400)
    assert Given.of(batch) == Given()


def test_who_has_left_the_project_stays_among_those_to_whom_a_batch_is_given(project, by):
    (batch,) = named(project, "a")
    gone, there = make_worker(project), make_worker(project)
    giving.give_batch(batch, Given((), (gone,)), by=by, at=NOON)
    Enrollment.objects.filter(worker=gone).update(state="ended")

    giving.give_batch(batch, Given((), (gone, there)), by=by, at=NOON)

    assert set(Given.of(batch).people) == {gone, there}


def test_a_group_is_not_deleted_while_a_batch_is_given_to_it_alone(project, by):
    day, night = (grouping.create_group(project, name, [], by=by, at=NOON) for name in ("Day", "Night"))
    alone, shared, over, free = named(project, "alone", "shared", "over", "free")
    for batch, groups in ((alone, (day,)), (shared, (day, night)), (over, (day,)), (free, (night,))):
        giving.give_batch(batch, Given(groups), by=by, at=NOON)
    Batch.objects.filter(pk=over.pk).update(status=BatchStatus.CANCELED)

    with pytest.raises(BusinessError, match="“alone”") as refused:
        grouping.delete_group(day, by=by, at=NOON)
    assert (refused.value.code, "shared" in str(refused.value), "over" in str(refused.value)) == ("given", False, False)
    giving.give_batch(alone, Given(), by=by, at=NOON)
    grouping.delete_group(day, by=by, at=NOON)

    assert [Given.of(batch).groups for batch in (alone, shared, free)] == [(), (night,), (night,)]


def test_people_are_found_by_their_addresses_whatever_the_letters(project):
    ida, jon = make_worker(project), make_worker(project)
    emails = [ida.user.email, jon.user.email]

    assert grouping.people_on(project, [emails[1].upper(), *emails, f" {emails[0]} "]) == [jon, ida]
    for absent in ("nobody@basalt.example", ""):
        with pytest.raises(BusinessError, match=f"the address {absent}\\."):
            grouping.people_on(project, [emails[0], absent])
