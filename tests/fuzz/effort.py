"""Says how many examples a fuzz test plays: few and the same in every run of the suite, or as many as one wants.

`FUZZ_EXAMPLES=5000 make fuzz` plays so many for each test, and others in each run.
"""

from __future__ import annotations

import os
from datetime import timedelta

from hypothesis import HealthCheck, settings

VARIABLE = "FUZZ_EXAMPLES"
LONGEST_EXAMPLE = timedelta(seconds=60)
"""Much longer than any example needs on a busy machine. One that never ends is ended by pytest's own time-out."""


def effort(usual: int) -> settings:
    """Give the settings of a test that plays `usual` examples in the suite."""
    wanted = os.environ.get(VARIABLE)
    return settings(
        max_examples=int(wanted) if wanted else usual,
        derandomize=wanted is None,
        database=None,
        deadline=LONGEST_EXAMPLE,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
