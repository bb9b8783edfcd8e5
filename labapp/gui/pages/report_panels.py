"""The cards beside the pages of a report: how it stands, what is missing, who has signed, what the checks have shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QHBoxLayout, QLayout, QLineEdit, QVBoxLayout, QWidget

from labapp.gui.widgets.labels import Look, button, card, label, set_look
from labapp.gui.widgets.notice import Notice
from labapp.presentation.report import Act, Offer, ReportView, Role
from labapp.presentation.report_checks import SHAPES, CheckLine, Tone
from labapp.presentation.report_signing import SignForm
from labapp.presentation.report_standing import Lack
from labapp.presentation.stages import Stage, title_of

_LOOKS: dict[Tone, Look] = {"": "", "muted": "muted", "good": "good", "warning": "warning", "problem": "problem"}


def clear(layout: QLayout) -> None:
    """Take everything out of a layout."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)


class StandingCard(QWidget):
    """How far the report is, and what can be done with it."""

    #: An act was chosen: an Act.
    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        frame, column = card(self)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(frame)
        self.headline = label("", look="heading", wraps=True)
        self.advice = label("", wraps=True)
        self.verdicts = label("", look="small", wraps=True)
        self.statement = label("", look="muted", wraps=True)
        self.buttons = {
            act: button("", partial(self.chosen.emit, act))
            for act in (Act.MAKE, Act.VERIFY, Act.OPEN_PDF, Act.OPEN_WORKBOOK, Act.OPEN_FOLDER)
        }
        work = QHBoxLayout()
        work.setSpacing(8)
        work.addWidget(self.buttons[Act.MAKE])
        work.addWidget(self.buttons[Act.VERIFY])
        work.addStretch(1)
        opening = QHBoxLayout()
        opening.setSpacing(8)
        for act in (Act.OPEN_PDF, Act.OPEN_WORKBOOK, Act.OPEN_FOLDER):
            opening.addWidget(self.buttons[act])
        opening.addStretch(1)
        for widget in (self.headline, self.advice, self.verdicts, self.statement):
            column.addWidget(widget)
        column.addLayout(work)
        column.addLayout(opening)

    def show_view(self, view: ReportView) -> None:
        """Show how a report stands."""
        self.headline.setText(f"{SHAPES[view.tone]}  {view.headline}")
        self.headline.setAccessibleName(view.headline)
        set_look(self.headline, "heading")
        self.advice.setText(view.advice)
        self.verdicts.setText(view.verdicts)
        self.verdicts.setVisible(bool(view.verdicts))
        self.statement.setText(view.statement)
        self.statement.setVisible(bool(view.statement))
        for act, shown in self.buttons.items():
            offer = view.offers.get(act)
            shown.setVisible(offer is not None)
            if offer is not None:
                show_offer(shown, offer)


def show_offer(shown: QWidget, offer: Offer) -> None:
    """A button as an act is offered: its words, whether it can be pressed and why not, and whether it is what comes next."""
    shown.setProperty("text", offer.label)
    shown.setAccessibleName(offer.label)
    shown.setAccessibleDescription(offer.why)
    shown.setToolTip(offer.why)
    shown.setEnabled(offer.possible)
    kind = "primary" if offer.next and offer.possible else ""
    if (shown.property("kind") or "") != kind:
        shown.setProperty("kind", kind)
        shown.style().unpolish(shown)
        shown.style().polish(shown)


