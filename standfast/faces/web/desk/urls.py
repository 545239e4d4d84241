"""Which addresses does the contact desk have?"""

from django.urls import path

from standfast.faces.web.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("/next", views.pull_next, name="next"),
]
