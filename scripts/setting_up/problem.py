"""How does the set-up say that it cannot go on?"""


class SetUpProblem(Exception):
    """A sentence that says what is missing, and what to type."""
