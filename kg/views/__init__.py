"""Pages to look at a graph: one HTML file each, no network, every fact with its sentence."""

from kg.views.answer import write_answer_view
from kg.views.page import page, write_view

__all__ = ["page", "write_answer_view", "write_view"]
