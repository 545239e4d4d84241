"""Which problems are told in one sentence, with which exit code? Everything else crashes loudly."""

from standfast.config.environment import BadEnvironment
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.kernel.tables import PolicyError
from standfast.foundation.runtime.problems import RuntimeProblem

DONE = 0
FOUND_WRONG = 1
BAD_INPUT = 2
PROBLEMS = (BadEnvironment, Refusal, PolicyError, RuntimeProblem)
