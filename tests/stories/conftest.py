"""A folder for the record that may be on a small disk, and the look of the program."""

from tests.stories.houses import data  # noqa: F401 - a fixture of these tests
from tests.views.conftest import looks  # noqa: F401 - a fixture of these tests
