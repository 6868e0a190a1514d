"""Agencements: facts, time, provenance and stores."""
