"""What can go wrong that a person should be told of? Everything else crashes loudly."""


class Refusal(Exception):
    """No, and why: one sentence fit to show. Each foreseen failure is a subclass beside its operation."""


class NotAllowed(Refusal):
    """This person may not do this, or may not reach this record."""


class NotFound(Refusal):
    """There is no such record, or none this person may know of: the two look the same."""


class Stale(Refusal):
    """Somebody changed the record since it was read."""
