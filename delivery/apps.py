from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliveryConfig(AppConfig):
    name = "delivery"

    def ready(self) -> None:
        from delivery import (
            callbacks,
            calling,
            exporting,
            receivers,  # noqa: F401 (it registers itself by its import)
        )
        from events import running

        exporting.register()
        calling.register_kind()
        running.register(callbacks.AGAIN, callbacks.step_again, title=_("Sending callbacks again"), needs_access=True)
