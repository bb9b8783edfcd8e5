"""The Qt application: fonts, colours and the translator of the presentation."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from labapp.gui import theme
from labapp.presentation.wording import install_translator


def make_application(arguments: Sequence[str] = ()) -> QApplication:
    """The Qt application with its fonts and colours; the one that there is already, if so."""
    present = QApplication.instance()
    application = present if isinstance(present, QApplication) else QApplication(["labapp", *arguments])
    application.setApplicationName("labapp")
    # What the window began must end in order after it: Qt must not stop the loop before.
    application.setQuitOnLastWindowClosed(False)
    install_translator(lambda template: QCoreApplication.translate("labapp", template))
    theme.load_fonts()
    theme.apply(application, theme.preferred(application))
    return application
