"""Which addresses do a partner agency's own pages have?"""

from django.urls import path

from standfast.faces.web.agency import views

app_name = "agency"
urlpatterns = [
    path("", views.referrals, name="referrals"),
    path("/<str:own_referral>", views.referral, name="referral"),
    path("/<str:own_referral>/accept", views.accept, name="accept"),
    path("/<str:own_referral>/decline", views.decline, name="decline"),
    path("/<str:own_referral>/complete", views.complete, name="complete"),
]
