"""The public's live chat: conversations, queue, operators."""

from django.apps import AppConfig


class ChatConfig(AppConfig):
    """The chat capability."""

    name = "standfast.journey.chat"
    label = "chat"
