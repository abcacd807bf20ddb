# Every process that knows the settings knows the Celery application too: @shared_task binds to it.
from config.celery import app as celery_app

__all__ = ["celery_app"]
