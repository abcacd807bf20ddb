"""What samples say: how many of each verdict, and how sure the share of good ones is."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from projects.models import Project
from quality.intervals import wilson
from quality.models import AuditVerdict, Sample, SampledTask


@dataclass(frozen=True)
class Result:
    """Of one sample, or of all of a project."""

    size: int = 0
    accepted: int = 0
    fixed: int = 0
    rejected: int = 0

    @property
    def judged(self) -> int:
        return self.accepted + self.fixed + self.rejected

    @property
    def left(self) -> int:
        return self.size - self.judged

    @property
    def share(self) -> float:
        return self.accepted / self.judged if self.judged else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.accepted, self.judged)


def of_samples(samples: Sequence[Sample]) -> dict[int, Result]:
    rows = SampledTask.objects.filter(sample__in=samples).order_by().values("sample_id", "verdict")
    counts: dict[int, dict[str, int]] = {sample.pk: {} for sample in samples}
    for row in rows.annotate(count=Count("pk")):
        counts[row["sample_id"]][row["verdict"]] = row["count"]
    return {pk: result_of(found) for pk, found in counts.items()}


def of_project(project: Project) -> Result:
    """Over all samples: each task counts once for every sample that it was drawn into."""
    rows = SampledTask.objects.filter(sample__project=project).order_by().values_list("verdict")
    return result_of(dict(rows.annotate(count=Count("pk"))))


def result_of(counts: dict[str, int]) -> Result:
    verdicts = {verdict.value: counts.get(verdict.value, 0) for verdict in AuditVerdict}
    return Result(size=sum(counts.values()), **verdicts)
