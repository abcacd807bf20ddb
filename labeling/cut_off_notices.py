"""Who is told that a customer is cut off, or let in again: its members, and the site's admins."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.cutting_off import contact
from accounts.models import KillSwitch, Membership, User
from events import telling
from events.wording import Wording, register


def tell_thrown(switch: KillSwitch, *, at: datetime) -> None:
    """To members without a `slug`: this mail alone is sent while they are cut off."""
    tell_members(switch, "access_cut_off", {"contact": contact()}, at=at)
    tell_admins(switch, "kill_switch_thrown", but_not=switch.thrown_by, at=at)


def tell_lifted(switch: KillSwitch, *, at: datetime) -> None:
    tell_members(switch, "access_again", {"slug": switch.organization.slug}, at=at)
    tell_admins(switch, "kill_switch_lifted", but_not=switch.ended_by, at=at)


def tell_asked(switch: KillSwitch, code: str, *, by: User, at: datetime) -> None:
    """To those who can confirm it."""
    tell_admins(switch, code, but_not=by, at=at)


def tell_members(switch: KillSwitch, code: str, params: dict[str, str], *, at: datetime) -> None:
    own = Membership.objects.filter(organization=switch.organization).order_by("pk")
    telling.tell(
        own.values_list("user_id", flat=True),
        code=code,
        params={"organization": switch.organization.name, **params},
        dedupe_key=f"{code}:{switch.public_id}",
        at=at,
        mail=True,
    )


def tell_admins(switch: KillSwitch, code: str, *, but_not: User | None, at: datetime) -> None:
    admins = User.objects.site_admins().order_by("pk")
    others = admins.exclude(pk=but_not.pk) if but_not else admins
    telling.tell(
        others.values_list("pk", flat=True),
        code=code,
        params={"name": switch.organization.name, "public_id": switch.organization.public_id},
        dedupe_key=f"{code}:{switch.public_id}",
        at=at,
        mail=True,
    )


def register_words() -> None:
    register(
        "access_cut_off",
        Wording(
            subject=_("The account of %(organization)s is cut off"),
            body=_(
                "Work of %(organization)s stands still, and nothing of it is given out or taken in until it is let in "
                "again. Nothing is deleted. Write to %(contact)s."
            ),
            banner="danger",
        ),
    )
    register(
        "access_again",
        Wording(
            subject=_("The account of %(organization)s is open again"),
            body=_("Work goes on. Exports and imports that were stopped have to be begun anew."),
            link="customer:projects",
            link_params=("slug",),
            banner="good",
        ),
    )
    for code, subject in (
        ("kill_switch_asked", _("Confirm: the kill switch of %(name)s is asked for")),
        ("kill_switch_thrown", _("The kill switch of %(name)s is thrown")),
        ("kill_switch_lift_asked", _("Confirm: lifting the kill switch of %(name)s is asked for")),
        ("kill_switch_lifted", _("The kill switch of %(name)s is lifted")),
    ):
        register(
            code, Wording(subject=subject, link="operations:kill_switch", link_params=("public_id",), banner="warn")
        )
