"""Which entry points does the program really have? Read from the routers, never from the policy."""

from collections.abc import Iterator
from importlib import import_module

from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver, get_resolver

from standfast.config.entry_points import ADDRESSES, Entry

NAMELESS = "(no name)"


def address_names(urlconf: str) -> frozenset[str]:
    """Return the name of every address of a URL configuration, with its namespace; one without a name counts as NAMELESS."""
    return frozenset(_names(get_resolver(urlconf), ()))


def command_names() -> frozenset[str]:
    """Return every command of the command line, as typed."""
    typer_main = import_module("typer.main")
    root = typer_main.get_command(import_module("standfast.cli.main").app)
    return frozenset(_commands(root, ()))


def unlisted(process: str, urlconf: str, *, policy: dict[str, Entry] | None = None) -> frozenset[str]:
    """Return the addresses of a process that its policy does not list."""
    listed = ADDRESSES[process] if policy is None else policy
    return address_names(urlconf) - listed.keys()


def missing(process: str, urlconf: str, *, policy: dict[str, Entry] | None = None) -> frozenset[str]:
    """Return what the policy of a process lists and no router has."""
    listed = ADDRESSES[process] if policy is None else policy
    return frozenset(listed.keys() - address_names(urlconf))


def refuse_unlisted(process: str, urlconf: str) -> None:
    """
    Stop the boot of a process that answers an address nobody decided about.

    :raises ImproperlyConfigured: if the policy and the router differ, in either direction
    """
    extra, absent = unlisted(process, urlconf), missing(process, urlconf)
    if extra or absent:
        raise ImproperlyConfigured(
            f"config/entry_points.py and the addresses of the {process} process differ: "
            f"not listed {sorted(extra)}, listed but absent {sorted(absent)}."
        )


def _names(resolver: URLResolver, spaces: tuple[str, ...]) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from _names(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield ":".join([*spaces, pattern.name or NAMELESS])


def _commands(command: object, words: tuple[str, ...]) -> Iterator[str]:
    below = getattr(command, "commands", None)
    if below is None:
        yield " ".join(words)
        return
    for name, each in below.items():
        yield from _commands(each, (*words, name))
