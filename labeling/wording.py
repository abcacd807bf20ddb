"""What workers are told about their work, in words."""

from django.utils.translation import gettext_lazy as _

from events.wording import Wording, register
from labeling import cut_off_notices
from labeling.pause_wording import register_pause_words
from labeling.reviewing import reason_class_name


def register_words() -> None:
    register_pause_words()
    cut_off_notices.register_words()
    register_report_words()
    register_words_of_admins()
    register_time_words()
    register(
        "work_rejected",
        Wording(
            subject=_("%(codename)s: an answer was sent back"),
            body=_(
                "%(reason_class)s: %(comment)s\n\nYou can do it again; your answer is the draft. It is yours first "
                "until %(until_at)s."
            ),
            choices={"reason_class": reason_class_name},
            link="my:work",
        ),
    )


def register_report_words() -> None:
    register(
        "report_confirmed",
        Wording(
            subject=_("%(codename)s: you were right, the task was broken"),
            body=_("It was taken out of work. Reporting it did not count against you."),
        ),
    )
    register(
        "report_dismissed",
        Wording(
            subject=_("%(codename)s: the task you reported stays in work"),
            body=_("Somebody looked at it and found that it can be done. Reporting it did not count against you."),
        ),
    )


def register_words_of_admins() -> None:
    """What an admin did to work in hand; `text` is what they wrote, or nothing."""
    register(
        "work_taken_back",
        Wording(
            subject=_("%(codename)s: a task was taken back from you"),
            body=_("%(text)s\n\nYour draft is kept. What you have earned is untouched."),
            link="my:work",
        ),
    )
    register(
        "work_transferred",
        Wording(
            subject=_("%(codename)s: somebody else goes on with your task"),
            body=_("%(text)s\n\nYour draft is kept. What you have earned is untouched."),
            link="my:work",
        ),
    )
    register(
        "work_received",
        Wording(
            subject=_("%(codename)s: a task was given to you"),
            body=_("You go on with what somebody else has begun. It is yours until %(until_at)s."),
            link="my:work",
        ),
    )


def register_time_words() -> None:
    for code, subject in (
        ("time_correction_accepted", _("Your correction of %(day)s was accepted")),
        ("time_correction_refused", _("Your correction of %(day)s was refused")),
    ):
        register(code, Wording(subject=subject, body="%(answer)s", link="my:day", link_params=("day",)))
