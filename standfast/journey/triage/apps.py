"""Where a contact goes."""

from django.apps import AppConfig


class TriageConfig(AppConfig):
    """The triage capability."""

    name = "standfast.journey.triage"
    label = "triage"
