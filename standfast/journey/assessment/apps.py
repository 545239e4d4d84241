"""THRIVE, vulnerability and the response grade."""

from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    """The assessment capability."""

    name = "standfast.journey.assessment"
    label = "assessment"
