"""`python -m bench.job ID SECONDS`: run a job as Celery would, for so long; prints rows, seconds and peak memory."""

import os
import sys
import time

import django

from bench import processes
from config.runtime import settling


def main(job_id: int, most_s: float) -> None:
    django.setup()
    from events import running
    from events.models import ENDED_JOBS, Job

    settling.settle()
    begun = time.monotonic()
    while True:
        running.run(job_id)
        job = Job.objects.get(pk=job_id)
        seconds = time.monotonic() - begun
        if job.state in ENDED_JOBS or seconds > most_s:
            break
    peak = processes.peak_mb(os.getpid())
    print(job.done if job.state != "failed" else 0, round(seconds, 3), "-" if peak is None else round(peak, 1))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
