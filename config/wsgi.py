"""The entry point of web servers."""

import os

from django.core.wsgi import get_wsgi_application

from config.runtime import parent_watch

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
parent_watch.watch_if_asked()
application = get_wsgi_application()
