"""Append-only history of everything that happened."""

from django.apps import AppConfig


class EventlogConfig(AppConfig):
    """The event log."""

    name = "standfast.foundation.eventlog"
    label = "eventlog"
