"""Judging: from a case and the frames of a connection to findings and a verdict."""
