"""The page of a pause names the rule that has made it."""

from django.urls import reverse

from automation.models import Outcome, RuleFiring
from labeling.pause_history import Origin, register_origins
from projects.models import Pause


def register_origin() -> None:
    register_origins(origin_of)


def origin_of(pause: Pause) -> Origin | None:
    firing = RuleFiring.objects.filter(pause=pause, outcome=Outcome.STOPPED).select_related("rule").first()
    if firing is None:
        return None
    return Origin(firing.rule.name, reverse("operations:rule", args=[firing.rule.public_id]))
