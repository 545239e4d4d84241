"""Which addresses does the wall have?"""

from django.urls import path

from standfast.faces.web.wall import views

app_name = "wall"
urlpatterns = [
    path("", views.wall, name="wall"),
    path("/figures", views.figures, name="figures"),
    path("/people", views.people, name="people"),
]
