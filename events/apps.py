from django.apps import AppConfig
from django.http import HttpRequest


class EventsConfig(AppConfig):
    name = "events"

    def ready(self) -> None:
        from core import navigation
        from events import (
            checking,
            receivers,  # noqa: F401  (it registers itself by its import)
            sending,
        )
        from events.mailing import send_mail, send_mails
        from events.words import register_words

        sending.register("mail", send_mail, sending.Terms(in_bulk=send_mails))
        register_words()
        checking.register()
        for side in ("my", "customer", "operations"):
            navigation.register_count(f"{side}:messages", unread_messages)


def unread_messages(request: HttpRequest) -> int:
    """For the count in the rail."""
    from accounts.models import User
    from events.models import Notice

    return Notice.objects.visible_to(request.user).unread().count() if isinstance(request.user, User) else 0
