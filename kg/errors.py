"""The exception tree. All of Papergraph's own errors are here, and nowhere else.

    PapergraphError                 anything a user can mend; `kg` prints it without a traceback
    ├── InputError                  an input that cannot be read at all
    ├── RecordError                 one record of an input that cannot be used (the others are)
    ├── GraphError                  a graph folder that is missing, locked, damaged or of another version
    ├── EngineError                 processes or a cluster for extraction that cannot be had
    ├── QueryError                  a query or a named question that cannot be answered as put
    │   └── LimitError              a query that went over a limit of time, memory or size and was stopped
    ├── SchemaError                 schema files that are missing, or do not fit each other
    ├── ExportError                 an export that cannot be written
    └── StoreError                  a database server that cannot be reached, or does not hold what it should

Each message says what was found where, and what to do.
"""


class PapergraphError(Exception):
    """Base of all errors that a user can mend."""


class InputError(PapergraphError):
    """An input cannot be read at all: missing, empty, binary, of an unknown kind or encoding."""


class RecordError(PapergraphError):
    """One record of an input cannot be used. The rest of the input goes on."""


class GraphError(PapergraphError):
    """A graph folder is missing, in use by another build, damaged, or of another version."""


class EngineError(PapergraphError):
    """Processes, or a cluster, for extraction do not start or do not answer."""


class QueryError(PapergraphError):
    """A query does not parse, a named question does not exist, or a parameter does not fit."""


class LimitError(QueryError):
    """A query went over a limit of time, memory or size, and was stopped."""


class SchemaError(PapergraphError):
    """A file of `schemas/` is missing, or names what another does not know."""


class ExportError(PapergraphError):
    """An export cannot be written."""


class StoreError(PapergraphError):
    """A database server cannot be reached, refuses the user, or does not hold what was loaded."""
