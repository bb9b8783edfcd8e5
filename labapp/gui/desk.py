"""The technician's desk: what is open in the window, shared by its pages."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from labapp.domain.draft import Draft
from labapp.domain.errors import InputError, LabappError
from labapp.domain.run_files import PROJECT
from labapp.gui.operator import BenchOperator
from labapp.gui.tasks import Tasks
from labapp.presentation.stages import Stage
from labapp.services.home import database_url
from labapp.services.recent_projects import RecentProjects

if TYPE_CHECKING:
    from labapp.presentation.session import Session
    from labapp.services.simulated_device import SimulatedDevice
    from labapp.services.workspace import ProjectEntry, Workspace

# The services, and what they rest on, take most of a second to import: each is imported where it is first needed, so that the
# window is there before them.

#: Milliseconds after the last change until the draft is kept, so that not every key is a revision of its own.
KEEP_AFTER = 600
#: Milliseconds until keeping is tried again when the database refuses.
TRY_AGAIN = 2000


class Desk(QObject):
    """The open project, the shown session, and what may be done with them. Everything belongs to the window's thread."""

    #: `draft` is another one: edited, opened, undone, or None.
    draft_changed = Signal()
    #: Another session is shown, or none.
    session_changed = Signal()
    #: A message of the bench of the shown session has come; `session` has taken it already.
    told = Signal(object)
    #: The bench is reached, or no longer.
    bench_changed = Signal()
    #: Which stage is to be shown: a Stage.
    stage_asked = Signal(object)
    #: The draft waits to be kept, is kept, or cannot be kept (then the LabappError, else None).
    keeping_changed = Signal(object)
    #: Something that was begun here has failed: a LabappError.
    failed = Signal(object)

    def __init__(self, workspace: Workspace | None = None, parent: QObject | None = None) -> None:
        """workspace: None for this machine's, which is opened when it is first needed."""
        super().__init__(parent)
        self._workspace = workspace
        self._opening = threading.Lock()
        self._recent = RecentProjects(database_url()) if workspace is None else None
        self.tasks = Tasks(self)
        self.operator = BenchOperator(self)
        self.operator.told.connect(self._take)
        self.operator.attached.connect(self.bench_changed)
        self.operator.lost.connect(self._lost)
        self.operator.let_go.connect(self._attach_again)
        self.operator.refused.connect(self._refused)
        self.draft: Draft | None = None
        self.session: Session | None = None
        self.run_directory: Path | None = None
        self.selected_cases: tuple[str, ...] | None = None
        self.device: SimulatedDevice | None = None
        self._first: SimulatedDevice | None = None
        self.starting = False
        self._what: list[str] = []
        self._keeping = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._keep)

    @property
    def workspace(self) -> Workspace:
        """The database. The first who asks for it waits until it is open, so he asks in a task.

        Raises: InputError and EnvironmentFault when it cannot be opened; whoever asks next tries again.
        """
        with self._opening:
            if self._workspace is None:
                from labapp.services.workspace import Workspace

                self._workspace = Workspace()
            return self._workspace

    # The projects -----------------------------------------------------------------------------------------------------

    @property
    def recent_projects(self) -> tuple[ProjectEntry, ...]:
        """The projects as they were listed last, before the database is open."""
        return self._recent.last() if self._recent is not None else ()

    def list_projects(self) -> tuple[ProjectEntry, ...]:
        """The projects as the database has them; to be called in a task. Raises EnvironmentFault."""
        found = self.workspace.projects()
        if self._recent is not None:
            self._recent.keep(found)
        return found

    # The project that is open -----------------------------------------------------------------------------------------

    def open(self, draft: Draft) -> None:
        """Another project is open; its last session is shown."""
        self.flush()
        self.leave_session()
        self.draft = draft
        self.selected_cases = None
        self.draft_changed.emit()
        self.tasks.run(self.workspace.sessions, draft.id, done=lambda found: self._show_last(draft.id, found))

    def edit(self, draft: Draft, what: str) -> None:
        """Change the open project; it is kept soon, in the background. what: was done, in a few words, for its history."""
        self.draft = draft
        self._what.append(what)
        self._timer.start(KEEP_AFTER)
        self.draft_changed.emit()

    def undo(self) -> None:
        """Take back the last change; that too is a revision."""
        if self.draft is not None:
            self.flush()
            self.tasks.run(self.workspace.undo, self.draft.id, done=self._undone, failed=self.failed.emit)

    def flush(self) -> None:
        """Keep at once what waits to be kept."""
        self._timer.stop()
        if self._what and self.draft is not None:
            draft, what = self.draft, self._taken()
            try:
                self.draft = self.workspace.save(draft, what)
            except LabappError as fault:
                self._not_kept(what, fault)

    @property
    def unkept(self) -> bool:
        """Whether a change waits to be kept."""
        return bool(self._what) or self._keeping

    def _keep(self) -> None:
        if self.draft is None or not self._what:
            return
        if self._keeping:
            self._timer.start(KEEP_AFTER)
            return
        self._keeping = True
        what = self._taken()
        self.tasks.run(
            self.workspace.save, self.draft, what, done=self._kept, failed=lambda fault: self._not_kept(what, fault)
        )

    def _taken(self) -> str:
        what = "; ".join(dict.fromkeys(self._what))
        self._what.clear()
        return what

    def _kept(self, _: Draft) -> None:
        self._keeping = False
        self.keeping_changed.emit(None)

    def _not_kept(self, what: str, fault: LabappError) -> None:
        """The change stays here, and is tried again."""
        self._keeping = False
        self._what.insert(0, what)
        self._timer.start(TRY_AGAIN)
        self.keeping_changed.emit(fault)

    def _undone(self, draft: Draft | None) -> None:
        if draft is not None and self.draft is not None and draft.id == self.draft.id:
            self.draft = draft
            self.draft_changed.emit()

    # The session ------------------------------------------------------------------------------------------------------

    def start_session(self, cases: Sequence[str] | None = None) -> None:
        """Begin a session of the open project on a bench of its own. cases: those chosen on the plan page when None."""
        if self.draft is None or self.starting:
            return
        asked = cases if cases is not None else self.selected_cases
        if asked is not None and not asked:
            # To the bench no names mean the whole plan, which nobody has asked for here.
            what, mend = self.tr("no case is chosen"), self.tr("choose the cases to run, on the stage Plan")
            self.failed.emit(InputError(what, mend=mend))
            return
        self.flush()
        self.starting = True
        self.bench_changed.emit()
        chosen = tuple(asked or ())
        device = self._device_first()
        self.tasks.run(_begin, self.workspace, self.draft, chosen, device, done=self._begun, failed=self._not_started)

    def resume_session(self, only: Sequence[str] = ()) -> None:
        """Take up the shown session, whose bench has gone or has ended. only: cases to run again."""
        if self.run_directory is None or self.starting:
            return
        self.starting = True
        self.bench_changed.emit()
        directory = self.run_directory
        demonstration = bool(self.draft and self.draft.simulated)
        device = self._device_first()
        self.tasks.run(
            _resume, directory, tuple(only), demonstration, device, done=self._started, failed=self._not_started
        )

    def show_run(self, directory: Path) -> None:
        """Show the session in a directory: live when a bench runs it."""
        self.leave_session()
        self._follow(directory)

    def _follow(self, directory: Path) -> None:
        from labapp.presentation.session import Session

        self.run_directory = directory
        self.session = Session()
        self.session_changed.emit()
        self.operator.attach(directory)

    def leave_session(self) -> None:
        """Show no session; its bench goes on."""
        self.operator.detach()
        device, self.device = self.device, None
        if device is not None:
            self.tasks.run(device.stop)
        self.run_directory, self.session = None, None
        self.session_changed.emit()

    def say(self, kind: str, **content: Any) -> None:
        """Say something to the bench of the shown session."""
        self.operator.say(kind, **content)

    def command(self, name: str) -> None:
        """Command the bench: pause, resume, extend, skip, abort, repeat, stop."""
        self.say("command", name=name)

    def amend(self, case: str, cause: str, reason: str) -> None:
        """Record that a FAIL came from the lab or the tool: at the bench, or in the session that it has left."""
        from labapp.services.sessions import amend

        directory = self.run_directory
        if directory is not None:
            self.tasks.run(
                amend, directory, case, cause, reason, done=lambda _: self._amended(directory), failed=self.failed.emit
            )

    def answer(
        self, prompt: Mapping[str, Any], outcome: str, *, items: Mapping[str, str] | None = None, reason: str = ""
    ) -> None:
        """Answer a prompt. "done" for an action of a simulated device has the simulator do it first."""
        said = {"id": prompt["id"], "outcome": outcome, "reason": reason, **({"items": dict(items)} if items else {})}
        device = self.device
        if outcome == "done" and prompt["kind"] == "action" and device is not None:

            def performed(result: Any) -> None:
                if not result.done:
                    said.update(outcome="impossible", reason=result.reason)
                self.say("answer", **said)

            self.tasks.run(device.act, prompt["action"], prompt["args"], done=performed, failed=self.failed.emit)
        else:
            self.say("answer", **said)

    def _show_last(self, project: int, found: Sequence[Any]) -> None:
        if found and self.draft is not None and self.draft.id == project and self.run_directory is None:
            self.show_run(found[-1].directory)

    def _amended(self, directory: Path) -> None:
        """A bench tells its operators; what no bench runs is read again."""
        if not self.operator.is_attached:
            self._read_result(directory)

    def _begun(self, begun: tuple[Path, LabappError | None]) -> None:
        """The session is on its bench, also when the index could not take it: its end is entered again."""
        directory, fault = begun
        self._started(directory)
        if fault is not None:
            self.failed.emit(fault)

    def _device_first(self) -> SimulatedDevice | None:
        """A simulated central system has to be there before the bench calls it; a station dials once the bench is ready."""
        from labapp.services.simulated_device import SimulatedDevice

        draft = self.draft
        self._first = SimulatedDevice() if draft is not None and draft.simulated and draft.sut == "csms" else None
        return self._first

    def _started(self, directory: Path) -> None:
        self.starting = False
        self.show_run(directory)
        self.device, self._first = self._first, None
        self.show_stage(Stage.EXECUTION)

    def _not_started(self, fault: LabappError) -> None:
        self.starting = False
        self.bench_changed.emit()
        self.failed.emit(fault)

    def _take(self, message: dict[str, Any]) -> None:
        if self.session is None:
            return
        self.session.take(message, time.time())
        if message["type"] == "ready" and self.draft is not None and self.draft.simulated and self.device is None:
            self._switch_on(message)
        if message["type"] == "summary":
            self._index()
        self.told.emit(message)

    def _switch_on(self, ready: Mapping[str, Any]) -> None:
        """Give the simulated device of a demonstration its power."""
        from labapp.services.simulated_device import SimulatedDevice

        if self.run_directory is None:
            return
        self.device = device = SimulatedDevice()
        self.tasks.run(
            device.start,
            self.run_directory / PROJECT,
            str(ready.get("listen") or ready.get("url")),
            failed=self.failed.emit,
        )

    def _index(self) -> None:
        if self.run_directory is not None and self.draft is not None:
            self.tasks.run(self.workspace.note_session, self.run_directory, self.draft.id, failed=self.failed.emit)

    def _lost(self) -> None:
        if self.session is not None:
            self.session.bench_lost(time.time())
        self._index()
        self.bench_changed.emit()

    def _attach_again(self) -> None:
        if self.run_directory is not None:
            self._follow(self.run_directory)

    def _refused(self, _: LabappError) -> None:
        """No bench runs the shown session: what it left stands in its directory."""
        self._lost()
        if self.run_directory is not None:
            self._read_result(self.run_directory)

    def _read_result(self, directory: Path) -> None:
        from labapp.services.past_session import past_messages

        self.tasks.run(
            past_messages, directory, done=lambda told: self._show_past(directory, told), failed=self.failed.emit
        )

    def _show_past(self, directory: Path, told: Sequence[Mapping[str, Any]]) -> None:
        """Show a session as it was left; without a summary it can be taken up again."""
        if self.run_directory != directory or self.session is None or self.operator.is_attached:
            return
        now = time.time()
        for message in told:
            self.session.take(message, now)
        self.session.bench_lost(now)
        self.told.emit(told[-1])
        self.bench_changed.emit()

    # The window -------------------------------------------------------------------------------------------------------

    def show_stage(self, stage: Stage) -> None:
        """Ask for a stage."""
        self.stage_asked.emit(stage)

    async def close(self) -> None:
        """Keep what waits, leave the bench, and end every task."""
        self.flush()
        await self.operator.close()
        if self.device is not None:
            self.device.stop()
        self.tasks.close()
        if self._first is not None:
            self._first.stop()


