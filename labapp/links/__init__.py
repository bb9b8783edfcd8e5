"""Connections to the device under test: WebSocket server and client, in-memory link, TLS, file servers."""
