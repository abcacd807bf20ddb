from django.apps import AppConfig


class LeavingConfig(AppConfig):
    name = "leaving"
    default_auto_field = "django.db.models.BigAutoField"
