"""How is Django set up? One module for every process; `STANDFAST_PROCESS` says which one this is."""

import sys
from pathlib import Path

import structlog
from psycopg.conninfo import conninfo_to_dict

from standfast.config.environment import read_environment

ENVIRONMENT = read_environment()
PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = ENVIRONMENT.secret_key or "not-for-use-the-boot-checks-refuse-it"
DEBUG = False
ALLOWED_HOSTS = ENVIRONMENT.hosts.split(",")
ROOT_URLCONF = f"standfast.config.urls.{ENVIRONMENT.process}"
USE_TZ = True
TIME_ZONE = "Europe/London"
LANGUAGE_CODE = "en-gb"
USE_I18N = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = False

FOUNDATION = [
    "standfast.foundation.eventlog",
    "standfast.foundation.people",
    "standfast.foundation.places",
    "standfast.foundation.intake",
    "standfast.foundation.parties",
    "standfast.foundation.obligations",
]
FORCE = ["standfast.force.training", "standfast.force.resourcing"]
JOURNEY = [
    "standfast.journey.contact",
    "standfast.journey.assessment",
    "standfast.journey.chat",
    "standfast.journey.triage",
    "standfast.journey.incidents",
]
# Where nobody signs in, the library that does it is not even loaded.
SIGN_IN = (
    []
    if ENVIRONMENT.process in {"public", "stream", "intake", "sealer"}
    else ["allauth", "allauth.account", "allauth.mfa"]
)
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "pgtrigger",
    *SIGN_IN,
    *FOUNDATION,
    *FORCE,
    *JOURNEY,
    "standfast.config",
]

# The public pages, and the stream beside them: one program, with one log-in.
IS_PUBLIC = ENVIRONMENT.process in {"public", "stream"}
if IS_PUBLIC:
    # What the intake stands on, and nothing else: no stage of a journey, and nothing that follows from an event.
    INSTALLED_APPS = [
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django.contrib.staticfiles",
        "standfast.foundation.eventlog",
        "standfast.foundation.people",
        "standfast.foundation.intake",
    ]

AUTH_USER_MODEL = "people.StaffMember"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

PROCESS = ENVIRONMENT.process
DEMO = ENVIRONMENT.demo
FORCE_NAME = ENVIRONMENT.force_name
LIVE_URL = ENVIRONMENT.live_url
MAP_TILES = ENVIRONMENT.map_tiles
ROUTING_ENGINE = ENVIRONMENT.routing_engine
MAP_CREDIT = ENVIRONMENT.map_credit
STAFF_URL = ENVIRONMENT.staff_url

# What a request passes, outermost first. Each ends in a choke point that asks config/entry_points.py.
_OUTER = ["standfast.config.middleware.Headers"]
_CHOKE = ["standfast.config.middleware.EntryPoints"]
_ASKER = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "standfast.config.middleware.CrossSite",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "standfast.faces.web.sign_in.sessions.Askers",
]
MIDDLEWARE_OF: dict[str, list[str]] = {
    "staff": [
        *_OUTER,
        "whitenoise.middleware.WhiteNoiseMiddleware",
        *_ASKER,
        *_CHOKE,
        "standfast.faces.web.errors.Refusals",
    ],
    "live": [*_OUTER, *_ASKER, *_CHOKE],
    "public": [
        *_OUTER,
        "standfast.faces.public.edge.Edge",
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "standfast.config.middleware.CrossSite",
        *_CHOKE,
    ],
    # Nothing a public stream passes may keep a thread.
    "stream": ["standfast.config.streaming.AwaitedHeaders", "standfast.config.streaming.AwaitedEntryPoints"],
    # Machines only, and the path with the least time: its outermost is its own, which also says no as machines expect it.
    "intake": ["standfast.faces.api.edge.Edge", *_CHOKE],
}
# The processes that answer no address still have to name the sign-in library's middleware, which looks for it at start.
MIDDLEWARE = MIDDLEWARE_OF.get(PROCESS, ["allauth.account.middleware.AccountMiddleware"] if SIGN_IN else [])
REFUSAL_VIEW = "standfast.faces.live.views.refused" if PROCESS == "live" else "standfast.faces.web.errors.refusal_page"
CSRF_FAILURE_VIEW = (
    "standfast.faces.live.views.unproven" if PROCESS == "live" else "standfast.faces.web.errors.csrf_failure"
)

