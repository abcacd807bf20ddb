import threading
from dataclasses import replace

import pytest

from projects import publishing
from projects.models import ProjectVersion
from projects.publishing import OutdatedError, publish_version, terms_of
from tests.events.together import together
from tests.factories import NOON, make_project


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_the_second_is_told_what_is_in_force(monkeypatch):
    project = make_project()
    terms = terms_of(project.current_version)
    has_written, is_over = threading.Event(), threading.Event()
    write_version = publishing.write_version

    def written(*args, **more):
        """The other comes now, and has to wait."""
        version = write_version(*args, **more)
        has_written.set()
        is_over.wait(timeout=0.3)
        return version

    def publish(instruction):
        publish_version(project, replace(terms, instruction=instruction), based_on=0, by=None, at=NOON)

    def second():
        assert has_written.wait(timeout=10)
        with pytest.raises(OutdatedError) as refused:
            publish("second")
        is_over.set()
        return refused.value.details["current"]

    monkeypatch.setattr(publishing, "write_version", written)

    assert together(lambda: publish("first"), second) == [None, 1]
    assert ProjectVersion.objects.latest("number").instruction == "first"
