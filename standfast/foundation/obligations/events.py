"""What can happen to a duty with a time limit?"""

from dataclasses import dataclass

from standfast.foundation.eventlog.happening import Happening, Retention


@dataclass(frozen=True, kw_only=True)
class ObligationStarted(Happening):
    """A duty began to run."""

    kind = "obligations.obligation.started"
    sentence = "Duty “{duty}” started, due {due_at} (row {row}, {table})"
    retention = Retention.WITH_RECORD

    about: str
    duty: str
    due_at: str
    row: str
    table: str


@dataclass(frozen=True, kw_only=True)
class ObligationMet(Happening):
    """A duty was done, in time or late."""

    kind = "obligations.obligation.met"
    sentence = "Duty “{duty}” met, {seconds_left} seconds before its limit"
    retention = Retention.WITH_RECORD

    about: str
    duty: str
    seconds_left: int


@dataclass(frozen=True, kw_only=True)
class ObligationStopped(Happening):
    """A duty ended without being done, for a stated reason."""

    kind = "obligations.obligation.stopped"
    sentence = "Duty “{duty}” stopped: {because}"
    retention = Retention.WITH_RECORD

    about: str
    duty: str
    because: str


@dataclass(frozen=True, kw_only=True)
class JobLeftToPeople(Happening):
    """A job failed at a row as often as it is tried by itself: from now on people are shown it. It is still tried, at longer intervals."""

    kind = "obligations.job.left_to_people"
    sentence = "“{job}” failed {tries} times and needs a person: {because}"
    retention = Retention.WITH_RECORD

    about: str
    job: str
    tries: int
    because: str


@dataclass(frozen=True, kw_only=True)
class JobCaughtUp(Happening):
    """A row that people were shown needs nobody any longer: the job did it, or it is not due any more."""

    kind = "obligations.job.caught_up"
    sentence = "“{job}” needs no person any longer"
    retention = Retention.WITH_RECORD

    about: str
    job: str
