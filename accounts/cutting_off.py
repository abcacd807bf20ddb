"""What a customer who is cut off is told."""

from email.utils import parseaddr

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import is_cut_off
from core.errors import BusinessError


class CutOffError(BusinessError):
    """The customer is cut off: nothing goes out, nothing comes in, until the kill switch is lifted."""

    status = 403
    template = "accounts/cut_off.html"

    def __init__(self) -> None:
        super().__init__(sentence(), code="cut_off")


def sentence() -> str:
    said = _(
        "The account of this organization is cut off: its work stands still and nothing of it is given out or taken "
        "in. Nothing is deleted. Write to %(address)s."
    )
    return said % {"address": contact()}


def contact() -> str:
    """Whom members of a customer who is cut off write to."""
    return settings.CONTACT_EMAIL or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def refuse_cut_off(organization_id: int) -> None:
    """Raises CutOffError. For what writes: asked inside its transaction."""
    if is_cut_off(organization_id):
        raise CutOffError
