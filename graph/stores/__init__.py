"""Stores: one protocol, two adapters."""
