"""Agencements: facts, time, provenance and stores."""

from graph.scope import Scope, scoped
from graph.snapshot import Snapshot
from graph.stores import Changes, Put, Retract, Store, open_store

__all__ = ["Changes", "Put", "Retract", "Scope", "Snapshot", "Store", "open_store", "scoped"]
