"""Which addresses does the intake process answer?"""

from django.urls import path

from standfast.faces.api import health
from standfast.faces.api.intake_api import INTAKE

urlpatterns = [
    path("api/v1/", INTAKE.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
handler400 = "standfast.faces.api.edge.bad_request"
handler404 = "standfast.faces.api.intake_api.no_such_address"
handler500 = "standfast.faces.api.edge.crashed"
