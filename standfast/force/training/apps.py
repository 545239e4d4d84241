"""Skills held, and when they lapse."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """The training capability."""

    name = "standfast.force.training"
    label = "training"
