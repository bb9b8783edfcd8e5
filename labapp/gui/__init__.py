"""The window room: PySide6 widgets over `labapp.presentation`, and nothing that decides. Only here Qt is imported."""
