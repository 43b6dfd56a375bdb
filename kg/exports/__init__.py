"""The graph as files, one module a format. Same Records, same bytes."""

from kg.exports.base import Export, FolderExport, Source
from kg.exports.registry import EXPORTS, export

__all__ = ["EXPORTS", "Export", "FolderExport", "Source", "export"]