def _begin(
    workspace: Workspace, draft: Draft, cases: Sequence[str], device: SimulatedDevice | None
) -> tuple[Path, LabappError | None]:
    """Start a session of a draft and enter it in the index; its directory, and why the index did not take it."""
    from labapp.services import window_sessions

    project_file = workspace.export_project(draft, window_sessions.project_folder(draft))
    measurements = workspace.measurements(draft.id)
    with _there(device, project_file):
        directory = window_sessions.start_session(
            project_file,
            cases,
            None,
            demonstration=draft.simulated,
            measurement=measurements[-1].content if measurements else None,
        )
    try:
        workspace.note_session(directory, draft.id)
    except LabappError as fault:
        return directory, fault
    return directory, None


def _resume(directory: Path, only: Sequence[str], demonstration: bool, device: SimulatedDevice | None) -> Path:
    from labapp.services import window_sessions

    with _there(device, directory / PROJECT):
        if window_sessions.bench_lives(directory):
            return directory
        return window_sessions.resume_session(directory, only, demonstration=demonstration)


@contextmanager
def _there(device: SimulatedDevice | None, project_file: Path) -> Iterator[None]:
    """A simulated device that runs from before the bench on; it goes again when the session does not begin."""
    if device is None:
        yield
        return
    try:
        device.start(project_file)
        yield
    except BaseException:
        device.stop()
        raise
