"""How long a task usually takes: the median of what was measured last, counted anew every ten minutes."""

from collections.abc import Sequence
from datetime import timedelta
from statistics import median

from django.core.cache import cache

from labeling.models import AssignmentStatus, WorkInterval

# Enough for a steady median, few enough to read on every visit.
MEASURED = 100
AT_LEAST = 5
KEPT_FOR_S = 600


def usual_times(project_ids: Sequence[int], *, stage: int = 0) -> dict[int, timedelta]:
    """By project, of the stage; nothing for one of which too few tasks have been measured."""
    keys = {f"usual_time:{pk}:{stage}": pk for pk in project_ids}
    cached = cache.get_many(keys)
    for key, pk in keys.items():
        if key not in cached:
            cached[key] = usual_ms(pk, stage)
            cache.set(key, cached[key], KEPT_FOR_S)
    return {keys[key]: timedelta(milliseconds=ms) for key, ms in cached.items() if ms}


def usual_ms(project_id: int, stage: int) -> float:
    """0 when fewer than AT_LEAST have been measured."""
    done = WorkInterval.objects.filter(
        assignment__status=AssignmentStatus.SUBMITTED,
        assignment__work_item__stage=stage,
        assignment__work_item__task__project_id=project_id,
        worked_ms__gt=0,
    )
    times = list(done.order_by("-pk").values_list("worked_ms", flat=True)[:MEASURED])
    return median(times) if len(times) >= AT_LEAST else 0
