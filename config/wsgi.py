"""The entry point of web servers."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from config.runtime import parent_watch, settling

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
parent_watch.watch_if_asked()
application = get_wsgi_application()
# Views, and what they import, would else be loaded by the first request.
import_module(settings.ROOT_URLCONF)
settling.settle()
