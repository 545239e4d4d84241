"""How fast is a bare page of the same rows? Django, its own templates, one query for the incidents, one for the units; nothing else."""

import os
from typing import Any

import django
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path
from psycopg.conninfo import conninfo_to_dict

SHOWN = 50
PAGE = (
    "<!doctype html><title>Board</title><table>{% for i in incidents %}<tr><td>{{ i.0 }}<td>{{ i.1 }}<td>{{ i.2 }}<td>{{ i.3 }}"
    "<td>{{ i.4 }}<td>{{ i.5 }}{% endfor %}</table><ul>{% for u in units %}<li>{{ u.0 }} {{ u.1 }} {{ u.2 }}{% endfor %}</ul>"
)
INCIDENTS = """
SELECT i.reference, i.risk, i.grade, i.kind, i.place_text, o.due_at FROM incidents_incident i
LEFT JOIN obligations_obligation o ON o.subject = i.reference AND o.kind = 'attend' AND o.met_at IS NULL AND o.stopped_at IS NULL
WHERE i.state <> 'resolved' ORDER BY i.risk, o.due_at LIMIT %s
"""
UNITS = "SELECT callsign, state, state_at FROM incidents_unit WHERE on_duty_from IS NOT NULL ORDER BY callsign"


def board(request: HttpRequest) -> HttpResponse:
    """Answer the rows as a table and a list."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(INCIDENTS, [SHOWN])
        incidents = cursor.fetchall()
        cursor.execute(UNITS)
        shown: dict[str, Any] = {"incidents": incidents, "units": cursor.fetchall()}
    return HttpResponse(engines["django"].from_string(PAGE).render(shown, request))


def alive(_request: HttpRequest) -> HttpResponse:
    """Say that the process answers."""
    return HttpResponse("ok")


urlpatterns = [path("board", board), path("healthz", alive)]


def _database(url: str) -> dict[str, Any]:
    parts = conninfo_to_dict(url)
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    given = {name: str(parts.get(part, "")) for name, part in names.items()}
    return {"ENGINE": "django.db.backends.postgresql", **given, "OPTIONS": {"pool": {"min_size": 1, "max_size": 4}}}


if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        SECRET_KEY="a bare page signs nothing",  # noqa: S106 - nothing is signed
        DATABASES={"default": _database(os.environ["DATABASE_URL"])},
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        USE_TZ=True,
    )
    django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402 - the settings come first

application = get_wsgi_application()
