"""What a pause in force lets people hand in."""

import pytest

from core.errors import BusinessError
from labeling.models import Draft, Resolution
from labeling.pausing import Order, pause
from labeling.reviewing import review
from labeling.scopes import Scope
from labeling.submitting import submit
from projects.models import PausePolicy
from tests.factories import CAT, DOG, NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import ACCEPTED, make_reviewer, new_key, submitted, taken

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("policy", [PausePolicy.SAVE_ONLY, PausePolicy.RECALL])
def test_where_reviews_go_on_a_verdict_counts_and_an_answer_is_kept_as_a_draft(policy):
    project = make_project(reviews=1)
    make_tasks(project, 2)
    submitted(make_worker(project))
    reviewing, attempting = taken(make_reviewer(project)), taken(make_worker(project))
    order = Order(policy, "data", reviews_go_on=True, text_for_workers="Wait.")
    pause([Scope.of(project)], order, by=None, at=NOON)

    review(reviewing, ACCEPTED, key=new_key(), at=NOON)
    with pytest.raises(BusinessError) as refused:
        submit(attempting, response=DOG, key=new_key(), at=NOON)

    assert (Resolution.objects.get().response, refused.value.code) == (CAT, "draft_kept")
    assert Draft.objects.get().document == DOG
