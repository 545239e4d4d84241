"""Which addresses does the dispatchers' board have?"""

from django.urls import path

from standfast.faces.web.dispatch import duty_views, incident_views, map_views, views

app_name = "dispatch"
urlpatterns = [
    path("", views.board, name="board"),
    path("/big", views.big, name="big"),
    path("/map", map_views.shown, name="map"),
    path("/map/tiles/<int:zoom>/<int:column>/<int:row>", map_views.tile, name="tile"),
    path("/ground", map_views.ground, name="ground"),
    path("/mine", duty_views.mine, name="mine"),
    path("/mine/status", duty_views.press, name="press"),
    path("/mine/result", duty_views.result, name="result"),
    path("/book", duty_views.book, name="book"),
    path("/units/<str:callsign>", duty_views.unit, name="unit"),
    path("/units/<str:callsign>/status", duty_views.status, name="status"),
    path("/units/<str:callsign>/off", duty_views.off, name="off"),
    path("/units/<str:callsign>/stand-down", views.stand_down, name="stand_down"),
    path("/units/<str:callsign>/alarm", views.alarm, name="alarm"),
    path("/units/<str:callsign>/message", views.message, name="message"),
    path("/reports/<int:report>", views.settle, name="settle"),
    path("/incidents/<str:incident>/send", views.send, name="send"),
    path("/incidents/<str:incident>/log", incident_views.log, name="log"),
    path("/incidents/<str:incident>/describe", incident_views.describe, name="describe"),
    path("/incidents/<str:incident>/call-back", incident_views.call_back, name="call_back"),
    path("/incidents/<str:incident>/close", incident_views.close, name="close"),
    path("/incidents/<str:incident>/close/agree", incident_views.agree, name="agree"),
    path("/incidents/<str:incident>/close/refuse", incident_views.refuse, name="refuse"),
    path("/incidents/<str:incident>/reopen", incident_views.reopen, name="reopen"),
]
