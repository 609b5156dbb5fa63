"""The web server's door."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
gc.set_threshold(20_000, 10, 10)  # a bulk of readings is many objects and no garbage
gc.freeze()  # what was loaded stays: looking through it again and again finds nothing to throw away
