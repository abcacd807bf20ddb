"""What the owner of a rule is told, in words."""

from django.utils.translation import gettext_lazy as _

from automation.measures import MEASURES
from events.wording import Wording, register
from labeling.pause_wording import Paragraphs


def register_words() -> None:
    numbers = _("%(measure)s: %(percent)s %%. The threshold of the rule is %(threshold)s %%.")
    for code, subject, body in (
        (
            "rule_stopped",
            _("%(what)s is paused by the rule “%(name)s”"),
            _("It ends by itself at %(until)s, or when somebody resumes it."),
        ),
        (
            "rule_would_stop",
            _("The rule “%(name)s” would have paused %(what)s"),
            _("It only watches: nothing was stopped. The pause would have lasted until %(until)s."),
        ),
    ):
        register(
            code,
            Wording(
                subject=subject,
                body=Paragraphs(numbers, body),
                choices={"measure": measure_name},
                link="operations:rule",
                link_params=("public_id",),
                banner="warn",
            ),
        )


def measure_name(code: str) -> str:
    return str(MEASURES[code].name) if code in MEASURES else code
