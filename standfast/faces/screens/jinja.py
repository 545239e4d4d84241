"""How are pages rendered? With Jinja2: every value escaped, an unknown name an error, GOV.UK's components one call away."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.middleware.csrf import get_token
from django.urls import reverse
from jinja2 import ChainableUndefined, Environment, PackageLoader, PrefixLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from standfast.faces.screens import times
from standfast.faces.screens.assets import asset
from standfast.faces.screens.marking import marked, marked_at
from standfast.foundation.kernel.days import wall_clock


def environment(**options: Any) -> Environment:
    """Return the environment of our templates. Django passes the loader and `autoescape`."""
    made = Environment(  # noqa: S701 - Django passes autoescape=True
        **{**options, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True, "auto_reload": False}
    )
    made.globals.update(asset=asset, url=address, govuk=govuk, icon=icon, csrf_field=csrf_field)
    made.filters.update(
        ago=_ago,
        clock_time=times.exact,
        marked=marked,
        marked_at=marked_at,
        moment=_moment,
        span=times.span,
        wall_clock=wall_clock,
    )
    return made


def address(name: str, **parameters: object) -> str:
    """Return the address of a page by its entry point's name."""
    return reverse(name, kwargs=parameters or None)


def icon(name: str) -> Markup:
    """Return an icon of the sprite. It is decoration: the word beside it says the same."""
    return Markup('<svg class="ic" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>').format(
        asset("src/sprite.svg"), name
    )


@pass_context
def csrf_field(context: Context) -> Markup:
    """Return the hidden field every form that changes something carries."""
    request = context["request"]
    if not hasattr(request, "form_field"):
        # One for all forms of a page: making one takes longer than rendering the form around it.
        field = Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">')
        request.form_field = field.format(get_token(request))
    made: Markup = request.form_field
    return made


def govuk(component: str, params: Mapping[str, Any]) -> Markup:
    """Render a component of GOV.UK Frontend, such as `govuk("radios", {…})`, with the parameters its documentation lists."""
    name = "govuk" + "".join(part.capitalize() for part in component.split("-"))
    template = _govuk_environment().get_template(f"govuk_frontend_jinja/components/{component}/macro.html")
    return Markup(getattr(template.module, name)(dict(params)))  # noqa: S704 - escaped by its own environment


@cache
def _govuk_environment() -> Environment:
    # These macros ask for parameters that were not given, so strictness would fail them.
    loader = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    return Environment(loader=loader, autoescape=True, undefined=ChainableUndefined)


@pass_context
def _ago(context: Context, instant: datetime) -> str:
    return times.ago(instant, now=context["frame"].now)


@pass_context
def _moment(context: Context, instant: datetime) -> str:
    return times.short_moment(instant, now=context["frame"].now)
