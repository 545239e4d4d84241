"""Every duty with a time limit."""

from django.apps import AppConfig


class ObligationsConfig(AppConfig):
    """The obligations capability."""

    name = "standfast.foundation.obligations"
    label = "obligations"
