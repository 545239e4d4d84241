"""How does this person want the screens to look: theme, density, single-letter keys? Kept in a cookie, so it works before sign-in."""

from dataclasses import dataclass
from typing import Self

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from standfast.foundation.kernel.choices import Choice

A_YEAR = 365 * 24 * 3600


class Theme(Choice):
    """Light, dark, or as the computer says."""

    SYSTEM = "system", "As the computer"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class Density(Choice):
    """How tall rows are."""

    DENSE = "dense", "Dense"
    ROOMY = "roomy", "Roomy"


class Keys(Choice):
    """Whether single letters do something in lists."""

    ON = "on", "On"
    OFF = "off", "Off"


@dataclass(frozen=True, kw_only=True)
class Look:
    """One person's settings on one browser."""

    theme: Theme = Theme.SYSTEM
    density: Density = Density.DENSE
    keys: Keys = Keys.ON

    @classmethod
    def read(cls, text: str) -> Self:
        """Read the cookie's text. Anything not understood is the default: a broken cookie must never break a page."""
        try:
            theme, density, keys = text.split(".")
            return cls(theme=Theme(theme), density=Density(density), keys=Keys(keys))
        except ValueError:
            return cls()

    def __str__(self) -> str:
        return f"{self.theme}.{self.density}.{self.keys}"


def look_of(request: HttpRequest) -> Look:
    """Return the settings of the browser that asks."""
    return Look.read(request.COOKIES.get(settings.LOOK_COOKIE_NAME, ""))


def keep_look(response: HttpResponse, look: Look) -> None:
    """Store the settings in the browser for a year."""
    response.set_cookie(
        settings.LOOK_COOKIE_NAME,
        str(look),
        max_age=A_YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
