"""Which addresses does the staff process answer?"""

from django.urls import include, path

from standfast.faces.api import finding
from standfast.faces.web import errors

urlpatterns = [
    path("", include("standfast.faces.web.home.urls")),
    path("", include("standfast.faces.web.sign_in.urls")),
    path("desk", include("standfast.faces.web.desk.urls")),
    path("contact", include("standfast.faces.web.contact.urls")),
    path("persons", include("standfast.faces.web.persons.urls")),
    path("chats", include("standfast.faces.web.chat.urls")),
    path("people", include("standfast.faces.web.people.urls")),
    path("", include("standfast.faces.web.referrals.urls")),
    path("agency", include("standfast.faces.web.agency.urls")),
    path("rules", include("standfast.faces.web.rules.urls")),
    path("intake", include("standfast.faces.web.upkeep.urls")),
    path("sources", include("standfast.faces.web.upkeep.source_urls")),
    path("events", include("standfast.faces.web.upkeep.event_urls")),
    path("incidents", include("standfast.faces.web.incidents.urls")),
    path("attendance", include("standfast.faces.web.attendance.urls")),
    path("dispatch", include("standfast.faces.web.dispatch.urls")),
    path("measures", include("standfast.faces.web.measures.urls")),
    path("wall", include("standfast.faces.web.wall.urls")),
    path("api/v1/contacts/<str:ref>", finding.contact, name="api_contact"),
]

handler400 = errors.bad_request
handler403 = errors.denied
handler404 = errors.page_not_found
handler429 = errors.too_many
handler500 = errors.server_error
