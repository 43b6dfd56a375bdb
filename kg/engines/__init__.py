"""Where extraction runs: in this process, in several, or on a Ray cluster; the same Records come out of each."""

from kg.engines.base import Failed, Outcome, Read, here
from kg.engines.processes import in_processes
from kg.engines.ray import on_ray

__all__ = ["Failed", "Outcome", "Read", "here", "in_processes", "on_ray"]