class LacksCard(QFrame):
    """What certification asks for and the session has not: the titles, and on demand what, and where it is mended."""

    def __init__(self, go: Callable[[Stage], None]) -> None:
        super().__init__()
        self._go = go
        self._shown: tuple[Lack, ...] | None = None
        self.setProperty("kind", "card")
        self.heading = label("", look="heading", wraps=True)
        self.toggle = button(self.tr("Show"), self._toggled)
        self.toggle.setCheckable(True)
        self.titles = label("", look="muted", wraps=True)
        self.details = QWidget()
        self._grid = QGridLayout(self.details)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(0, 1)
        head = QHBoxLayout()
        head.addWidget(self.heading, 1)
        head.addWidget(self.toggle)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.titles)
        column.addWidget(self.details)
        self._toggled()

    def show_lacks(self, lacks: Sequence[Lack]) -> None:
        """Show what is missing."""
        if tuple(lacks) == self._shown:
            return
        self._shown = tuple(lacks)
        clear(self._grid)
        if lacks:
            self.heading.setText(self.tr("◆  Missing for certification: {0}").format(len(lacks)))
        else:
            self.heading.setText(self.tr("✓  Nothing is missing for certification"))
        self.titles.setText("  ·  ".join(lack.title for lack in lacks))
        for row, lack in enumerate(lacks):
            self._grid.addWidget(label(lack.title), row * 2, 0)
            detail = label(lack.detail, look="small", wraps=True)
            detail.setContentsMargins(0, 0, 0, 8)
            self._grid.addWidget(detail, row * 2 + 1, 0, 1, 2)
            if lack.stage is not None:
                name = title_of(lack.stage)
                link = button(name, partial(self._go, lack.stage), kind="link")
                link.setAccessibleName(self.tr("{0}: go to {1}").format(lack.title, name))
                self._grid.addWidget(link, row * 2, 1)
        self._toggled()

    def _toggled(self) -> None:
        open_, some = self.toggle.isChecked(), bool(self._shown)
        self.toggle.setVisible(some)
        self.toggle.setText(self.tr("Hide") if open_ else self.tr("Show"))
        self.toggle.setAccessibleName(
            self.tr("Hide what is missing for certification")
            if open_
            else self.tr("Show what is missing for certification")
        )
        self.titles.setVisible(some and not open_)
        self.details.setVisible(some and open_)


class SignaturesCard(QFrame):
    """Who has signed, and the form in which one signs."""

    #: A form is complete: a SignForm.
    signed = Signal(object)
    #: The form is there, or asks for more: it wants to be seen.
    form_changed = Signal()

    def __init__(self, choose_certificate: Callable[[], Path | None]) -> None:
        super().__init__()
        self._choose = choose_certificate
        self._roles: tuple[Role, ...] | None = None
        self._role = ""
        self.setProperty("kind", "card")
        self._rows = QGridLayout()
        self._rows.setHorizontalSpacing(12)
        self._rows.setVerticalSpacing(4)
        self._rows.setColumnStretch(0, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addWidget(label(self.tr("Signatures"), look="heading"))
        column.addLayout(self._rows)
        self.form = self._build_form()
        column.addWidget(self.form)
        self.buttons: dict[str, QWidget] = {}

    def _build_form(self) -> QWidget:
        form = QWidget()
        self.form_heading = label("", look="heading")
        self.own = QCheckBox(self.tr("with the laboratory's own certificate"))
        self.own.toggled.connect(self._own_toggled)
        self.certificate = QLineEdit()
        self.certificate.setAccessibleName(self.tr("File with certificate and key"))
        self.certificate.setPlaceholderText(self.tr("PKCS#12 or PEM"))
        self.browse = button(self.tr("Choose…"), self._browse)
        self.browse.setAccessibleName(self.tr("Choose the file with certificate and key"))
        self.password = QLineEdit()
        self.password.setAccessibleName(self.tr("Where the password is"))
        self.password.setPlaceholderText(self.tr("env:NAME or keyring:SERVICE/USER"))
        self.password.returnPressed.connect(self._sign)
        self.sign_button = button(self.tr("Sign"), self._sign, kind="primary")
        self.cancel_button = button(self.tr("Cancel"), self.close_form)
        self.notice = Notice()
        file_row = QHBoxLayout()
        file_row.setSpacing(8)
        file_row.addWidget(self.certificate, 1)
        file_row.addWidget(self.browse)
        self.person = QWidget()
        fields = QVBoxLayout(self.person)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setSpacing(8)
        fields.addWidget(label(self.tr("Certificate and key of the person"), look="small"))
        fields.addLayout(file_row)
        fields.addWidget(label(self.tr("Where its password is, never the password itself"), look="small"))
        fields.addWidget(self.password)
        ends = QHBoxLayout()
        ends.setSpacing(8)
        ends.addWidget(self.sign_button)
        ends.addWidget(self.cancel_button)
        ends.addStretch(1)
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.form_heading)
        column.addWidget(self.own)
        column.addWidget(self.person)
        column.addWidget(self.notice)
        column.addLayout(ends)
        form.hide()
        return form

    def show_roles(self, roles: Sequence[Role]) -> None:
        """Show the fields; the form of one that is signed meanwhile closes."""
        if tuple(roles) == self._roles:
            return
        self._roles = tuple(roles)
        focused = next((role for role, shown in self.buttons.items() if shown.hasFocus()), "")
        clear(self._rows)
        self.buttons = {}
        for row, role in enumerate(roles):
            words = f"{'✓' if role.signed else '○'}  {role.title}"
            self._rows.addWidget(label(words, look="good" if role.signed else ""), row * 2, 0)
            who = label("  ·  ".join(part for part in (role.who, role.when) if part), look="small", wraps=True)
            self._rows.addWidget(who, row * 2 + 1, 0, 1, 2 if role.sign is None else 1)
            if role.sign is not None:
                shown = button("", partial(self.open_form, role.role))
                show_offer(shown, role.sign)
                self.buttons[role.role] = shown
                self._rows.addWidget(shown, row * 2, 1, 2, 1, Qt.AlignmentFlag.AlignVCenter)
                # A layout shows what is new in it a while later; the keyboard goes to what is shown.
                shown.show()
        if focused in self.buttons:
            self.buttons[focused].setFocus()
        if self._role:
            self._emphasize(False)
        if self._role and not any(each.role == self._role and each.sign for each in roles):
            self.close_form()

    def open_form(self, role: str) -> None:
        """Ask with what to sign."""
        offer = next((each.sign for each in self._roles or () if each.role == role), None)
        if offer is None or not offer.possible:
            return
        self._role = role
        self.form_heading.setText(offer.label)
        self._emphasize(False)
        self.notice.clear()
        self.form.show()
        (self.own if self.own.isChecked() else self.certificate).setFocus()
        self.form_changed.emit()

    def close_form(self) -> None:
        """Do not sign."""
        role, self._role = self._role, ""
        self.form.hide()
        self.notice.clear()
        self._emphasize(True)
        if role in self.buttons:
            self.buttons[role].setFocus()

    def _emphasize(self, next_: bool) -> None:
        """Mark what comes next among the roles; while the form is open, that is its own button."""
        for role in self._roles or ():
            if role.sign is not None:
                show_offer(self.buttons[role.role], role.sign if next_ else replace(role.sign, next=False))

    def _own_toggled(self, own: bool) -> None:
        self.person.setVisible(not own)
        self.form_changed.emit()

    def _browse(self) -> None:
        chosen = self._choose()
        if chosen is not None:
            self.certificate.setText(str(chosen))
            self.password.setFocus()

    def _sign(self) -> None:
        form = SignForm(self._role, self.own.isChecked(), self.certificate.text(), self.password.text())
        if form.problem:
            self.notice.say(form.problem, tone="problem")
            return
        self.notice.clear()
        self.signed.emit(form)


