from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from tests.proof.crowd import Crowd


@pytest.fixture(scope="session")
def crowds(django_db_setup: None) -> Iterator[Callable[[int], Crowd]]:
    """A crowd of the size, started once; closed before the test database is dropped."""
    made: dict[int, Crowd] = {}

    def crowd_of(size: int) -> Crowd:
        for other in [other for other in made if other != size]:
            made.pop(other).close()
        if size not in made:
            made[size] = Crowd(size, str(connection.settings_dict["NAME"]))
        return made[size]

    yield crowd_of
    for crowd in made.values():
        crowd.close()
