"""Which addresses do the staff pages have, with a record behind each? Run as a program against a database; prints them as JSON."""

import json

import django


def main() -> None:
    """Make the samples and print (name, path) of every address."""
    from tests.entering import addresses

    print(json.dumps(list(addresses("standfast.config.urls.staff"))))  # noqa: T201 - read by the tests


if __name__ == "__main__":
    django.setup()
    main()
