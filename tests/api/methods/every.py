"""Every method of the vendor's client: how it is called, what it gives, how it is refused."""

from tests.api.methods import of_batches, of_deliveries, of_files, of_groups, of_people, of_tasks, of_v2
from tests.api.methods.table import Method

V1: list[Method] = [
    *of_tasks.TASKS,
    *of_batches.BATCHES,
    *of_batches.PROJECTS,
    *of_files.FILES,
    *of_files.QUALITY,
    *of_people.TEAMS,
    *of_people.STUDIO,
    *of_groups.GROUPS,
]
V2: list[Method] = [
    *of_v2.PROJECTS,
    *of_v2.BATCHES,
    *of_v2.TASKS,
    *of_deliveries.DELIVERIES,
    *of_deliveries.DATASETS,
    *of_deliveries.ANSWERS,
]
METHODS = V1 + V2
