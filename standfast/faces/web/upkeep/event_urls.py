"""Which address does the event log have?"""

from django.urls import path

from standfast.faces.web.upkeep import events

app_name = "events"
urlpatterns = [path("", events.events, name="events")]
