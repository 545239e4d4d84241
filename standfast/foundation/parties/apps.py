"""Persons, phones, addresses and households."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """The parties capability."""

    name = "standfast.foundation.parties"
    label = "parties"
