"""Which addresses do the measures on all contacts have?"""

from django.urls import path

from standfast.faces.web.measures import views

app_name = "measures"
urlpatterns = [
    path("", views.measures, name="measures"),
    path("/contacts", views.contacts, name="contacts"),
]
