"""The named questions: each a TOML file (title, parameters, columns, order) beside its SPARQL and its Cypher."""

from kg.queries.cypher_schema import cypher_schema
from kg.queries.questions import Parameter, Question, ask, question, questions, unknown_names

__all__ = ["Parameter", "Question", "ask", "cypher_schema", "question", "questions", "unknown_names"]
