"""An organization's own workforce: who of its people may be put on its projects."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Organization, User
from core.actions import action
from core.errors import BusinessError
from workers.models import Worker
from workers.receivers import worker_for


@action
def own_worker(organization: Organization, email: str, *, at: datetime) -> Worker:
    """The worker with this address. A member who has never labeled becomes one.

    Raises BusinessError `not_ours` for everybody else, whether they exist or not.
    """
    found = Worker.objects.filter(organization=organization, user__email__iexact=email).first()
    if found is not None:
        return found
    member = User.objects.filter(email__iexact=email, memberships__organization=organization).first()
    made = worker_for(member, organization=organization, at=at) if member else None
    if made is None or made.organization_id != organization.pk:
        sentence = _("Nobody of your own people has this address. Invite them as a contractor first.")
        raise BusinessError(sentence, code="not_ours", status=400)
    return made
