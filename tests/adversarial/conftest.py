"""What holds for every attack."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.support.crowds import ROUNDS

ONE_AFTER_THE_OTHER = {
    "test_audit_attacks",
    "test_browser_attacks",
    "test_disclosure",
    "test_enrollment_and_factors",
    "test_guessing",
    "test_hostile_input",
    "test_policy",
    "test_replay",
    "test_wrong_binding",
}
"""Attacks that race nothing: on SQLite here, on every database with ``make attack``."""
THROUGH_EVERY_DOOR = {"test_concurrency_bare", "test_concurrency_doors"}
KINDS_EVERYWHERE = {"app", "stock_totp"}
"""Of the attacks on each kind of device through each door, what runs on every database here, too."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave repetitions on further databases out, unless all rounds are asked for."""
    left = [item for item in items if ROUNDS == 1 and _is_repetition(item)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in set(left)]


def _is_repetition(item: pytest.Item) -> bool:
    chosen: dict[str, object] = item.callspec.params if hasattr(item, "callspec") else {}
    if chosen.get("crowd", "sqlite") == "sqlite":
        return False
    of_a_door = item.path.stem in THROUGH_EVERY_DOOR and chosen.get("kind", "app") not in KINDS_EVERYWHERE
    return of_a_door or item.path.stem in ONE_AFTER_THE_OTHER


@pytest.fixture(autouse=True)
def clock_at_rest(request: pytest.FixtureRequest) -> Iterator[None]:
    """Set the server's clock right after each test: processes beside it know no other than the real one."""
    crowd = request.getfixturevalue("crowd") if "crowd" in request.fixturenames else None
    yield
    if crowd is not None:
        crowd.server.move_clock(timedelta(0))
