from django.apps import AppConfig


class WorkersConfig(AppConfig):
    name = "workers"

    def ready(self) -> None:
        from core.navigation import register_places
        from workers import receivers  # noqa: F401  (it registers itself by its import)
        from workers.saying import register_words
        from workers.sides import places

        register_words()
        register_places(places)
