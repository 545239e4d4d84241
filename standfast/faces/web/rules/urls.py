"""Which addresses does the rules browser have?"""

from django.urls import path

from standfast.faces.web.rules import views

app_name = "rules"
urlpatterns = [
    path("", views.tables, name="tables"),
    path("/<slug:table>", views.table, name="table"),
    path("/<slug:table>/try", views.try_table, name="try"),
]
