"""Recordings played."""
