"""Wires what follows from each event into the event log."""

from django.apps import AppConfig


class WiringConfig(AppConfig):
    """The last app to be ready: every capability is loaded by then."""

    name = "standfast.config"
    label = "wiring"

    def ready(self) -> None:
        """Tell the event log what follows from which event."""
        from standfast import flow
        from standfast.foundation.eventlog import operations

        operations.wire(flow.REACTIONS)
