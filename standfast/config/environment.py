"""With which settings does this process run? Every variable the program reads, typed, checked whole at boot."""

import os
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

PREFIX = "STANDFAST_"
Process = Literal["staff", "live", "public", "stream", "intake", "worker", "sealer", "auditor", "migrator"]

# Read by code below the settings, or by the tests and benches: allowed, but not part of a process's settings.
READ_ELSEWHERE = {
    "STANDFAST_CLOCK_OFFSET_SECONDS",
    "STANDFAST_DATA_DIR",
    "STANDFAST_HOME",
    "STANDFAST_INTAKE_KEY",
    "STANDFAST_POLICY_DIR",
    "STANDFAST_TEST_BROWSER",
    "STANDFAST_TEST_DATABASE_URL",
    "STANDFAST_TEST_PICTURES",
}


class BadEnvironment(Exception):
    """The environment says something the program cannot run with."""


class Environment(BaseModel):
    """The settings of one process. An unknown `STANDFAST_` variable is refused: it is most likely misspelt."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    process: Process = "staff"
    database_url: str = ""
    secret_key: str = Field(default="", description="Signs sessions; made once by set-up, never a default")
    reference_secret: str = Field(default="", description="Makes references; losing it breaks retries of old keys")
    journal_dir: str = ""
    hosts: str = "localhost,127.0.0.1,[::1]"
    force_name: str = "Standfast"
    demo: bool = False
    insecure_cookies: bool = False
    live_url: str = Field(default="", description="Where browsers reach the streams; {host} is the name they asked for")
    staff_url: str = Field(default="", description="Where browsers reach the staff pages: who may read the streams")
    public_url: str = Field(default="", description="Where browsers reach the public pages: who may read their stream")
    static_dir: str = ""
    anchor_dir: str = ""
    map_tiles: str = Field(
        default="",
        pattern=r"^(/.+\.pmtiles|https?://[^\s;,'{}]+/[^\s;,'{}]*\{z\}[^\s;,']*)?$",
        description="The force's own map under the dispatchers' board: the whole path of a PMTiles file of pictures or vector tiles, which "
        "the staff pages serve themselves, or an address with {z}, {x} and {y}, which browsers ask; empty draws the ground alone",
    )
    map_credit: str = Field(
        default="", max_length=200, description="Whose map it is, as its licence asks; a PMTiles file says it by itself"
    )
    routing_engine: str = Field(
        default="",
        pattern=r"^((osrm|valhalla):https?://[^\s]+)?$",
        description="Who is asked for travel times by road: `osrm:` or `valhalla:` and its address; empty goes by the distance model",
    )
    pool_size: int = Field(default=4, ge=1, le=100)
    exit_url: str = Field(default="https://www.bbc.co.uk/weather", description="Where “Exit this page” leads")
    security_contact: str = Field(default="", description="For security.txt: a mailto: or https: address")
    proxies: int = Field(
        default=0, ge=0, le=10, description="How many of our own proxies stand before the public pages"
    )


def read_environment(variables: Mapping[str, str] | None = None) -> Environment:
    """
    Read the settings of this process.

    :raises BadEnvironment: if one is unknown or of the wrong kind: which, and what was expected
    """
    given = os.environ if variables is None else variables
    values = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in given.items()
        if name.startswith(PREFIX) and name not in READ_ELSEWHERE
    }
    values["database_url"] = given.get("DATABASE_URL", "")
    try:
        return Environment.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + str(first["loc"][0]).upper()
        if first["type"] == "extra_forbidden":
            raise BadEnvironment(f"{name} is no variable of Standfast{_meant(name)}.") from None
        if first["type"] == "string_pattern_mismatch":
            wanted = Environment.model_fields[str(first["loc"][0])].description
            raise BadEnvironment(f"{name} is wrong: {first['input']!r} was given; expected was: {wanted}.") from None
        raise BadEnvironment(f"{name} is wrong: {first['msg']}; {str(first['input'])!r} was given.") from None


def _meant(name: str) -> str:
    known = {PREFIX + field.upper() for field in Environment.model_fields if field != "database_url"} | READ_ELSEWHERE
    near = get_close_matches(name, known, n=1)
    return f"; is {near[0]} meant?" if near else ""


def refuse_missing_secrets(environment: Environment) -> None:
    """
    Let a serving process start that has secrets of its own: sessions, second factors and references stand on them.

    :raises BadEnvironment: if one is empty
    """
    needed = ["secret_key", *(["reference_secret"] if environment.process in {"intake", "public"} else [])]
    for name in needed:
        if not getattr(environment, name):
            raise BadEnvironment(f"{PREFIX}{name.upper()} is empty; `standfast up` makes one, or set your own.")
