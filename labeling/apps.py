from django.apps import AppConfig


class LabelingConfig(AppConfig):
    name = "labeling"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from events import running
        from labeling import applying, canceling_batches, moving, receivers, wording  # noqa: F401 (receivers connect themselves)

        wording.register_words()
        running.register("apply_pause", applying.apply_pause, title=_("Applying a pause"))
        running.register("apply_resume", applying.apply_resume, title=_("Applying the end of a pause"))
        title = _("Cancelling the tasks of a batch")
        running.register(canceling_batches.KIND, canceling_batches.step, title=title)
        running.register(moving.KIND, moving.step, title=_("Moving open tasks to the new version"))
