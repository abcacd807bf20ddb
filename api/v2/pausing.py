"""Pausing, resuming and cancelling a batch: the same actions as the pages', in Scale's terms."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import BusinessError
from labeling import canceling_batches, pausing, resuming
from labeling.pausing import Order
from labeling.scopes import Scope
from projects import stopping
from projects.models import Batch, BatchStatus, Pause, PausePolicy, PauseReason, PauseScope

# How the customer reads what stops their batch.
WIDTHS = {
    PauseScope.SITE: gettext_lazy("the whole site"),
    PauseScope.TYPE: gettext_lazy("all work of this kind"),
    PauseScope.SKILL: gettext_lazy("work that asks for a skill"),
    PauseScope.ORGANIZATION: gettext_lazy("all of your work"),
    PauseScope.PROJECT: gettext_lazy("its project"),
    PauseScope.BATCH: gettext_lazy("this batch, by a person"),
}


def is_paused(batch: Batch, *, at: datetime) -> bool:
    """Whether a pause of this very batch is in force: there is no other record of it."""
    return batch.pk in stopping.of_batches([batch.pk], at=at)


def refused(sentence: str, code: str) -> BusinessError:
    return BusinessError(sentence, code=code, status=400)


def pause(batch: Batch, *, at: datetime) -> str:
    """What to say. Raises BusinessError for a batch that is not in progress."""
    state = stopping.batch_state(batch, is_paused=is_paused(batch, at=at))
    if state != BatchStatus.IN_PROGRESS:
        raise refused(_("Only a batch in progress can be paused; this one is not."), "not_in_progress")
    order = Order(
        policy=PausePolicy.FINISH,
        reason=PauseReason.CUSTOMER,
        text_for_workers=_("This work has been paused. It goes on later."),
        is_customers=True,
    )
    pausing.pause([Scope.of(batch)], order, by=None, at=at)
    return _("The batch is paused. Only unstarted tasks are: what is in hand may be finished.")


def resume(batch: Batch, *, at: datetime) -> str:
    """What to say, with what else stops it. Raises BusinessError for a batch that the API has not paused."""
    if stopping.batch_state(batch, is_paused=is_paused(batch, at=at)) != "paused":
        raise refused(_("Only a paused batch can be resumed; this one is not."), "not_paused")
    own = [one for one in over(batch, at=at) if is_by_api(one, batch)]
    if not own:
        raise refused(_("This batch was paused by a person: it is resumed on its page."), "not_by_api")
    for one in own:
        resuming.resume(one, by=None, at=at)
    said = _("The batch is resumed.")
    if others := [str(WIDTHS[PauseScope(one.scope)]) for one in over(batch, at=at)]:
        said += " " + _("Still paused: %(scopes)s.") % {"scopes": ", ".join(dict.fromkeys(others))}
    return said


def over(batch: Batch, *, at: datetime) -> list[Pause]:
    """All that stop the batch, the narrowest first; not those of people's countries."""
    found = Pause.objects.in_force(at=at).over(
        organization=batch.organization_id,
        project=batch.project_id,
        task_type=batch.project.type,
        batch=batch.pk,
        country=None,
    )
    return sorted(found.exclude(scope=PauseScope.COUNTRY), key=stopping.width, reverse=True)


def is_by_api(one: Pause, batch: Batch) -> bool:
    """Ordered by the customer, and by no person: their own people have their names on what they stop."""
    return one.batch_id == batch.pk and one.is_customers and one.created_by_id is None


def cancel(batch: Batch, *, at: datetime) -> str:
    canceling_batches.cancel_batch(batch, by=None, at=at)
    return _(
        "The batch is cancelled. Tasks that nobody has begun are being cancelled; what is in hand may be handed in."
    )
