"""A one-page overview of a graph, as HTML or Markdown."""

from kg.report.report import write_report

__all__ = ["write_report"]
