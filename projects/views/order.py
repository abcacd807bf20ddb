"""The order of all open batches of an organization, over its projects."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, member_required
from accounts.models import Mode
from core.errors import BusinessError
from projects import counting, order_keys, ordering, stopping
from projects.counting import Counts
from projects.models import Batch, BatchStatus, Pause
from projects.views.finding import CHANGE, may_change

# What one can look over and drag; a batch further down comes up by its project's own page.
MOST_ROWS = 300


@dataclass(frozen=True)
class OrderRow:
    """A batch with its place, and the ids of those above and below; empty at the ends."""

    batch: Batch
    counts: Counts
    pause: Pause | None
    place: int
    top: str
    above: str
    below: str

    @property
    def state(self) -> str:
        return stopping.batch_state(self.batch, is_paused=self.pause is not None)


@require_safe
@member_required
def order(request: MemberRequest, slug: str) -> HttpResponse:
    own = Batch.objects.visible_to(request.user)
    ended = [BatchStatus.COMPLETED, BatchStatus.CANCELED]
    open_ones = order_keys.all_of(request.organization.pk, Mode.LIVE).exclude(status__in=ended)
    found = list(
        open_ones.filter(pk__in=own.values("pk"), project__archived_at=None).select_related("project")[: MOST_ROWS + 1]
    )
    context = {
        "slug": slug,
        "rows": rows_of(found[:MOST_ROWS]),
        "most": MOST_ROWS if len(found) > MOST_ROWS else 0,
        "may_change": may_change(request),
    }
    return render(request, "projects/order.html", context)


def rows_of(found: list[Batch]) -> list[OrderRow]:
    now = timezone.now()
    ids = [batch.public_id for batch in found]
    counts = counting.of_batches([batch.pk for batch in found])
    over = stopping.over_projects([batch.project for batch in found], at=now)
    single = stopping.of_batches([batch.pk for batch in found], at=now)
    return [
        OrderRow(
            batch,
            counts[batch.pk],
            next(iter(over[batch.project_id] + single.get(batch.pk, [])), None),
            place=number + 1,
            top=ids[0] if number else "",
            above=ids[number - 1] if number else "",
            below=ids[number + 1] if number + 1 < len(ids) else "",
        )
        for number, batch in enumerate(found)
    ]


@require_POST
@member_required(permission=CHANGE)
def move_in_order(request: MemberRequest, slug: str, batch_id: str) -> HttpResponse:
    """`before` or `after` is another batch's id; the page's script, which has moved the row itself, gets no page."""
    own = Batch.objects.visible_to(request.user).filter(organization=request.organization)
    batch = get_object_or_404(own, public_id=batch_id)
    given = {word: request.POST[word] for word in ("before", "after") if request.POST.get(word)}
    others = {word: get_object_or_404(own, public_id=public_id) for word, public_id in given.items()}
    try:
        ordering.move_batch(batch, **others, by=request.user, at=timezone.now())
    except BusinessError as error:
        if in_place(request):
            raise
        messages.error(request, str(error))
    if in_place(request):
        return HttpResponse(status=204)
    return redirect(f"{reverse('customer:order', args=[slug])}#batch-{batch.public_id}")


def in_place(request: MemberRequest) -> bool:
    return request.headers.get("X-In-Place") == "true"


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(permission=CHANGE)
def reset_order(request: MemberRequest, slug: str) -> HttpResponse:
    """Asks first: what many hands have put in order is gone by it."""
    if request.method != "POST":
        return render(request, "projects/reset_order.html", {"back": reverse("customer:order", args=[slug])})
    if ordering.reset_order(request.organization, by=request.user, at=timezone.now()):
        messages.success(request, _("The batches are in the recommended order again."))
    else:
        messages.success(request, _("The batches are in the recommended order already."))
    return redirect("customer:order", slug)
