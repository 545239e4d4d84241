"""Which addresses does the chat desk have?"""

from django.urls import path

from standfast.faces.web.chat import moving_views, owning_views, views

app_name = "chats"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("/take", owning_views.take, name="take"),
    path("/stop", owning_views.stop, name="stop"),
    path("/next", owning_views.take_next, name="next"),
    path("/here", owning_views.here, name="here"),
    path("/hand-over", owning_views.hand_over, name="hand_over"),
    path("/from-call/<str:ref>", moving_views.invite, name="invite"),
    path("/<str:chat>", views.chat, name="chat"),
    path("/<str:chat>/news", views.news, name="news"),
    path("/<str:chat>/there", views.there, name="there"),
    path("/<str:chat>/reply", views.reply, name="reply"),
    path("/<str:chat>/note", views.note, name="note"),
    path("/<str:chat>/whisper", views.whisper, name="whisper"),
    path("/<str:chat>/read", views.read, name="read"),
    path("/<str:chat>/typing", views.typing, name="typing"),
    path("/<str:chat>/reveal", views.reveal, name="reveal"),
    path("/<str:chat>/fact", views.fact, name="fact"),
    path("/<str:chat>/fact/drop", views.drop, name="drop"),
    path("/<str:chat>/taps", moving_views.taps, name="taps"),
    path("/<str:chat>/phone", moving_views.phone, name="phone"),
    path("/<str:chat>/transcript", moving_views.transcript, name="transcript"),
    path("/<str:chat>/claim", owning_views.claim, name="claim"),
    path("/<str:chat>/offer", owning_views.offer, name="offer"),
    path("/<str:chat>/accept", owning_views.accept, name="accept"),
    path("/<str:chat>/refuse", owning_views.refuse, name="refuse"),
    path("/<str:chat>/hand-back", owning_views.hand_back, name="hand_back"),
    path("/<str:chat>/take-over", owning_views.take_over, name="take_over"),
    path("/<str:chat>/close", owning_views.close, name="close"),
    path("/<str:chat>/decide", owning_views.decide, name="decide"),
]
