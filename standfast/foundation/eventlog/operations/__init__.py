"""How are events remembered, and how are they sealed?"""

from standfast.foundation.eventlog.operations.recording import record, recorded_together, wire
from standfast.foundation.eventlog.operations.sealing import TransactionsWentBack, seal_once, write_anchor

__all__ = ["TransactionsWentBack", "record", "recorded_together", "seal_once", "wire", "write_anchor"]
