"""Wall time of the whole self-test, mutants and conformant runs over sockets. Prints {"name", "seconds", "mutants"} as JSON."""

from __future__ import annotations

import json
import time

from labapp.services.selftesting import self_test


def main() -> None:
    """Measure once."""
    begun = time.monotonic()
    test = self_test()
    seconds = round(time.monotonic() - begun, 1)
    print(json.dumps({"name": "selftest_time", "seconds": seconds, "mutants": len(test.mutants)}))


if __name__ == "__main__":
    main()
