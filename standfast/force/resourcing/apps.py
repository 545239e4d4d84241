"""Published rosters and forecasts of units."""

from django.apps import AppConfig


class ResourcingConfig(AppConfig):
    """The resourcing capability."""

    name = "standfast.force.resourcing"
    label = "resourcing"