_FACES = PACKAGE / "faces"
_SCREENS = _FACES / "screens"
_PAGES_OF = {"public": "public", "stream": "public"}
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [
            _SCREENS / "templates",
            *sorted((_FACES / _PAGES_OF.get(PROCESS, "web")).glob("**/templates")),
        ],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": f"standfast.faces.{_PAGES_OF.get(PROCESS, 'screens')}.jinja.environment",
            "context_processors": [
                "standfast.faces.public.pages.frame" if IS_PUBLIC else "standfast.faces.web.frame.frame"
            ],
        },
    }
]
STATIC_URL = "/static/"
STATICFILES_DIRS: list[Path | tuple[str, Path]] = [_SCREENS / "static"]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
# A force's own pictures: `crest.svg` in this folder stands in the top bar.
CREST = ""
if ENVIRONMENT.static_dir:
    STATICFILES_DIRS.append(("force", Path(ENVIRONMENT.static_dir)))
    CREST = f"{STATIC_URL}force/crest.svg" if (Path(ENVIRONMENT.static_dir) / "crest.svg").is_file() else ""
# Served from where they lie, found once at start: nothing to collect, and each address carries its file's content.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 600

# Faults go to the standard error of the process, without what was sent. Refusals are counted elsewhere: here they would be noise.
# A fault is written with where it came from, never with what was at hand there: that is what people said.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), exception_formatter=structlog.dev.plain_traceback),
    ]
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "ERROR"}, "django.security": {"level": "ERROR"}},
}

# Cookies. Only a demonstration on its own computer, asked by a program that keeps no Secure cookie over HTTP, may do without.
_SECURE = not (ENVIRONMENT.insecure_cookies and ENVIRONMENT.demo)
_PREFIX = "__Host-" if _SECURE else ""
_SAME_SITE = "Lax" if IS_PUBLIC else "Strict"
SESSION_ENGINE = "standfast.faces.screens.session_store"
SESSION_COOKIE_NAME = f"{_PREFIX}standfast-session"
SESSION_COOKIE_SECURE = _SECURE
SESSION_COOKIE_SAMESITE = _SAME_SITE
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_NAME = f"{_PREFIX}standfast-form"
CSRF_COOKIE_SECURE = _SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = _SAME_SITE
LOOK_COOKIE_NAME = f"{_PREFIX}standfast-look"

# Sign-in, by django-allauth. Its limiter counts in the database, so that every process counts together.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
AUTHENTICATION_BACKENDS = ["standfast.faces.web.sign_in.backend.StaffBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "name", "email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "standfast.faces.web.sign_in.adapter.SignInAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = {
    # A whole shift signs in from one address within minutes.
    "login": "300/m/ip",
    # Five tries, then waits that grow; a hundred wrong ones an hour from one address.
    "login_failed": "100/h/ip,5/5m/key,8/15m/key,12/h/key",
}
MFA_ADAPTER = "standfast.faces.web.sign_in.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_FORMS = {"authenticate": "standfast.faces.web.sign_in.forms.CodeForm"}
MFA_RECOVERY_CODES_SHOW_ONCE = True


# Values travel apart from the words of a statement, and what is asked often is planned once: a contact is filed by the same twenty
# statements as the one before.
STATEMENTS: dict[str, object] = {"server_side_binding": True, "prepare_threshold": 5}


def _database(url: str) -> dict[str, object]:
    parts = conninfo_to_dict(url) if url else {}
    return {
        "ENGINE": "standfast.foundation.runtime.connections",
        "NAME": parts.pop("dbname", "standfast"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
        "OPTIONS": {**parts, **STATEMENTS, **_pool()},
    }


def _pool() -> dict[str, object]:
    # One connection at a time, and none before it is asked for, where there is no server to keep warm.
    if ENVIRONMENT.process in {"migrator", "auditor", "sealer"}:
        return {}
    return {"pool": {"min_size": 1, "max_size": ENVIRONMENT.pool_size, "timeout": 5}}


DATABASES = {"default": _database(ENVIRONMENT.database_url)}

# The public pages. Their cookies end with the browser and are named so that they say nothing of where they come from.
VISIT_COOKIE_NAME = f"{_PREFIX}page"
if IS_PUBLIC:
    CSRF_COOKIE_NAME = f"{_PREFIX}form"
    CSRF_COOKIE_AGE = None
    CSRF_FAILURE_VIEW = "standfast.faces.public.views.unproven"
    REFUSAL_VIEW = "standfast.faces.public.edge.refusal_page"
    DATA_UPLOAD_MAX_MEMORY_SIZE = 512 * 1024
    STATICFILES_DIRS = [_SCREENS / "static", _FACES / "public" / "static"]
    # Its database log-in may only execute functions, by the intake's own connections: the framework is given none.
    DATABASES = {}
