"""The presentation room: what the window shows and decides, without Qt: one model for each page, tested alone."""
