"""How does a form lead to one operation, and what does a refusal leave on the page?"""

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpRequest

from standfast.foundation.kernel.errors import NotAllowed, NotFound, Refusal, Stale


def sent(request: HttpRequest) -> Any:
    """Return what was sent with the form, or None when the page is only looked at."""
    return request.POST if request.method == "POST" else None


def done(form: Form, act: Callable[[dict[str, Any]], object]) -> bool:
    """
    Do one thing with a form that is valid. Returns whether it was done.

    A refusal of the operation is shown with the form, what was typed kept; one about the person or the record has its own page.
    """
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except (NotAllowed, NotFound, Stale):
        raise
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def status_of(form: Form) -> int:
    """Return the status of a page that shows a form: 422 when what was sent was refused."""
    return 422 if form.is_bound else 200
