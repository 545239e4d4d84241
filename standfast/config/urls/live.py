"""Which addresses does the live process answer?"""

from django.urls import path

from standfast.faces.live import views

urlpatterns = [
    path("live/desk", views.desk_stream, name="desk_stream"),
    path("healthz", views.healthz, name="healthz"),
]
handler400 = views.not_understood
handler404 = views.no_such_address
handler500 = views.crashed
