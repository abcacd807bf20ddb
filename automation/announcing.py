"""Who is told that a rule has stopped something, or would have."""

from datetime import datetime

from accounts.models import User
from automation.models import Outcome, PauseRule, RuleFiring
from events import telling


def tell_owner(firing: RuleFiring, *, at: datetime) -> None:
    """A notice and a mail of what it stopped or would have; why it did not stands on its page."""
    if firing.until is None:
        return
    rule = firing.rule
    telling.tell(
        people_of(rule),
        code="rule_stopped" if firing.outcome == Outcome.STOPPED else "rule_would_stop",
        params={
            "public_id": rule.public_id,
            "name": rule.name,
            "what": f"{firing.project.codename} / {firing.batch}" if firing.batch else firing.project.codename,
            "measure": rule.measure,
            "percent": f"{100 * firing.part / firing.whole:.1f}",
            "threshold": f"{rule.threshold_percent.normalize():f}",
            "until": firing.until.isoformat(),
        },
        dedupe_key=f"rule:{rule.public_id}:{firing.project.public_id}:{firing.at.isoformat()}",
        at=at,
        mail=True,
    )


def people_of(rule: PauseRule) -> list[int]:
    """The owner; all site admins where the owner is none any more."""
    admins = User.objects.site_admins().order_by("pk")
    own = admins.filter(pk=rule.owner_id)
    return list((own if own.exists() else admins).values_list("pk", flat=True))
