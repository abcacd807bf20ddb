from django.apps import AppConfig


class LabelingConfig(AppConfig):
    name = "labeling"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from events import running
        from labeling import applying, moving, receivers, wording  # noqa: F401 (receivers connect themselves)

        wording.register_words()
        running.register("apply_pause", applying.apply_pause, title=_("Applying a pause"))
        running.register("apply_resume", applying.apply_resume, title=_("Applying the end of a pause"))
        running.register(moving.KIND, moving.step, title=_("Moving open tasks to the new version"))
