"""One function for each intention of a user; command line and window call these."""
