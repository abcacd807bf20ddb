"""The addresses that customers give for callbacks: a web address, or one of e-mail."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from core.errors import BusinessError
from delivery.models import is_mail
from delivery.wording import reason_of
from files import addresses
from files.addresses import FetchError


def check_address(address: str) -> None:
    """Raises BusinessError `bad_address`. Where a name leads is looked at when something is sent there."""
    try:
        if is_mail(address):
            validate_email(address)
        else:
            addresses.read(address, ports=settings.FETCH_PORTS)
    except ValidationError:
        raise BusinessError(reason_of("address_unreadable"), code="bad_address", status=400) from None
    except FetchError as error:
        raise BusinessError(reason_of(error.code), code="bad_address", status=400) from None
