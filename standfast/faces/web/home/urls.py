"""Which addresses do the first pages have?"""

from django.urls import path

from standfast.faces.web.home import views

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("find", views.find, name="find"),
    path("look", views.look, name="look"),
    path("components", views.components, name="components"),
]
