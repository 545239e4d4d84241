"""The addresses of the public process; the page about what we keep fails."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from standfast.config.urls import public
from standfast.config.urls.public import handler400, handler403, handler404, handler500


def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("planted")


urlpatterns = [path("about", fail, name="about"), *(each for each in public.urlpatterns if each.name != "about")]

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
