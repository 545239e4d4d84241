"""How is a process of pages or of the API served? By any WSGI server; `STANDFAST_PROCESS` says which one this is."""

import logging
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from standfast.config.environment import refuse_missing_secrets
from standfast.foundation.runtime.memory import settle_memory
from standfast.foundation.runtime.tiles import tile_warnings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "standfast.config.settings")
refuse_missing_secrets(settings.ENVIRONMENT)
application = get_wsgi_application()

# At boot rather than at the first request: a page that cannot be loaded must keep the process from starting.
import_module(settings.ROOT_URLCONF)
if settings.ENVIRONMENT.process == "intake":
    # What the last process left in the journal goes in before the first new contact.
    import_module("standfast.faces.api.gate").intake()
if settings.ENVIRONMENT.process == "public":
    import_module("standfast.faces.public.gate").intake()
if settings.ENVIRONMENT.process == "staff":
    for warning in tile_warnings(settings.MAP_TILES):
        logging.getLogger(__name__).warning(warning)
settle_memory()
