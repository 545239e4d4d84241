"""What do the columns of a CSV hold? Every complaint names the file and the line."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standfast.science.planning.series.history import Numbers, Source
from standfast.science.planning.series.interval import Times
from standfast.science.planning.series.problems import BadSeries
from standfast.science.planning.series.results import source_of

HEADER_LINES = 1
OFFSET = r"(?:Z|[+-]\d\d:?\d\d)$"
A_TIME = "a time such as 2026-11-23 21:00 or 2026-11-23T21:00:00Z was"


@dataclass(frozen=True, eq=False)
class Table:
    """The cells of a CSV as text, by column; line numbers count the header as 1."""

    path: Path
    source: Source
    columns: dict[str, NDArray[Any]]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def require(self, *names: str) -> None:
        """
        Refuse a table that lacks a column.

        :raises BadSeries: naming the header and what it has instead
        """
        for name in names:
            if name not in self.columns:
                found = ", ".join(self.columns) or "nothing"
                raise BadSeries.at(self.path, 1, f"there is no column “{name}”, only {found}", expected=f"“{name}” was")

    def line(self, row: int) -> int:
        """Return the line of the file that a row stands in."""
        return row + HEADER_LINES + 1


def read_table(path: Path) -> Table:
    """
    Read a CSV, or CSV.gz, as text.

    :raises BadSeries: if it is no CSV with a header and at least one row
    """
    import pandas as pd

    source = source_of(path)
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, skip_blank_lines=False, encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadSeries.of(path, "it is not text", expected="a CSV in UTF-8 was") from None
    except pd.errors.EmptyDataError:
        raise BadSeries.of(path, "it is empty", expected="a CSV with a header was") from None
    except pd.errors.ParserError as wrong:
        raise _misshapen(path, str(wrong)) from None
    except (OSError, EOFError) as wrong:
        raise BadSeries.of(path, f"it cannot be unpacked ({wrong})", expected="a whole CSV or CSV.gz was") from None
    names = [str(each).strip() for each in frame.columns]
    if not len(frame):
        raise BadSeries.at(path, 2, "there is no row", expected="at least one row below the header was")
    if len(set(names)) < len(names):
        raise BadSeries.at(path, 1, "two columns have the same name", expected="a name for each column was")
    columns = {name: frame.iloc[:, place].to_numpy(dtype=object) for place, name in enumerate(names)}
    return Table(path=path, source=source, columns=columns)


def times_in(table: Table, column: str) -> tuple[Times, bool]:
    """
    Return the times of a column, in UTC if they say their offset, and whether they do.

    :raises BadSeries: at the first cell that is no time, does not exist, or says an offset while others do not
    """
    import pandas as pd

    text, where = _distinct(table.columns[column])
    has_offset = text.str.contains(OFFSET) & text.str.contains(":")
    instants = bool(has_offset.iloc[where[0]])
    if (mixed := np.flatnonzero((has_offset.to_numpy() != instants)[where])).size:
        row = int(mixed[0])
        wrong = f"“{text.iloc[where[row]][:40]}” {'has no' if instants else 'has an'} offset, unlike the first row"
        raise BadSeries.at(table.path, table.line(row), wrong, expected="one form of time was")
    read = pd.to_datetime(text, format="ISO8601", errors="coerce", utc=instants)
    if (bad := np.flatnonzero(read.isna().to_numpy()[where])).size:
        row = int(bad[0])
        raise BadSeries.at(table.path, table.line(row), f"“{text.iloc[where[row]][:40]}” is no time", expected=A_TIME)
    plain = read.dt.tz_localize(None) if instants else read
    return plain.to_numpy().astype("datetime64[s]")[where], instants


def counts_in(table: Table, column: str) -> Numbers:
    """
    Return the counts of a column; an empty cell is a count nobody took.

    :raises BadSeries: at the first cell that is no whole number from nought up
    """
    import pandas as pd

    text, where = _distinct(table.columns[column])
    numbers = pd.to_numeric(text.where(text != "", "nan"), errors="coerce").to_numpy(dtype=float, copy=True)
    with np.errstate(invalid="ignore"):
        whole = np.isfinite(numbers) & (numbers >= 0) & (numbers == np.floor(numbers))
    if (bad := np.flatnonzero((~whole & (text != "").to_numpy())[where])).size:
        row = int(bad[0])
        wrong = f"“{text.iloc[where[row]][:40]}” is no count"
        raise BadSeries.at(table.path, table.line(row), wrong, expected="a whole number from 0 up was")
    return numbers[where]


def _distinct(cells: NDArray[Any]) -> tuple[Any, NDArray[np.intp]]:
    # Thousands of series repeat the same days and small counts: each text is read once.
    import pandas as pd

    where, values = pd.factorize(cells, use_na_sentinel=False)
    return pd.Series(values, dtype=str).str.strip(), where


def numbers_in(table: Table, column: str) -> Numbers:
    """
    Return the numbers of a column.

    :raises BadSeries: at the first cell that is no number
    """
    import pandas as pd

    numbers = pd.to_numeric(pd.Series(table.columns[column], dtype=str).str.strip(), errors="coerce").to_numpy(float)
    if (bad := np.flatnonzero(~np.isfinite(numbers))).size:
        row = int(bad[0])
        wrong = f"“{str(table.columns[column][row])[:40]}” under {column} is no number"
        raise BadSeries.at(table.path, table.line(row), wrong, expected="a number was")
    return numbers


def groups_in(table: Table, columns: Sequence[str]) -> tuple[NDArray[Any], list[tuple[str, ...]]]:
    """Return for each row which combination of these columns it belongs to, and the combinations in order of first sight."""
    import pandas as pd

    if not columns:
        return np.zeros(len(table), dtype=int), [()]
    whole = np.zeros(len(table), dtype=np.int64)
    for column in columns:
        codes, values = pd.factorize(table.columns[column])
        whole = whole * len(values) + codes
    codes, _ = pd.factorize(whole)
    _, first = np.unique(codes, return_index=True)
    keys = [tuple(str(table.columns[column][row]).strip() for column in columns) for row in first]
    return codes, keys


def csv_text(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return rows as CSV text with plain line ends."""
    import io

    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue()


def _misshapen(path: Path, wrong: str) -> BadSeries:
    # pandas says “Expected 2 fields in line 5, saw 3”.
    words = wrong.replace(",", " ").split()
    if "line" in words and "fields" in words:
        line, seen, wanted = words[words.index("line") + 1], words[-1], words[words.index("fields") - 1]
        return BadSeries.at(path, int(line), f"it has {seen} cells", expected=f"{wanted} as in the header were")
    return BadSeries.of(path, "it cannot be read as CSV", expected="a CSV with a header was")
