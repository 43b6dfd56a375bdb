"""What a derived store is made from: the Records, and the code, schema and lexicon that turn them into quads."""

import hashlib
from functools import cache
from importlib.resources import files

from kg.graph import Log
from kg.lexicon import load
from kg.model import content_hash
from kg.resolve import read_say
from kg.schema import schema_folder


def store_digest(log: Log) -> str:
    """A hash that changes when a store made from this log would."""
    say = read_say(log.folder)
    return content_hash(log.digest(), _code(), load().fingerprint, say.digest, length=32)


@cache
def _code() -> str:
    digest = hashlib.sha256((schema_folder() / "ontology.ttl").read_bytes())
    for package in ("kg.graph", "kg.resolve"):
        for file in sorted(files(package).iterdir(), key=lambda file: file.name):
            if file.name.endswith(".py"):
                digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()
