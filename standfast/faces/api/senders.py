"""Who sends this, and have they sent more than their rate allows?"""

import math
import threading
import time

from django.http import HttpRequest

from standfast.faces.api.problems import Problem
from standfast.foundation.intake.operations import KnownSource
from standfast.foundation.intake.operations.key_ring import KeyRing
from standfast.foundation.intake.rules.allowance import Allowance

_SCHEME = "Bearer "
_LONGEST_KEY = 200


class Senders:
    """The senders of this process: their keys, and how much of their rate each has left here."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys
        self._lock = threading.Lock()
        self._allowances: dict[tuple[str, int], Allowance] = {}

    def sender_of(self, request: HttpRequest) -> KnownSource:
        """
        Return the source whose key the request carries.

        :raises Problem: 401, if it carries none or one nobody has
        """
        given = request.META.get("HTTP_AUTHORIZATION", "")
        key = given[len(_SCHEME) :].strip()
        source = None
        if given[: len(_SCHEME)].lower() == _SCHEME.lower() and len(key) <= _LONGEST_KEY:
            source = self._keys.owner_of(key)
        if source is None:
            raise Problem(
                401,
                "key",
                "The key is missing, or it is not that of a registered source.",
                "Authorization: Bearer <key of a registered source>",
                headers={"WWW-Authenticate": 'Bearer realm="intake"'},
            )
        return source

    def charge(self, source: KnownSource) -> None:
        """
        Count one request against the source's rate.

        :raises Problem: 429, if none is left, with the seconds to wait
        """
        with self._lock:
            # A changed rate begins a new bucket.
            kept = self._allowances.setdefault((source.code, source.rate_per_minute), Allowance(source.rate_per_minute))
            wait = kept.seconds_to_wait(at=time.monotonic())
        if wait:
            raise Problem(
                429,
                "rate",
                f"{source.code} sends more than {source.rate_per_minute} contacts a minute.",
                "the same request again, after the seconds in Retry-After; 999 is never refused",
                headers={"Retry-After": str(math.ceil(wait))},
            )
