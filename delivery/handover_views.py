"""What was delivered: the completed batches, as the second API lists them. (Model Delivery: one thing that is told.)"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, member_required
from accounts.models import Mode
from accounts.permissions import may
from core.paging import keyset_page
from delivery import happenings
from delivery.models import Delivery
from projects import counting
from projects.models import Batch


@dataclass(frozen=True)
class Row:
    batch: Batch
    tasks: int
    # What was told of it, for those who may see callbacks.
    callback: Delivery | None


@require_safe
@member_required
def deliveries(request: MemberRequest, slug: str) -> HttpResponse:
    """`?mode=test` shows the other world."""
    mode = Mode.TEST if request.GET.get("mode") == Mode.TEST else Mode.LIVE
    own = Batch.objects.visible_to(request.user).filter(organization=request.organization, mode=mode)
    page = keyset_page(own.delivered().select_related("project"), request, order=("-completed_at", "-id"))
    context = {
        "slug": slug,
        "page": page,
        "rows": rows_of(request, page.rows),
        "mode": mode,
        "may_export": may(request.user, "organization.export", request.organization),
    }
    return render(request, "delivery/deliveries.html", context)


def rows_of(request: MemberRequest, batches: Sequence[Batch]) -> list[Row]:
    counts = counting.of_batches([batch.pk for batch in batches])
    told = Delivery.objects.visible_to(request.user).filter(
        organization=request.organization.pk,
        kind=happenings.BATCH_COMPLETED,
        webhook=None,
        subject_id__in=[batch.public_id for batch in batches],
    )
    # Of a batch that was opened again, the last one.
    last = {one.subject_id: one for one in told.order_by("pk")}
    return [Row(batch, counts[batch.pk].completed, last.get(batch.public_id)) for batch in batches]
