"""Papers to Records: a spaCy pipeline of named components, one a file."""

from kg.extract.explain import Explanation, explain
from kg.extract.pipeline import COMPONENTS, extract, extractor_identity, pipe, pipeline, to_json

__all__ = ["COMPONENTS", "Explanation", "explain", "extract", "extractor_identity", "pipe", "pipeline", "to_json"]
