"""A person gets in touch, by any channel."""

from django.apps import AppConfig


class ContactConfig(AppConfig):
    """The contact capability."""

    name = "standfast.journey.contact"
    label = "contact"
