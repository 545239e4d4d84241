"""`standfast travel calibrate`: how long do this force's own units take, and how wrong is the model then?"""

import csv
import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.places.rules.travel import Fit, Journey, TooFewJourneys, fit_travel, straight_km

travel = typer.Typer(help="The model of travel time.", no_args_is_help=True)
COLUMNS = ("from_lat", "from_lon", "to_lat", "to_lon", "seconds")
SETTINGS = ("urban", "rural")


class BadJourneys(Refusal):
    """The file of journeys cannot be used: says the line and what was expected."""


def add_to(app: typer.Typer) -> None:
    """Add the command group."""
    app.add_typer(travel, name="travel")


@travel.command("calibrate")
def calibrate(
    file: Annotated[Path, typer.Argument(help="CSV: from_lat, from_lon, to_lat, to_lon, seconds; optionally setting")],
    as_of: Annotated[str, typer.Option("--as-of", help="First day the edition holds, such as 2026-12-01")],
    output: Annotated[Path, typer.Option("-o", help="Where the edition goes: a TOML file")],
) -> None:
    """Fit the model to attendance records and write an edition for STANDFAST_POLICY_DIR/travel_model/."""
    journeys = read_journeys(file)
    first_day = _day(as_of)
    try:
        fits = fit_by_setting(journeys)
    except TooFewJourneys as few:
        raise BadJourneys(f"{file.name}: {few}") from None
    text = edition_of(fits, source=file.name, first_day=first_day)
    waiting = output.with_name(f".{output.name}.part")
    waiting.write_text(text, encoding="utf-8")
    waiting.replace(output)
    for setting, fit in fits.items():
        typer.echo(
            f"{setting}: {fit.journeys:,} journeys; of those it had not seen, half are within {fit.median_error:.0%} "
            f"and nine in ten within {fit.error_of_nine_in_ten:.0%} of the predicted time."
        )


def read_journeys(file: Path) -> list[tuple[str, Journey]]:
    """
    Return every journey of a file with its setting (urban, rural or none).

    :raises BadJourneys: at the first line that cannot be read
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise BadJourneys(f"{file.name}: a readable CSV file in UTF-8 was expected.") from None
    rows = csv.DictReader(io.StringIO(text))
    lacking = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if lacking:
        raise BadJourneys(f"{file.name}, line 1: the column {lacking[0]} was expected.")
    return [_journey(row, where=f"{file.name}, line {number}") for number, row in enumerate(rows, start=2)]


def fit_by_setting(journeys: list[tuple[str, Journey]]) -> dict[str, Fit]:
    """
    Return the fit of all journeys, and of town and country apart where each has enough.

    :raises TooFewJourneys: if there are not enough in all
    """
    found = {"any": fit_travel([journey for _, journey in journeys])}
    for setting in SETTINGS:
        try:
            found[setting] = fit_travel([journey for where, journey in journeys if where == setting])
        except TooFewJourneys:
            continue
    return found


def edition_of(fits: Mapping[str, Fit], *, source: str, first_day: date) -> str:
    """Return the edition of the table as text."""
    head = (
        f'[table]\nlists          = "models of travel time"\neffective_from = {first_day}\n'
        f'owner          = "Head of Control Room"\nsource         = "Fitted to {source}"\n'
    )
    rows = [
        f'\n[[row]]\nid            = "TM-{setting}"\nsetting       = "{setting}"\n'
        f"scale_seconds = {fit.scale_seconds:.2f}\nbreak_km      = {fit.break_km}\nerror_share   = {fit.error_share:.3f}\n"
        f'journeys      = {fit.journeys}\nbecause       = "Fitted to {fit.journeys} journeys; half of unseen ones within '
        f'{fit.median_error:.0%}, nine in ten within {fit.error_of_nine_in_ten:.0%}"\n'
        for setting, fit in fits.items()
    ]
    return head + "".join(rows)


def _journey(row: Mapping[str, str | None], *, where: str) -> tuple[str, Journey]:
    numbers = {}
    for name in COLUMNS:
        try:
            numbers[name] = float(row[name] or "")
        except ValueError:
            raise BadJourneys(f"{where}: {name} was expected to be a number.") from None
    on_earth = all(abs(numbers[f"{end}_lat"]) <= 90 and abs(numbers[f"{end}_lon"]) <= 180 for end in ("from", "to"))
    if not on_earth:
        raise BadJourneys(f"{where}: degrees of latitude and longitude (WGS 84) were expected.")
    km = straight_km(numbers["from_lat"], numbers["from_lon"], numbers["to_lat"], numbers["to_lon"])
    return (row.get("setting") or "").strip().lower(), Journey(km=km, seconds=numbers["seconds"])


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadJourneys(f"--as-of: a day such as 2026-12-01 was expected, not {text[:20]}.") from None
