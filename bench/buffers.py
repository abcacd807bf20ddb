"""What a claim reads: the shared buffers of tables and indexes that one claim of the real code touches.

PostgreSQL counts them per table and index; the counts before and after one claim are compared while nobody else works
on the database. Checks of foreign keys at the commit are in them, the system's own catalogue is not.
"""

import secrets
import statistics

from django.db import connection
from django.utils import timezone

from bench import rows
from bench.filling import fill
from bench.past import give_past
from bench.seeding import World
from labeling.claiming import claim
from labeling.models import Assignment
from labeling.submitting import submit
from projects.models import Project
from workers.models import Worker

WARM_UPS = 10
CLAIMS = 25
PAST = 10_000
# pg_stat_force_next_flush came with it.
OLDEST_POSTGRES = 150_000
TOUCHED = """
SELECT (SELECT sum(coalesce(heap_blks_hit, 0) + coalesce(heap_blks_read, 0) + coalesce(idx_blks_hit, 0)
                   + coalesce(idx_blks_read, 0) + coalesce(toast_blks_hit, 0) + coalesce(toast_blks_read, 0)
                   + coalesce(tidx_blks_hit, 0) + coalesce(tidx_blks_read, 0)) FROM pg_statio_user_tables)
     + (SELECT coalesce(sum(blks_hit + blks_read), 0) FROM pg_statio_user_sequences)
"""


def of_open_work(world: World, project: Project) -> int | None:
    """The median over some claims of a worker who does one task after another; None before PostgreSQL 15."""
    worker = world.workers[0]
    world.enroll_only(project)
    if server_version() < OLDEST_POSTGRES:
        return None
    rows.analyze()
    for _claim in range(WARM_UPS):
        one_claim(worker)
    return round(statistics.median(one_claim(worker) for _claim in range(CLAIMS)))


def of_long_past(world: World) -> int | None:
    """The same for somebody who has done the first 10,000 tasks, each of which is still open for others."""
    project = world.make_project(world.measured, "Long past", places=3)
    fill(project, 2 * PAST)
    give_past(world.workers[0], project, PAST)
    return of_open_work(world, project)


def one_claim(worker: Worker) -> int:
    """Claim, count, hand in."""
    before = touched()
    found = claim(worker, at=timezone.now())
    after = touched()
    assert isinstance(found, Assignment), found
    submit(whole(found), response={"category": "cat"}, key=secrets.token_hex(8), at=timezone.now())
    return after - before


def whole(assignment: Assignment) -> Assignment:
    """As the view reads it again before it hands in."""
    related = ["worker__user", "version__project", "work_item__task__content", "work_item__task__version__project"]
    return Assignment.objects.select_related(*related).get(pk=assignment.pk)


def server_version() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int")
        return int(cursor.fetchone()[0])


def touched() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(TOUCHED)
        return int(cursor.fetchone()[0])
