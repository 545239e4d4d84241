"""How do the lines of a chat become a conversation? The chat twin of `filing.py`."""

from standfast.foundation.intake.operations.chat_filing import ChatFiler
from standfast.journey.chat import operations as chat

CHAT_FILER = ChatFiler(file=chat.file_chat)
