"""What workers are told about what is on file of them, in words."""

from django.utils.translation import gettext_lazy as _

from events.wording import Wording, register


def register_words() -> None:
    register(
        "skill_granted",
        Wording(subject=_("You have the skill “%(name)s” now"), body=_("Projects that ask for it are open to you.")),
    )
    register(
        "skill_revoked",
        Wording(
            subject=_("Your skill “%(name)s” was taken back"),
            body=_(
                "Nothing more is handed out to you that needs it. What you have in hand you may finish; what you have "
                "earned is untouched."
            ),
        ),
    )
