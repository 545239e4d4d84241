"""Which addresses does the contact page have?"""

from django.urls import path, register_converter

from standfast.faces.web.contact import going_views, instrument_views, judging_views, views
from standfast.foundation.kernel import refs


class Reference:
    """A reference in an address, however somebody wrote it."""

    regex = "[^/]+"
    to_python = staticmethod(refs.normalise)
    to_url = staticmethod(str)


register_converter(Reference, "reference")

app_name = "contact"
urlpatterns = [
    path("", views.start, name="start"),
    path("/<reference:ref>", views.contact, name="contact"),
    path("/<reference:ref>/fill", views.fill, name="fill"),
    path("/<reference:ref>/look-up", views.look_up, name="look_up"),
    path("/<reference:ref>/places", views.places, name="places"),
    path("/<reference:ref>/link", views.link, name="link"),
    path("/<reference:ref>/note", views.note, name="note"),
    path("/<reference:ref>/claim", views.claim, name="claim"),
    path("/<reference:ref>/take-over", views.take_over, name="take_over"),
    path("/<reference:ref>/hand-back", views.hand_back, name="hand_back"),
    path("/<reference:ref>/close", views.close, name="close"),
    path("/<reference:ref>/reopen", views.reopen, name="reopen"),
    path("/<reference:ref>/answer", judging_views.answer, name="answer"),
    path("/<reference:ref>/limb", judging_views.limb, name="limb"),
    path("/<reference:ref>/flag", judging_views.flag, name="flag"),
    path("/<reference:ref>/flag/confirm", judging_views.confirm_flag, name="confirm_flag"),
    path("/<reference:ref>/flag/dismiss", judging_views.dismiss_flag, name="dismiss_flag"),
    path("/<reference:ref>/flag/settle", judging_views.settle, name="settle"),
    path("/<reference:ref>/advice", judging_views.advice, name="advice"),
    path("/<reference:ref>/grade", judging_views.grade, name="grade"),
    path("/<reference:ref>/grade/raise", judging_views.raise_grade, name="raise"),
    path("/<reference:ref>/grade/lower", judging_views.lower_grade, name="lower"),
    path("/<reference:ref>/instrument/<slug:code>", instrument_views.instrument, name="instrument"),
    path("/<reference:ref>/instrument/<slug:code>/keep", instrument_views.keep, name="keep_instrument"),
    path("/<reference:ref>/instrument/<slug:code>/complete", instrument_views.complete, name="complete_instrument"),
    path("/<reference:ref>/instrument/<slug:code>/refuse", instrument_views.refuse, name="refuse_instrument"),
    path("/<reference:ref>/instrument/<slug:code>/follow-up", instrument_views.follow_up, name="follow_up_instrument"),
    path("/<reference:ref>/review", judging_views.review, name="review"),
    path("/<reference:ref>/route", going_views.route, name="route"),
    path("/<reference:ref>/route/choose", going_views.choose_route, name="choose_route"),
    path("/<reference:ref>/told", going_views.told, name="told"),
]
