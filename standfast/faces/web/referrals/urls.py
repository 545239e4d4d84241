"""Which addresses do the force's pages about referrals have?"""

from django.urls import path

from standfast.faces.web.referrals import sending, views

app_name = "referrals"
urlpatterns = [
    path("referrals", views.referrals, name="referrals"),
    path("referrals/<str:referral>", views.referral, name="referral"),
    path("referrals/<str:referral>/withdraw", views.withdraw, name="withdraw"),
    path("referrals/<str:referral>/by-phone", views.by_phone, name="by_phone"),
    path("contacts/<str:contact>/threshold", sending.threshold, name="threshold"),
    path("contacts/<str:contact>/refer", sending.refer, name="refer"),
    path("contacts/<str:contact>/signpost", sending.signpost, name="signpost"),
]
