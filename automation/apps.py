from django.apps import AppConfig


class AutomationConfig(AppConfig):
    name = "automation"

    def ready(self) -> None:
        from automation import linking, wording

        wording.register_words()
        linking.register_origin()
