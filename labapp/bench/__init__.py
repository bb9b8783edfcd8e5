"""The bench process: a campaign with its links, its journal and its operator channel."""
