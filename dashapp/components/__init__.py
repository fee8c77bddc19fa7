"""Pieces of pages: pure functions from domain values to Dash components."""
