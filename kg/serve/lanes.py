"""Blocking work beside the server's loop: so many at a time, and only so many that wait, only so long."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.exceptions import HTTPException

from kg.settings import setting

Result = TypeVar("Result")


class Lane:
    """Runs work in threads, `width` at a time, first come first served."""

    def __init__(self, width: int) -> None:
        self._slots = asyncio.Semaphore(width)
        self._threads = CapacityLimiter(width)
        self._waiting = 0

    async def run(self, work: Callable[[], Result]) -> Result:
        """What the work returns.

        Raises:
            HTTPException: 503, too many wait already, or its turn did not come in time.
        """
        if self._slots.locked() and self._waiting >= setting("serve_waiting"):
            raise _busy(f"{self._waiting} requests wait already")
        self._waiting += 1
        try:
            async with asyncio.timeout(setting("serve_wait_seconds")):
                await self._slots.acquire()
        except TimeoutError:
            raise _busy(f"no process was free within {setting('serve_wait_seconds')} seconds") from None
        finally:
            self._waiting -= 1
        try:
            return await to_thread.run_sync(work, limiter=self._threads)
        finally:
            self._slots.release()


def _busy(why: str) -> HTTPException:
    return HTTPException(503, f"The server is busy: {why}. Try again in a moment.", headers={"Retry-After": "5"})
