"""What long work tells while it runs."""

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[str, int, int | None], None]
"""Called with a stage, how many are done, and of how many where that is known."""
