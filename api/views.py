"""What belongs to no tree: addresses that nobody answers."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from api.errors import answer


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponse:
    """404 in the API's own shape, for whoever has no key, too: nothing is told by it."""
    return answer(404, _("There is no such address in the API. Addresses have no slash at their end."))
