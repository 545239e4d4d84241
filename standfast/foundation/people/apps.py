"""Staff, teams, roles and what each role may do."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """The people capability."""

    name = "standfast.foundation.people"
    label = "people"
