"""Which addresses do the pages about incidents have?"""

from django.urls import path

from standfast.faces.web.incidents import joining, views

app_name = "incidents"
urlpatterns = [
    path("", views.incidents, name="incidents"),
    path("/<str:incident>", views.incident, name="incident"),
    path("/<str:incident>/review", views.review, name="review"),
    path("/<str:incident>/doubt", views.doubt, name="doubt"),
    path("/<str:incident>/merge", joining.merge, name="merge"),
    path("/<str:incident>/part", joining.part, name="part"),
    path("/<str:incident>/link", joining.link, name="link"),
    path("/<str:incident>/unlink", joining.unlink, name="unlink"),
    path("/<str:incident>/split", joining.split, name="split"),
]
