"""Which Chromium do the browser tests drive? The one that is there; else Debian's; else Playwright's. Without one there is no test run."""

import os
import shutil

from setting_up import machine
from setting_up.places import ENVIRONMENT, STATE
from setting_up.problem import SetUpProblem
from setting_up.running import can_run, run, run_over_network, told

VARIABLE = "STANDFAST_TEST_BROWSER"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FOUND = STATE / "browser"
"""The Makefile hands its content on to the tests."""
ASK_PLAYWRIGHT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


def check_obtainable() -> None:
    """
    Look whether a browser can be had, before anything is downloaded.

    :raises SetUpProblem: if there is none and none may be installed: with the line to type
    """
    if not (_find() or machine.may_install()):
        raise SetUpProblem(f"the tests need a browser, which must be installed first: {machine.APT_LINE}")


def find_or_install() -> None:
    """
    Find a Chromium that starts, or install one, and remember where it is.

    :raises SetUpProblem: if there is none and none may be installed: with the line to type
    """
    FOUND.write_text((_find() or _install()) + "\n", encoding="utf-8")


def _find() -> str:
    if given := os.environ.get(VARIABLE):
        if can_run(given, "--version"):
            return given
        raise SetUpProblem(f"{VARIABLE}={given} is not a browser that starts.")
    # Ubuntu has a `chromium-browser` that only says where to get one: so each is asked for its version.
    paths = filter(None, map(shutil.which, NAMES))
    return next((path for path in paths if can_run(path, "--version")), "")


def _install() -> str:
    if machine.may_install():
        machine.fetch_lists()
        if not machine.offers("chromium"):
            return _playwrights_own()
    # The fonts: without any, a new machine draws pages without letters.
    machine.install(["chromium", "fonts-liberation"])
    if not (found := _find()):
        raise SetUpProblem(f"Chromium was installed but does not start; {VARIABLE} can name another.")
    return found


def _playwrights_own() -> str:
    python = str(ENVIRONMENT / "bin" / "python")
    with told("fetch Playwright's Chromium"):
        run_over_network([python, "-m", "playwright", "install", "--with-deps", "chromium"])
    return run([python, "-c", ASK_PLAYWRIGHT]).strip()
