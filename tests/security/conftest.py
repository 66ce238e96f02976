"""A seat to attack."""

from tests.views.conftest import looks, seat  # noqa: F401 - fixtures of these tests
