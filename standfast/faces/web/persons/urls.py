"""Which addresses do the pages about persons on record have? None of them holds a name, number or birth date: addresses are logged."""

from django.urls import path

from standfast.faces.web.persons import merging, views

app_name = "persons"
urlpatterns = [
    path("", views.search, name="search"),
    path("/merges/<str:merge>/undo", merging.undo, name="undo"),
    path("/<str:person>", views.person, name="person"),
    path("/<str:person>/correct", views.correct, name="correct"),
    path("/<str:person>/merge", merging.merge, name="merge"),
]
