"""Every page of the window, in the order of the stages. To import it is to import most of labapp, so the window does so after its
first picture.
"""

from __future__ import annotations

from labapp.gui.page import Page
from labapp.gui.pages.execution import ExecutionPage
from labapp.gui.pages.intake import IntakePage
from labapp.gui.pages.network import NetworkPage
from labapp.gui.pages.performance import PerformancePage
from labapp.gui.pages.plan import PlanPage
from labapp.gui.pages.report import ReportPage
from labapp.gui.pages.setup import SetupPage

PAGES: tuple[type[Page], ...] = (
    IntakePage,
    PlanPage,
    SetupPage,
    NetworkPage,
    ExecutionPage,
    PerformancePage,
    ReportPage,
)
