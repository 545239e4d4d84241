"""How does a fresh demonstration come to life? The last part of the made-up day is sent at once, then the day goes on as it happens."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from standfast.demo.day import DEFAULT_SEED, DemoContact, contacts_between
from standfast.demo.intake_client import Delivery, deliver_all, open_intake
from standfast.demo.sendings import Sending, in_time_order, sendings_of
from standfast.foundation.kernel import clock

KEY_FILE = "demo-intake-key"
"""Where the installation's home keeps the key of the made-up telephony."""
LOOK_BACK = timedelta(minutes=45)
SLICE = timedelta(hours=1)
AT_ONCE = 4


async def feed_demo_day(
    *,
    url: str,
    key: str,
    on_delivery: Callable[[Delivery], None],
    seed: int = DEFAULT_SEED,
    scale: float = 1.0,
) -> None:
    """Send what happened in the last 45 minutes, then whatever happens, until stopped. Begun again, it doubles nothing."""
    sendings = live_sendings(start=clock.now() - LOOK_BACK, seed=seed, scale=scale)
    async with open_intake(url=url, key=key, connections=AT_ONCE) as client:
        await deliver_all(sendings, client=client, clock=clock.now, at_once=AT_ONCE, on_delivery=on_delivery)


def live_sendings(*, start: datetime, seed: int = DEFAULT_SEED, scale: float = 1.0) -> Iterator[Sending]:
    """Yield the requests of every contact received from `start` on, in order of when they are due, without end."""
    return in_time_order(sendings_of(contact) for contact in _contacts_from(start, seed=seed, scale=scale))


def _contacts_from(start: datetime, *, seed: int, scale: float) -> Iterator[DemoContact]:
    while True:
        yield from contacts_between(start=start, end=start + SLICE, seed=seed, scale=scale)
        start += SLICE
