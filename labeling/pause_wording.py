"""What people are told of pauses, in words: contractors, customers, and who may have forgotten one."""

from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from events.wording import Wording, register
from projects.models import PauseScope

IN_HAND: dict[str, str | Promise] = {
    "none": "",
    "finish": _("You may submit your open task until its lease ends."),
    "grace": _(
        "You may submit your open task until %(until_at)s; after that your draft is kept and the time that you have "
        "recorded is paid."
    ),
    "save_only": _(
        "Your draft is saved; nothing can be submitted until it is open again. If your lease ends before, the time you "
        "have recorded is paid and the task is offered to you first."
    ),
    "recall": _(
        "Your open task was taken back and the time you have recorded on it is paid. Your draft is kept and offered to "
        "you first."
    ),
}
PAUSED = _(
    "No new tasks are handed out. What you have submitted is reviewed as usual; what you have earned is untouched."
)
PAUSED_AHEAD = _("Until then everything goes on. What you earn is not touched by it.")
STEP_BY_STEP = _("Work comes back step by step; yours by %(turn_at)s.")
ALL_IN = _("People come back step by step; all of them may work again by %(all_in_at)s.")
EXPECTED = _("Expected again: %(ends_at)s.")


def register_pause_words() -> None:
    register_words_of_the_clock()
    register_words_for_customers()
    register_words_of_reminders()
    for policy, in_hand in IN_HAND.items():
        register(pause_code(policy, has_end=False), paused(in_hand))
        register(pause_code(policy, has_end=True), paused(in_hand, EXPECTED))
    for code, more in (("resumed", ()), ("resumed_step_by_step", (STEP_BY_STEP,))):
        register(
            code,
            Wording(
                subject=ngettext_lazy("%(codenames)s is open again", "%(codenames)s are open again", "count"),
                body=Paragraphs(*more, _("Work that was taken back from you is offered to you first.")),
                link="my:work",
                banner="good",
            ),
        )


def register_words_of_the_clock() -> None:
    register(
        "pause_ahead",
        Wording(
            subject=ngettext_lazy(
                "%(codenames)s will be paused from %(starts_at)s",
                "%(codenames)s will be paused from %(starts_at)s",
                "count",
            ),
            body=Paragraphs("%(text)s", PAUSED_AHEAD),
            link="my:work",
            banner="warn",
        ),
    )
    register(
        "quiet_hours",
        Wording(
            subject=ngettext_lazy("%(codenames)s has quiet hours", "%(codenames)s have quiet hours", "count"),
            body=Paragraphs("%(text)s", _("From now on nothing is handed out %(hours)s, beginning on: %(days)s.")),
            choices={"days": day_names},
            link="my:work",
            banner="plain",
        ),
    )
    register(
        "pause_called_off",
        Wording(
            subject=ngettext_lazy("%(codenames)s will not be paused", "%(codenames)s will not be paused", "count"),
            body=_("The pause from %(starts_at)s was called off."),
            link="my:work",
            banner="good",
        ),
    )


def register_words_for_customers() -> None:
    """`projects` are their own names of them; the text is what an admin wrote for them, or nothing."""
    gone_on = _(
        "Nothing of it is handed out meanwhile. You can go on adding data, looking at answers and auditing them."
    )
    for code, more in (("work_paused", ()), ("work_paused_until", (EXPECTED,))):
        register(
            code,
            Wording(
                subject=ngettext_lazy("%(projects)s is paused", "%(count)s of your projects are paused", "count"),
                body=Paragraphs("%(text)s", _("Paused: %(projects)s."), gone_on, *more),
                link="customer:projects",
                link_params=("slug",),
                banner="warn",
            ),
        )
    for code, last in (("work_resumed", ()), ("work_resumed_step_by_step", (ALL_IN,))):
        register(
            code,
            Wording(
                subject=ngettext_lazy("%(projects)s goes on", "%(count)s of your projects go on", "count"),
                body=Paragraphs(_("A pause is over: %(projects)s."), *last),
                link="customer:projects",
                link_params=("slug",),
                banner="good",
            ),
        )


def register_words_of_reminders() -> None:
    for code, link, params in (
        ("pause_forgotten", "operations:pauses", ()),
        ("own_pause_forgotten", "customer:projects", ("slug",)),
    ):
        register(
            code,
            Wording(
                subject=_("Paused for %(days)s days: %(name)s (%(scope)s)"),
                body=_("No end is set for this pause. If it is still needed, say until when; if not, resume."),
                choices={"scope": PauseScope},
                link=link,
                link_params=params,
                banner="warn",
            ),
        )


def day_names(days: str) -> str:
    """“0,6” → Monday, Sunday."""
    return ", ".join(str(WEEKDAYS[int(day)]) for day in days.split(","))


def pause_code(policy: str, *, has_end: bool) -> str:
    """The notice of a pause for somebody whose work in hand follows the policy (`none`: nothing in hand)."""
    return f"paused_{policy}_until" if has_end else f"paused_{policy}"


class Paragraphs(Promise):
    """Translated sentences under one another, made when they are read."""

    def __init__(self, *parts: str | Promise) -> None:
        self.parts = [part for part in parts if part]

    def __str__(self) -> str:
        return "\n\n".join(str(part) for part in self.parts)

    def __mod__(self, params: object) -> str:
        return str(self) % params


def paused(in_hand: str | Promise, *more: str | Promise) -> Wording:
    return Wording(
        subject=ngettext_lazy("%(codenames)s is paused", "%(codenames)s are paused", "count"),
        body=Paragraphs("%(text)s", in_hand, PAUSED, *more),
        link="my:work",
        banner="warn",
    )
