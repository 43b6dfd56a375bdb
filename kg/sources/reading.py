"""Bytes to lines: files, standard input, gzip; encodings and sizes checked."""

import codecs
import gzip
import io
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias, TypeVar, cast

from typing_extensions import Buffer

from kg.errors import InputError
from kg.settings import setting

STDIN = "-"
_CHUNK = 65_536
Got = TypeVar("Got")
_Stream: TypeAlias = io.BufferedReader | gzip.GzipFile
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


@dataclass(frozen=True)
class Line:
    """A line without its end. `text` is None where it is over `max_record_bytes` or no UTF-8 (then `bad_byte`)."""

    number: int
    text: str | None
    size: int
    bad_byte: int | None = None


class Input:
    """An open input: its name, a look at its beginning (`head`), and its lines, once.

    Raises (from `lines`):
        InputError: the gzip data ends early or is damaged.
    """

    def __init__(self, name: str, stream: _Stream) -> None:
        self.name = name
        plain, start = self._guard(lambda: _look(stream, 2))
        stream = gzip.GzipFile(fileobj=plain) if start == b"\x1f\x8b" else plain
        self._stream, start = self._guard(lambda: _look(stream, setting("sniff_bytes")))
        if not start.strip():
            raise InputError(f"{name} is empty: give a file with at least one paper.")
        for bom, encoding in _BOMS:
            if start.startswith(bom):
                self._stream.read(len(bom))
                start = start[len(bom) :]
                if encoding != "utf-8":
                    recoded = cast(_Stream, io.BufferedReader(_Recoded(self._stream, encoding)))
                    self._stream, start = self._guard(partial(_look, recoded, setting("sniff_bytes")))
        if b"\x00" in start[:1024] and _binary(start):
            raise InputError(f"{name} is binary, not text: give one of the formats that `kg sources` lists.")
        if b"\r" in start.rstrip() and b"\n" not in start:
            raise InputError(f"{name} ends its lines with CR alone: convert it, for example with  tr '\\r' '\\n'.")
        self.head = start.decode("utf-8", errors="replace")

    def lines(self) -> Iterator[Line]:
        """The lines, numbered from 1, in constant memory."""
        most = setting("max_record_bytes")
        number = 0
        while chunk := self._guard(lambda: self._stream.readline(most + 1)):
            number += 1
            size = len(chunk)
            if size > most:
                while not chunk.endswith(b"\n") and (chunk := self._guard(lambda: self._stream.readline(most))):
                    size += len(chunk)
                yield Line(number, None, size)
                continue
            try:
                yield Line(number, chunk.decode("utf-8").rstrip("\r\n"), size)
            except UnicodeDecodeError as error:
                yield Line(number, None, size, bad_byte=error.start + 1)

    def _guard(self, read: Callable[[], Got]) -> Got:
        try:
            return read()
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InputError(f"{self.name} is damaged gzip data ({error}): fetch or pack it again.") from error
        except UnicodeDecodeError as error:
            raise InputError(
                f"{self.name} is not the {error.encoding} that it says it is: convert it to UTF-8."
            ) from error
        except OSError as error:
            raise InputError(f"{self.name} cannot be read: {error.strerror or error}.") from error


class _Replay(io.RawIOBase):
    """Some bytes already read, then the rest of their stream: a pipe cannot be rewound."""

    def __init__(self, start: bytes, rest: _Stream) -> None:
        self._start, self._rest = io.BytesIO(start), rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer") -> int:
        view = memoryview(buffer)
        data = self._start.read(len(view)) or self._rest.read1(len(view))
        view[: len(data)] = data
        return len(data)


class _Recoded(io.RawIOBase):
    """A stream of UTF-16 as UTF-8. A lone surrogate becomes bytes that are no UTF-8, so that it costs its own line alone."""

    def __init__(self, rest: _Stream, encoding: str) -> None:
        self._rest, self._ready = rest, b""
        self._decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer") -> int:
        view = memoryview(buffer)
        while not self._ready:
            data = self._rest.read1(_CHUNK)
            self._ready = self._decoder.decode(data, final=not data).encode("utf-8", "surrogatepass")
            if not data:
                break
        part, self._ready = self._ready[: len(view)], self._ready[len(view) :]
        view[: len(part)] = part
        return len(part)


def _look(stream: _Stream, size: int) -> tuple[_Stream, bytes]:
    """The stream as if unread, and its first bytes; of damaged gzip data those before the damage, if any."""
    start = b""
    try:
        while len(start) < size and (more := stream.read1(size - len(start))):
            start += more
    except (EOFError, zlib.error, gzip.BadGzipFile, UnicodeDecodeError):
        if not start:
            raise
    return io.BufferedReader(_Replay(start, stream), buffer_size=65_536), start


def _binary(start: bytes) -> bool:
    odd = sum(byte < 9 or 13 < byte < 32 for byte in start)
    return odd > len(start) / 50


@contextmanager
def open_input(path: str) -> Iterator[Input]:
    """Open a file, or standard input for `-`; gzip is unpacked.

    Raises:
        InputError: it is missing, a folder, unreadable, empty or binary.
    """
    if path == STDIN:
        if sys.stdin is None:
            raise InputError("standard input is closed: pipe a file into it, or name the file.")
        yield Input("standard input", cast(io.BufferedReader, sys.stdin.buffer))
        return
    try:
        if Path(path).is_dir():
            raise InputError(f"{path} is a folder: name the files in it, for example {path}/*.jsonl")
        stream = open(path, "rb")  # noqa: SIM115 - closed below; errors of reading it are told elsewhere
    except FileNotFoundError:
        raise InputError(f"{path} does not exist: check the path.") from None
    except PermissionError:
        raise InputError(f"{path} may not be read: check its permissions.") from None
    except (
        OSError,
        ValueError,
    ) as error:  # too long a name, a NUL or a lone surrogate in it, a file in the place of a folder
        raise InputError(f"{path!r} cannot be opened: {getattr(error, 'strerror', None) or error}.") from None
    with stream:
        yield Input(Path(path).name, stream)
