from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from events import running
        from files import uploading
        from projects import drafting, importing, receivers, saying, taking  # noqa: F401 (receivers connect themselves)

        saying.register_words()
        uploading.TARGETS["batch"] = taking.BatchTarget()
        uploading.TARGETS["draft"] = drafting.DraftTarget()
        running.register(importing.JOB_KIND, importing.step, title=_("Import"), link=importing.link, needs_access=True)
