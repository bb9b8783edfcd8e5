"""Whether a window can be shown here, asked before Qt is: it would end the process without a word that helps."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from labapp.domain.errors import EnvironmentFault


def refuse_no_screen(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> None:
    """Raises EnvironmentFault where no screen can be reached."""
    if platform != "linux" or environment.get("QT_QPA_PLATFORM"):
        return
    if not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        raise EnvironmentFault(
            "there is no screen (neither DISPLAY nor WAYLAND_DISPLAY is set)",
            where="the window",
            mend="start it in a desktop session; without a screen, `labapp run` does the same at the terminal",
        )
