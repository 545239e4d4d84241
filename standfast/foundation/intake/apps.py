"""What was received, word for word, before anything else happens."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """The intake capability."""

    name = "standfast.foundation.intake"
    label = "intake"
