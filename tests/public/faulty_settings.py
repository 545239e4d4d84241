"""The public process with one page that fails, to see what a fault looks like from outside."""

from standfast.config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.public.faulty_urls"
