"""The named questions: each a TOML file (title, parameters, columns, order) beside its SPARQL."""

from kg.queries.questions import Parameter, Question, ask, question, questions, unknown_names

__all__ = ["Parameter", "Question", "ask", "question", "questions", "unknown_names"]
