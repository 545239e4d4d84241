"""Where does a page about something of a contact lead back to?"""

from django.http import HttpRequest
from django.urls import reverse

from standfast.faces.screens.asking import may_open

CONTACT_PAGE = "contact:contact"


def contact_address(request: HttpRequest, reference: str) -> str:
    """Return the address of a contact's page, or nothing if the person who asks may not open it."""
    return reverse(CONTACT_PAGE, args=[reference]) if may_open(request, CONTACT_PAGE) else ""
