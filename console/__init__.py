"""Zhishou, the desktop console of a security monitoring post."""

__version__ = "0.1.0"
