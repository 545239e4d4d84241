"""Areas, the gazetteer and boundaries."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """The places capability."""

    name = "standfast.foundation.places"
    label = "places"
