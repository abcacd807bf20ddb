import pytest

from core.among import Among
from projects.models import Task, TaskContent
from tests.factories import make_project, make_tasks

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("count", [0, 1, 3])
def test_among_finds_the_rows_of_the_keys_alone(count):
    keys = [task.pk for task in make_tasks(make_project(), 4)][:count]

    assert sorted(TaskContent.objects.filter(Among("task_id", keys)).values_list("task", flat=True)) == keys
    assert sorted(Task.objects.filter(Among("pk", keys)).values_list("pk", flat=True)) == keys
