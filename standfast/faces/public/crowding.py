"""Is one address sending too much? Generous, because a refuge or a school shares one; and a no is never the end of a report."""

import threading
import time
from collections import OrderedDict

from django.conf import settings
from django.http import HttpRequest

from standfast.foundation.intake.rules.allowance import Allowance

SENT_A_MINUTE = 600
MOST_ADDRESSES = 10_000

_lock = threading.Lock()
_allowances: OrderedDict[str, Allowance] = OrderedDict()


def seconds_to_wait(request: HttpRequest) -> int:
    """Count one page sent from this address; return 0, or after how many whole seconds the next will be taken."""
    address = address_of(request)
    with _lock:
        allowance = _allowances.setdefault(address, Allowance(rate_per_minute=SENT_A_MINUTE))
        _allowances.move_to_end(address)
        if len(_allowances) > MOST_ADDRESSES:
            _allowances.popitem(last=False)
        wait = allowance.seconds_to_wait(at=time.monotonic())
    return int(wait) + 1 if wait else 0


def address_of(request: HttpRequest) -> str:
    """Return where a request came from: the last address a proxy of ours did not write itself."""
    proxies = settings.ENVIRONMENT.proxies
    written = [each.strip() for each in request.headers.get("X-Forwarded-For", "").split(",")]
    if proxies and len(written) >= proxies:
        return written[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))
