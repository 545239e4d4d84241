"""Which addresses do the pages about intake sources have?"""

from django.urls import path

from standfast.faces.web.upkeep import sources

app_name = "sources"
urlpatterns = [
    path("", sources.sources, name="sources"),
    path("/add", sources.register, name="register"),
    path("/<str:source>/key", sources.renew, name="renew"),
    path("/<str:source>/stop", sources.stop, name="stop"),
]
