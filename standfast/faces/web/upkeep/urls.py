"""Which addresses do the pages have on which the intake is looked after?"""

from django.urls import path

from standfast.faces.web.upkeep import views

app_name = "upkeep"
urlpatterns = [
    path("", views.intake, name="intake"),
    path("/conflicts/<int:conflict>", views.conflict, name="conflict"),
    path("/parked/<int:filing>", views.retry, name="retry"),
]
