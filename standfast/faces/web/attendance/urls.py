"""Which addresses do the pages about attendance have?"""

from django.urls import path

from standfast.faces.web.attendance import views

app_name = "attendance"
urlpatterns = [
    path("", views.attendance, name="attendance"),
    path("/incidents", views.incidents, name="incidents"),
    path("/grades", views.grades, name="grades"),
]
