"""Keeps this process from files and from the network, where the kernel can: Linux with Landlock.

What a query's text may do is read from the text first. Should a store's parser see in it what we do not, the kernel still
lets it write nothing, read nothing but the graph, connect to nothing and start nothing.
"""

import ctypes
import os
import resource
import sys
import sysconfig
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

# The same numbers on every architecture: linux/landlock.h, asm-generic/unistd.h and linux/prctl.h.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION, _PATH_BENEATH, _NO_NEW_PRIVILEGES = 1, 1, 38
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_NETWORK: Final = 0b11  # to bind and to connect by TCP
_SCOPES: Final = 0b11  # abstract sockets, signals
_FILE_RIGHTS: Final = {1: 13, 2: 14, 3: 15, 4: 15}
"""How many rights on files a version of Landlock knows; 16 from version 5 on."""


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def confine(readable: Iterable[Path]) -> int:
    """From now on, for this thread and all that it starts: no file is written, and of files only these can be read.

    Python's own folders can be read too. What is open already stays so.

    Args:
        readable: folders, with all beneath them.

    Returns:
        The version of Landlock that holds: network from version 4 on. 0 where there is none; then files that are open grow
        no more, and that is all.
    """
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform != "linux":
        return 0
    library = ctypes.CDLL(None, use_errno=True)
    version = int(library.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION))
    if version < 1:
        return 0
    rights = (1 << _FILE_RIGHTS.get(version, 16)) - 1
    rules = _Ruleset(rights, _NETWORK if version >= 4 else 0, _SCOPES if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = library.syscall(_CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), 0)
    if ruleset < 0:
        return 0
    python = {Path(folder) for name, folder in sysconfig.get_paths().items() if name.endswith(("lib", "stdlib"))}
    for folder in {*readable, *python}:
        with suppress(OSError):  # a folder that is not there needs no rule
            descriptor = os.open(folder, os.O_PATH | os.O_CLOEXEC)
            beneath = _Beneath(_READ_FILE | _READ_FOLDER, descriptor)
            library.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(beneath), 0)
            os.close(descriptor)
    held = library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0 and library.syscall(_RESTRICT_SELF, ruleset, 0) == 0
    os.close(ruleset)
    return version if held else 0
