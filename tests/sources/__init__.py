"""Tests of the alarm sources: real sockets, recorded bytes, one fake: the desk that commits."""
