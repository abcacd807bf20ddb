"""The contractor's side of the site, for who has a worker row."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.sides import zone_words
from core.navigation import Place, Side
from workers.models import Worker


def places(request: HttpRequest) -> Iterator[Place]:
    if not isinstance(request.user, User):
        return
    worker = getattr(request, "worker", None) or Worker.objects.filter(user=request.user).first()
    if worker is not None:
        name = _("Worker %(pseudonym)s") % {"pseudonym": worker.pseudonym}
        yield Place(Side.WORK, name, name, zone_words(request.user.time_zone), worker.pseudonym)
