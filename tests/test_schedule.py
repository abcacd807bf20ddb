"""Every job without a subject runs by schedule, except those that others call."""

import inspect

from config.celery import SCHEDULE, app

# Called by whoever has made work for it, and by a sweeper that finds what the call missed.
CALLED = {"files.jobs.bring_files"}


def test_jobs_without_arguments_are_scheduled_and_nothing_else_is():
    app.loader.import_default_modules()
    jobs = {name: job for name, job in app.tasks.items() if not name.startswith("celery.")}
    alone = {name for name, job in jobs.items() if not inspect.signature(job.run).parameters}

    assert alone - CALLED == {name for _every, name in SCHEDULE}
