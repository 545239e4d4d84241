"""What keeps the system from starting or running, in one sentence a person can act on?"""


class RuntimeProblem(Exception):
    """Something about this machine or server must be put right first: what, where, and what was expected."""
