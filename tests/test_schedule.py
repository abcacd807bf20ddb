"""Every job without a subject runs by schedule: nobody else would ever call it."""

import inspect

from config.celery import SCHEDULE, app


def test_jobs_without_arguments_are_scheduled_and_nothing_else_is():
    app.loader.import_default_modules()
    jobs = {name: job for name, job in app.tasks.items() if not name.startswith("celery.")}
    alone = {name for name, job in jobs.items() if not inspect.signature(job.run).parameters}

    assert alone == {name for _every, name in SCHEDULE}