class ChecksCard(QFrame):
    """What checking a file has shown."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.heading = label("", look="heading", wraps=True)
        self.words = label("", look="muted", wraps=True)
        self._rows = QGridLayout()
        self._rows.setHorizontalSpacing(8)
        self._rows.setVerticalSpacing(4)
        self._rows.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addWidget(self.heading)
        column.addWidget(self.words)
        column.addLayout(self._rows)

    def show_checks(self, heading: str, words: str, lines: Sequence[CheckLine]) -> None:
        """Show checks, or the words that say why there are none."""
        self.heading.setText(heading)
        self.words.setText(words)
        self.words.setVisible(bool(words))
        clear(self._rows)
        for row, line in enumerate(lines):
            shape = label(SHAPES[line.tone], look=_LOOKS[line.tone])
            title = label(line.title, look=_LOOKS[line.tone] if line.tone in ("warning", "problem") else "")
            title.setAccessibleName(line.spoken)
            self._rows.addWidget(shape, row * 2, 0, Qt.AlignmentFlag.AlignTop)
            self._rows.addWidget(title, row * 2, 1)
            self._rows.addWidget(label(breakable(line.detail), look="small", wraps=True), row * 2 + 1, 1)


def breakable(words: str) -> str:
    """The words with places where a long digest or name may be broken."""
    return " ".join(
        "\u200b".join(word[at : at + 16] for at in range(0, len(word), 16)) if len(word) > 32 else word
        for word in words.split(" ")
    )
