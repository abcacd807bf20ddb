"""What this app itself tells people, in words."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from accounts.models import InvitationRole
from events.running import CRASHED, title_of
from events.wording import Wording, register

JOB = Wording(subject="", choices={"kind": title_of}, link="events:job", link_params=("public_id",))
INVITATION = Wording(subject="", choices={"role": InvitationRole}, link="accounts:invitation", link_params=("token",))


def register_words() -> None:
    register_jobs()
    register_invitations()


def register_jobs() -> None:
    kept = _("What was done until then is kept.")
    register("job_done", replace(JOB, subject=_("%(kind)s: done")))
    register("job_failed", replace(JOB, subject=_("%(kind)s: failed"), body=kept))
    register("job_canceled", replace(JOB, subject=_("%(kind)s: cancelled"), body=kept))
    register(
        CRASHED,
        Wording(subject=_("This stopped three times, and it is our fault. The reason is in the site's log.")),
    )


def register_invitations() -> None:
    register(
        "invited",
        replace(
            INVITATION,
            subject=_("You are invited to Plumbline"),
            body=_("The link is for you alone and works once, until %(expires_at)s."),
        ),
    )
    register(
        "invited_to_organization",
        replace(
            INVITATION,
            subject=_("You are invited to %(organization)s"),
            body=_("Your role: %(role)s.\n\nThe link is for you alone and works once, until %(expires_at)s."),
        ),
    )
    register("invitation_accepted", Wording(subject=_("%(email)s accepted your invitation")))
