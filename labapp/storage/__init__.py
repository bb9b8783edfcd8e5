"""The storage room: projects, DUTs, declarations, plans and the index of sessions in a database; no journal."""
