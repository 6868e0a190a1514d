"""Numeric kernels on plain arrays."""
