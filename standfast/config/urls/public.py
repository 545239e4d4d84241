"""Which addresses does the public process answer? None of them says what a page is about: they stay in browser history."""

from django.urls import path

from standfast.faces.public import chat_views, edge, plain_views, views

urlpatterns = [
    path("", plain_views.front, name="front"),
    path("form/check", views.check, name="check"),
    path("form/done", views.sent, name="sent"),
    path("form/<slug:step>", views.question, name="question"),
    path("form/<slug:step>/note", views.advice, name="advice"),
    path("write", chat_views.start, name="talk_start"),
    path("write/page", chat_views.talk, name="talk"),
    path("write/news", chat_views.news, name="talk_news"),
    path("write/typing", chat_views.typing, name="talk_typing"),
    path("write/code", chat_views.code, name="talk_code"),
    path("write/return", chat_views.come_back, name="talk_return"),
    path("leave", plain_views.leave, name="leave"),
    path("about", plain_views.about, name="about"),
    path("embed", plain_views.embed, name="embed"),
    path("healthz", plain_views.healthz, name="healthz"),
    path("readyz", plain_views.readyz, name="readyz"),
    path("robots.txt", plain_views.robots, name="robots"),
    path(".well-known/security.txt", plain_views.security_text, name="security_text"),
]

handler400 = edge.bad_request
handler403 = edge.denied
handler404 = edge.not_found
handler500 = edge.server_error
