"""What does one open stream still have to be told? Topics add up until they are sent, so that a slow reader costs a set, not a queue."""

import asyncio
from dataclasses import dataclass, field

from standfast.faces.live.topics import CHAT

MOST_TOPICS = 500


@dataclass(frozen=True, kw_only=True)
class News:
    """One message: where the reader stands after it, and what changed; `resync` says that everything may have."""

    cursor: int
    topics: frozenset[str] = frozenset()
    resync: bool = False

    def as_message(self) -> dict[str, object]:
        """Return what is sent."""
        if self.resync:
            return {"cursor": str(self.cursor), "resync": True}
        return {"cursor": str(self.cursor), "topics": sorted(self.topics)}


@dataclass(eq=False)
class Listener:
    """
    One open stream of one session.

    That a chat has news is said at once, with the cursor that was said last; everything else, and how far the reader has come with it, at
    the next tick: a page that lists everything is not to be fetched for each line of a chat.
    """

    session: str
    cursor: int = 0
    is_over: bool = False
    _said: int = 0
    _topics: set[str] = field(default_factory=set)
    _resync: bool = False
    _is_due: bool = False
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, news: News) -> None:
        """Add what happened up to a position. Something may be told twice, never not at all: a page that fetches twice is right."""
        if news.cursor <= self.cursor:
            return
        self.cursor = news.cursor
        self._topics |= news.topics
        self._resync = self._resync or news.resync or len(self._topics) > MOST_TOPICS
        if any(topic.startswith(CHAT) for topic in news.topics):
            self._woken.set()

    def tell_all(self) -> None:
        """Let all that was added be said."""
        if self._topics or self._resync:
            self._is_due = True
            self._woken.set()

    def end(self) -> None:
        """End the stream after what it is just sending."""
        self.is_over = True
        self._woken.set()

    async def next_news(self, *, within: float) -> News:
        """Return what is to be told, or after that many seconds where the reader stands: the beat that says the stream lives."""
        try:
            await asyncio.wait_for(self._woken.wait(), within)
        except TimeoutError:
            return self._all()
        self._woken.clear()
        return self._all() if self._is_due or self.is_over or not self._said else self._chats()

    def _all(self) -> News:
        news = News(cursor=self.cursor, topics=frozenset(self._topics), resync=self._resync)
        self._topics.clear()
        self._resync = self._is_due = False
        self._said = self.cursor
        return news

    def _chats(self) -> News:
        """
        Return the chats with news. They need not be said again: what comes after on the same stream comes after, and a reader that comes
        back with this cursor is told of all since.
        """
        chats = frozenset(topic for topic in self._topics if topic.startswith(CHAT))
        self._topics -= chats
        return News(cursor=self._said, topics=chats)
