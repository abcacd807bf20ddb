"""What people are told about money, in words."""

from django.utils.translation import gettext_lazy as _

from events.wording import Wording, register


def register_words() -> None:
    register(
        "accepted_by_time",
        Wording(
            subject=_("%(codename)s: accepted, %(amount_micros)s"),
            body=_("Nobody reviewed this within the project's review time, so it is accepted and paid."),
            link="my:wallet",
        ),
    )
