"""Which addresses does signing in have? Of the library's only those that are needed."""

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import path

from standfast.faces.web.sign_in import recovery as codes
from standfast.faces.web.sign_in import views

ADD = views.answers_422(views.notes_change("added")(totp.activate_totp))
REMOVE = views.answers_422(views.notes_change("removed")(totp.deactivate_totp))
NEW_CODES = views.answers_422(views.notes_change("recovery codes made anew")(recovery.generate_recovery_codes))

urlpatterns = [
    path("sign-in", views.answers_422(views.SignIn.as_view()), name="account_login"),
    path("sign-in/code", views.answers_422(factors.authenticate), name="mfa_authenticate"),
    path("sign-in/first-time", views.first_password, name="first_password"),
    path("sign-in/demonstration", views.demo_sign_in, name="demo_sign_in"),
    path("sign-out", account.logout, name="account_logout"),
    path("account", factors.index, name="mfa_index"),
    path("account/confirm", views.answers_422(account.reauthenticate), name="account_reauthenticate"),
    path("account/confirm-code", views.answers_422(factors.reauthenticate), name="mfa_reauthenticate"),
    path("account/password", views.change_password, name="account_change_password"),
    path("account/second-factor/add", ADD, name="mfa_activate_totp"),
    path("account/second-factor/remove", REMOVE, name="mfa_deactivate_totp"),
    path("account/recovery-codes", codes.recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "account/recovery-codes/new",
        NEW_CODES,
        name="mfa_generate_recovery_codes",
    ),
]
