from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"

    def ready(self) -> None:
        from payments import receivers, wording  # noqa: F401 (receivers connect themselves)

        wording.register_words()
