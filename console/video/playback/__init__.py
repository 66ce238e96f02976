"""Recordings played: processes that decode, and the player that the window pulls pictures from."""
