"""Which addresses does the process of the public streams answer?"""

from django.urls import path

from standfast.faces.public import stream_views

urlpatterns = [
    path("write/stream", stream_views.stream, name="talk_stream"),
    path("healthz", stream_views.healthz, name="healthz"),
]
handler400 = stream_views.not_understood
handler404 = stream_views.no_such_address
handler500 = stream_views.crashed
