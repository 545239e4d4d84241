"""How is the process of event streams served? By any ASGI server; `STANDFAST_PROCESS` says which one this is."""

import os
from importlib import import_module

import django
from django.conf import settings

from standfast.config.environment import refuse_missing_secrets
from standfast.foundation.runtime.memory import settle_memory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "standfast.config.settings")
refuse_missing_secrets(settings.ENVIRONMENT)
django.setup(set_prefix=False)
_streaming = import_module("standfast.config.streaming")
_asks = settings.ENVIRONMENT.process != "stream"
application = _streaming.AskedStreamHandler() if _asks else _streaming.StreamHandler()

# At boot rather than at the first request: a page that cannot be loaded must keep the process from starting.
import_module(settings.ROOT_URLCONF)
settle_memory()
