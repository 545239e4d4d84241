"""Incidents and their attendance clocks."""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    """The incidents capability."""

    name = "standfast.journey.incidents"
    label = "incidents"
