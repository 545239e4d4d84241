"""Which addresses do the pages about accounts have?"""

from django.urls import path

from standfast.faces.web.people import views

app_name = "people"
urlpatterns = [
    path("", views.people, name="people"),
    path("/add", views.add, name="add"),
    path("/<str:username>", views.person, name="person"),
    path("/<str:username>/roles", views.roles, name="roles"),
    path("/<str:username>/access", views.access, name="access"),
    path("/<str:username>/invite", views.invite, name="invite"),
]
